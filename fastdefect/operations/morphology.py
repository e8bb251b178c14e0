"""Minimum and maximum over a rectangle, and the mask of what stays dark after dilation."""

from __future__ import annotations

from fastdefect.operations.operation import (
    Benchmark,
    Input,
    Operation,
    Parameter,
    Setting,
    half_window,
    windows,
)
from fastdefect.operations.otsu import THRESHOLD

KSIZE = Parameter("ksize", "window", 1, 63)
_CASES = windows((5, 5), (1, 1), (3, 3), (2, 4), (1, 9), (63, 63))


def _extremes(ksize: tuple[int, int]) -> int:
    return sum(ksize) - 2


ERODE = Operation(
    name="erode",
    family="morphology",
    summary="Minimum over a rectangle; pixels outside the image never win.",
    equals="cv2.erode(src, numpy.ones((h, w), numpy.uint8))",
    inputs=(Input("src"),),
    parameters=(KSIZE,),
    halo=half_window,
    cases=_CASES,
    benchmarks=(Benchmark("erode", "binary"),),
    bytes_per_pixel=2,
    operations_per_pixel=_extremes,
)
DILATE = Operation(
    name="dilate",
    family="morphology",
    summary="Maximum over a rectangle; pixels outside the image never win.",
    equals="cv2.dilate(src, numpy.ones((h, w), numpy.uint8))",
    inputs=(Input("src"),),
    parameters=(KSIZE,),
    halo=half_window,
    cases=_CASES,
    benchmarks=(Benchmark("dilate", "binary"),),
    bytes_per_pixel=2,
    operations_per_pixel=_extremes,
)
DEFECT_MASK = Operation(
    name="defect_mask",
    family="morphology",
    summary="1 where the dilation of the binary image is 0, else 0, and how many.",
    equals="cv2.dilate(cv2.threshold(src, threshold, 255, cv2.THRESH_BINARY)[1], ones) == 0",
    inputs=(Input("src"),),
    parameters=(KSIZE,),
    arguments=(THRESHOLD,),
    number="pixels that are 1",
    halo=half_window,
    cases=tuple(
        Setting((size,), (level,))
        for size, level in (
            ((5, 5), 127), ((5, 5), 0), ((5, 5), 255), ((1, 1), 127), ((3, 3), 137), ((2, 4), 127), ((63, 63), 127),
        )
    ),
    benchmarks=(
        Benchmark("defect_mask", "blurred"),
        Benchmark("defect_mask_strict", "blurred", baseline="defect_mask_by_opencv"),
    ),
    bytes_per_pixel=2,
    operations_per_pixel=lambda ksize: 2 + _extremes(ksize),
    public=False,
)  # fmt: skip

OPERATIONS = (ERODE, DILATE, DEFECT_MASK)
