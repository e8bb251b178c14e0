"""Colour: the value channel, and all three channels of HSV."""

from __future__ import annotations

from fastdefect.operations.operation import Benchmark, Input, Operation, Output

VALUE_CHANNEL = Operation(
    name="value_channel",
    family="hsv",
    summary="Value channel of HSV: the largest of B, G and R.",
    equals="cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV)[:, :, 2]",
    inputs=(Input("bgr", (3,)),),
    benchmarks=(
        Benchmark("value_channel"),
        Benchmark("value_channel_strict", baseline="value_by_maximum"),
    ),
    bytes_per_pixel=4,
    operations_per_pixel=lambda: 2,
)
BGR_TO_HSV = Operation(
    name="bgr_to_hsv",
    family="hsv",
    summary="Hue, saturation and value of a BGR image.",
    equals="cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV)",
    inputs=(Input("bgr", (3,)),),
    output=Output(channels=3),
    benchmarks=(Benchmark("bgr_to_hsv"),),
    bytes_per_pixel=6,
    operations_per_pixel=lambda: 16,
)

OPERATIONS = (VALUE_CHANNEL, BGR_TO_HSV)
