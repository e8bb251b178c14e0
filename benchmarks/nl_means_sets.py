"""NL-means beyond the article's parameters: OpenCV's defaults, their neighbours, other windows, full-range noise."""

from __future__ import annotations

from fastdefect.bench.cases import stage
from fastdefect.bench.parity import Setting

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

CASES = (
    stage("nl_means", "noise", row="nl_means:noise"),
    stage("nl_means", "cloth", row="nl_means:unblurred"),
    *(
        stage(
            "nl_means",
            "blurred",
            setting=Setting(chosen),
            row="nl_means:{:g},{},{}".format(*chosen),
        )
        for chosen in SETS
    ),
)
