"""Otsu's threshold and binarisation."""

from __future__ import annotations

from fastdefect.operations.operation import Benchmark, Input, Operation, Parameter, Setting

THRESHOLD = Parameter("threshold", "integer", 0, 255)

OTSU_THRESHOLD = Operation(
    name="otsu_threshold",
    family="otsu",
    summary="Otsu's threshold (Otsu, 1979): the grey level that best splits the histogram in two.",
    equals="cv2.threshold(src, 0, 255, cv2.THRESH_OTSU)",
    inputs=(Input("src"),),
    output=None,
    number="the threshold",
    halo=None,
    benchmarks=(Benchmark("otsu_threshold", "blurred"),),
    bytes_per_pixel=1,
    operations_per_pixel=lambda: 1,
)
BINARIZE = Operation(
    name="binarize",
    family="otsu",
    summary="255 where the image exceeds a threshold, else 0.",
    equals="cv2.threshold(src, threshold, 255, cv2.THRESH_BINARY)[1]",
    inputs=(Input("src"),),
    arguments=(THRESHOLD,),
    cases=tuple(Setting(call=(level,)) for level in (127, 0, 1, 254, 255)),
    benchmarks=(Benchmark("binarize", "blurred"),),
    bytes_per_pixel=2,
    operations_per_pixel=lambda: 1,
)

OPERATIONS = (OTSU_THRESHOLD, BINARIZE)
