"""Every back end against the reference, over the one table of operations, cases and tolerances."""

from __future__ import annotations

import os

import pytest

from fastdefect.backends import load
from fastdefect.measure.parity import OPERATIONS, SHAPES, TINY, check
from fastdefect.tiling.workers import Workers

pytestmark = pytest.mark.parity

BACKENDS = ("numba", "opencv", "auto")
COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") == "0"


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.jit_off
def test_parity(name, backend, threads):
    shapes = SHAPES if COMPILED else TINY
    assert check(
        OPERATIONS[name], load(backend), load("reference"), Workers(threads), shapes=shapes
    )
