"""The mean over a rectangle, of a grey image and of the value channel."""

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

KSIZE = Parameter("ksize", "window", 1, 255)

BOX_BLUR = Operation(
    name="box_blur",
    family="box_blur",
    summary="Mean over a rectangle, border reflect-101.",
    equals="cv2.blur(src, ksize)",
    inputs=(Input("src"),),
    parameters=(KSIZE,),
    halo=half_window,
    # 28, 34 and 56 are sizes at which OpenCV's rounding depends on the column; 256 pixels are the most in 16 bits
    cases=windows(
        (16, 16), (1, 1), (2, 2), (3, 3), (5, 7), (9, 2), (31, 31), (28, 28), (34, 3), (34, 34), (56, 56),
        (32, 8), (17, 16), (64, 64), (255, 255),
    ),
    benchmarks=(
        Benchmark("box_blur"),
        Benchmark("box_blur_5x5", setting=Setting(((5, 5),))),
        Benchmark("box_blur_31x31", setting=Setting(((31, 31),))),
    ),
    bytes_per_pixel=2,
    operations_per_pixel=lambda ksize: 6,  # four of the sums, rounding
)  # fmt: skip
VALUE_BLUR = Operation(
    name="value_blur",
    family="box_blur",
    summary="Value channel and box blur in one step; a grey image is its own value channel.",
    equals="cv2.blur(cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV)[:, :, 2], ksize)",
    inputs=(Input("bgr", (3, 1)),),
    parameters=(KSIZE,),
    halo=half_window,
    cases=windows((16, 16), (1, 1), (5, 3), (28, 28), (64, 64)),
    benchmarks=(
        Benchmark("value_blur"),
        Benchmark("value_blur_strict", baseline="value_blur_by_maximum"),
    ),
    bytes_per_pixel=4,
    operations_per_pixel=lambda ksize: 8,  # two maxima, four of the sums, rounding
    public=False,
)

OPERATIONS = (BOX_BLUR, VALUE_BLUR)
