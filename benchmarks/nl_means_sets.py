"""NL-means beyond the article's parameters: OpenCV's defaults, their neighbours, other windows, full-range noise."""

from __future__ import annotations

from fastdefect.bench.cases import stage
from fastdefect.operations.nl_means import NL_MEANS
from fastdefect.operations.operation import Benchmark, Setting

SHAPE = (512, 512)
# (h, template window, search window)
SETS = (
    (3.0, 7, 21),
    (5.0, 7, 21),
    (10.0, 7, 21),
    (20.0, 7, 21),
    (10.0, 3, 11),
    (10.0, 5, 15),
    (10.0, 7, 35),
    (10.0, 9, 21),
)

BENCHMARKS = (
    Benchmark("nl_means:noise", "noise"),
    Benchmark("nl_means:unblurred", "cloth"),
    *(
        Benchmark("nl_means:{:g},{},{}".format(*chosen), "blurred", Setting(chosen))
        for chosen in SETS
    ),
)
CASES = tuple(stage(NL_MEANS, benchmark) for benchmark in BENCHMARKS)
