"""A private cache of compiled kernels, the profiles of Hypothesis, and the places of the images that tests read."""

import gc
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]
DATA = ROOT.parent / "shared" / "data"

os.environ.setdefault("NUMBA_CACHE_DIR", str(ROOT / ".pytest_cache" / "kernels"))

# A shell that starts something behind its back has it ignore interrupts, and so would every process that a test starts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# How many examples Hypothesis tries, and whether they are the same ones every time: `ci` repeats itself, so that a red
# run blames the change; `default` looks elsewhere each time; `nightly` looks long. A test that sets its own
# max_examples keeps it in every profile; .ci/nightly repeats those. A first call compiles, which takes seconds: no deadline.
settings.register_profile("ci", deadline=None, max_examples=50, derandomize=True, print_blob=True)
settings.register_profile("default", deadline=None, max_examples=100, print_blob=True)
settings.register_profile(
    "nightly",
    deadline=None,
    max_examples=300,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("FASTDEFECT_HYPOTHESIS") or "default")


@pytest.fixture(scope="module")
def short_collections() -> Iterator[None]:
    """For tests that collect garbage again and again: Numba's types, left by other files, make each take seconds.

    Not for all: Hypothesis looks for what refers to its random numbers, which frozen objects hide.
    """
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def shared_images(*folders: str) -> list[Path]:
    """Photographs below the folder of shared data; empty where it is absent."""
    found = [path for folder in folders for path in sorted((DATA / folder).glob("*"))]
    return [path for path in found if path.suffix in {".png", ".jpg"}]


@pytest.fixture(params=[1, 2, 3])
def threads(request: pytest.FixtureRequest) -> int:
    """Numbers of threads that results must not depend on."""
    return int(request.param)
