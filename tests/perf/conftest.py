"""Tests that look at memory and time collect garbage again and again."""

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True, scope="module")
def _short_collections() -> Iterator[None]:
    """What other files of tests have left stays out of the collections: Numba's types make each take seconds."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
