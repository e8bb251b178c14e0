"""How many Python calls into the package an inspection costs: what a profiler sees of a warm plan."""

import os
import sys
from collections.abc import Callable
from types import FrameType

import numpy as np
import pytest

import fastdefect

HOME = os.path.dirname(fastdefect.__file__)
IMAGE = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)


def calls(work: Callable[[], object]) -> list[str]:
    """Names of the package's functions that are entered, in order."""
    found: list[str] = []

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(HOME):
            found.append(frame.f_code.co_qualname)

    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(None)
    return found


@pytest.mark.skipif(
    sys.gettrace() is not None, reason="a debugger or coverage counts calls of its own"
)
def test_calls_of_an_inspection() -> None:
    engine = fastdefect.Engine(IMAGE.shape[:2], threads=1)
    engine.warmup()
    for _ in range(2):
        engine(IMAGE, copy=False)
        fastdefect.detect(IMAGE, threads=2)
        fastdefect.detect(IMAGE, threads=1)
    assert len(calls(lambda: engine(IMAGE, copy=False))) <= 44
    # two threads, not all: sixteen cut an image of 64 rows into more parts, and each part is a call
    assert len(calls(lambda: fastdefect.detect(IMAGE, threads=2))) <= 60
    assert len(calls(lambda: fastdefect.detect(IMAGE, threads=1))) <= 60
