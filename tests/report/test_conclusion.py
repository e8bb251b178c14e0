"""The first lines of a page: how many images, how bad, where to look."""

from __future__ import annotations

import pytest

from fastdefect.report.conclusion.verdicts import common_folder, conclude


@pytest.mark.parametrize(
    ("verdicts", "faults", "words"),
    [
        ([], 0, "No image was inspected"),
        ([], 2, "2 files were not inspected"),
        (["good"], 0, "The image has no defect"),
        (["unusable"], 0, "1 is unusable"),
        (["defective"], 0, "1 of 1 image has defects"),
        (["good"] * 3, 0, "None of 3 images has a defect"),
        (
            ["good", "unusable", "unusable"],
            1,
            "None of 3 images has a defect, 2 are unusable, 1 file was not inspected",
        ),
        (["good", "defective", "defective"], 0, "2 of 3 images have defects"),
    ],
)
def test_headlines(verdicts: list[str], faults: int, words: str) -> None:
    images = [{"verdict": verdict, "score": n} for n, verdict in enumerate(verdicts)]
    assert conclude(images, faults, None).headline == words


def test_the_worst_are_defective_then_unusable() -> None:
    images = [{"verdict": verdict, "score": score} for verdict, score in
              (("good", 0.9), ("unusable", 99.0), ("defective", 2.0), ("defective", 3.0), ("unusable", None))]  # fmt: skip
    found = conclude(images, 0, ("a.png", 1234.5, "mm"))
    assert found.order == [3, 2, 1, 4, 0]
    assert found.look == [3, 2, 1, 4]
    assert found.worst == "The longest defect measures 1,230 mm, in a.png."


@pytest.mark.parametrize(
    ("names", "folder"),
    [
        (["/a/b/1.png", "/a/b/c/2.png"], "/a/b/"),
        (["a/1.png"], "a/"),
        (["1.png", "b/2.png"], ""),
        (["/a/1.png", "b/2.png"], ""),
        ([], ""),
    ],
)
def test_the_common_folder_stands_once(names: list[str], folder: str) -> None:
    assert common_folder(names) == folder
