"""The machine code of the byte kernels: no bytes in 64-bit lanes, no counting of array references."""

from __future__ import annotations

import re
from unittest.mock import patch

import numba
import numpy as np
import pytest

from fastdefect.backends import load
from fastdefect.backends.byte_stages import blur, hsv, morphology, otsu, strips
from fastdefect.kernels._numba import Bound
from fastdefect.kernels.otsu.level import otsu_level
from fastdefect.tiling.workers import Workers

SHAPE = (40, 300)
STAGES = {
    "erode": [((3, 1),), ((5, 5),), ((63, 63),)],
    "dilate": [((9, 3),), ((7, 7),)],
    "defect_mask": [((5, 5),), ((31, 31),)],
    "box_blur": [((3, 3),), ((16, 16),), ((31, 31),)],
    "value_blur": [((16, 16),)],
    "bgr_to_hsv": [()],
    "value_channel": [()],
    "binarize": [()],
    "otsu_threshold": [()],
}
CASES = [(name, parameters) for name, sets in STAGES.items() for parameters in sets]
# Numba takes `uint8 ^ uint8` and the like to 64 bits; LLVM then works on four pixels a vector, a tenth of the speed.
# A helper with an array argument counts references, with a locked instruction each.
UNWANTED = re.compile(r"vpmov[sz]xbq|NRT_incref|NRT_decref")


def _assembly(name: str, parameters: tuple) -> list[str]:
    """Machine code of the kernels that a step has run, compiled here and now: what comes from disk has none to show."""
    compiled = []

    def fresh(kernel):
        if kernel is otsu_level:  # 256 counts, no pixels
            return Bound(kernel)
        again = numba.njit(nogil=True, error_model="numpy")(kernel.py_func)
        compiled.append(again)
        return Bound(again)

    channels = 3 if name in ("bgr_to_hsv", "value_channel", "value_blur") else 1
    shape = (*SHAPE, 3) if channels == 3 else SHAPE
    image = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    out = np.empty((*SHAPE, 3) if name == "bgr_to_hsv" else SHAPE, np.uint8)
    modules = [
        patch.object(module, "Bound", fresh)
        for module in (blur, hsv, morphology, otsu, strips)
        if hasattr(module, "Bound")
    ]
    for module in modules:
        module.start()
    try:
        step = getattr(load("numba"), name)(SHAPE, *parameters, Workers(1))
    finally:
        for module in modules:
            module.stop()
    arguments = (100,) if name in ("binarize", "defect_mask") else ()
    step(image, *arguments, *(() if name == "otsu_threshold" else (out,)))
    return [text for kernel in compiled for text in kernel.inspect_asm().values()]


@pytest.mark.long  # compiles every kernel anew
@pytest.mark.parametrize(("name", "parameters"), CASES, ids=str)
def test_bytes_stay_bytes_and_nothing_is_counted(name: str, parameters: tuple) -> None:
    code = _assembly(name, parameters)
    assert code
    found = {word for text in code for word in UNWANTED.findall(text)}
    assert not found


def test_the_words_are_found_where_they_are() -> None:
    """A loop as Numba likes it least, so that the test above can fail."""

    @numba.njit
    def careless(src, dst, flip):
        invert = np.uint8(flip)
        for x in range(np.uint64(dst.size)):
            dst[x] = max(src[x] ^ invert, dst[x] ^ invert)

    careless(np.zeros(99, np.uint8), np.zeros(99, np.uint8), 255)
    text = "".join(careless.inspect_asm().values())
    if "ymm" not in text:
        pytest.skip("the processor has no AVX2, and no such instruction")
    assert UNWANTED.search(text)
