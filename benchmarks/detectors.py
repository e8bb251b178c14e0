"""All detectors in one table: ranking, maps, verdicts at the calibrated threshold, speed and size; and which to choose.

    python -m benchmarks.detectors                 everything, written to DETECTORS.md: some ten minutes on one core
    python -m benchmarks.detectors --only paper    one material; the other keeps its text

Run it from the repository's root, with the photographs of ../shared/data beside it. Trained networks are judged too where
the variable FASTDEFECT_MODELS names a folder with one folder for each, LABEL/KIND.onnx, as `python -m benchmarks.learned
--models FOLDER` leaves them.
"""

from __future__ import annotations

from benchmarks import sources
from benchmarks.pages import HERE, Page

PAGE = Page(
    title="All detectors, measured",
    command="FASTDEFECT_MODELS=FOLDER python -m benchmarks.detectors` after `python -m benchmarks.learned --models FOLDER",
    text=HERE / "DETECTORS.md",
    printed=HERE / "detectors.json",
    parts={
        "paper": ("Real paper, six kinds", ["benchmarks.detectors_table", "paper"]),
        "rolls": (
            "Generated cloth of two colours, three rolls",
            ["benchmarks.detectors_table", "rolls"],
        ),
        "choice": ("Which detector for which material", ["benchmarks.detectors_choice"]),
        "drift": ("The drift alarm", ["benchmarks.drift"]),
    },
    quality=sources.DETECTORS,
    speed=sources.DETECTORS,
)

if __name__ == "__main__":
    PAGE.write(__doc__.splitlines()[0])
