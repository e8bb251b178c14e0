"""What counts as the same answer: to the bit, or within a tolerance of the map."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from texture_cases import cloth

import fastdefect
from fastdefect.detectors.score_map import ScoreMapDetector
from fastdefect.evaluation.approval import file
from fastdefect.evaluation.approval.outcome import CELLS, Outcome, compare, outcome_of
from fastdefect.evaluation.approval.run import Validation, approve, validate

MACHINE = {"processor": "any", "path": "avx2", "threads": 1, "versions": {}}


class Rounding(ScoreMapDetector):
    """A map with an error of its own, as another library's sums have one."""

    kind, channels, threshold, tolerance = "rounding", 3, 150.0, 1e-3

    def __init__(self, error: float = 0.0, place: tuple[int, int] | None = None) -> None:
        self.error, self.place = error, place

    def plan_map(self, context: Any) -> Any:
        def step(image: Any, outside: Any, score_map: Any) -> float:
            np.copyto(score_map, image.max(axis=2))
            score_map *= np.float32(1 + self.error)
            if self.place is not None:
                score_map[self.place] += 40
            return float(np.sort(score_map, axis=None)[-20:].mean())

        return step


@pytest.fixture(name="photos")
def _photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed in range(3):
        fastdefect.write_image(folder / f"{seed}.png", cloth(seed))
    return folder


def held(detector: Any, photos: Path, now: Any) -> Validation:
    named = [(path.name, path) for path in sorted(photos.iterdir())]
    made = approve(detector, b"model", named, MACHINE, threads=1)
    path = file.write(photos.parent / "a.json", made)
    assert file.read(path) == made
    return validate(now, b"model", file.read(path), photos, MACHINE, threads=1)


@pytest.mark.parametrize(
    ("now", "outcome"),
    [
        (Rounding(), "same"),
        (Rounding(error=5e-4), "same"),
        (Rounding(error=2e-3), "different"),
        (Rounding(place=(3, 3)), "different"),
    ],
)
def test_a_tolerance_is_of_the_map(photos: Path, now: Rounding, outcome: str) -> None:
    assert held(Rounding(), photos, now).outcome == outcome


def test_without_a_tolerance_a_bit_counts(photos: Path) -> None:
    exact, moved = Rounding(), Rounding(error=1e-7)
    exact.tolerance = 0.0
    assert held(exact, photos, exact).outcome == "same"
    found = held(exact, photos, moved)
    assert [each.name for each in found.differences] == ["0.png", "1.png", "2.png"]


def test_article_and_its_map(photos: Path) -> None:
    detector = fastdefect.ArticleDetector()
    assert held(detector, photos, detector).outcome == "same"
    assert held(detector, photos, detector.with_threshold(10**6)).outcome == "different"


def outcome(score: float = 1.0, verdict: str = "good") -> Outcome:
    return Outcome("a.png", "0" * 64, 9, "1" * 64, score, verdict, None, 0.0, ())


def test_a_verdict_may_turn_only_at_the_threshold() -> None:
    assert compare(outcome(), outcome(1.0005, "defective"), 1.0002, 1e-3) is None
    assert compare(outcome(), outcome(1.0005, "defective"), 1.1, 1e-3) is not None
    assert compare(outcome(), outcome(1.0, "defective"), 1.0, 0.0) is not None


def test_another_decoder_is_told_apart() -> None:
    found = compare(outcome(), replace(outcome(2.0), pixels="2" * 64), 1.0, 0.0)
    assert found is not None
    assert "another decoder" in found.what


@pytest.mark.parametrize("shape", [(1, 1), (5, 40), (CELLS, CELLS), (100, 37)])
def test_cells_hold_the_highest_of_the_map(shape: tuple[int, int]) -> None:
    score_map = np.random.default_rng(0).random(shape, np.float32)
    found = fastdefect.Detection(
        is_defective=False, score=0, threshold=1, mask=score_map > 9, speed={}, score_map=score_map
    )
    kept = outcome_of("a", b"", np.zeros((*shape, 3), np.uint8), found)
    assert max(kept.cells) == score_map.max()
    assert len(kept.cells) == min(shape[0], CELLS) * min(shape[1], CELLS)


def test_an_image_that_is_refused_now_differs(photos: Path) -> None:
    model = Rounding()

    class Large(Rounding):
        smallest = 10**4

    assert "refused now" in held(model, photos, Large()).differences[0].what


@pytest.mark.parametrize(
    ("folder", "changed"),
    [(".", ["good/a.png"]), ("good", ["good/a.png"]), ("hole", [])],
)
def test_a_file_of_the_same_last_name_is_another_image(
    tmp_path: Path, folder: str, changed: list[str]
) -> None:
    rng = np.random.default_rng(4)
    names = ("good/a.png", "hole/b.png")
    for name in (*names, "other/a.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        fastdefect.write_image(tmp_path / name, rng.integers(0, 255, (40, 40, 3), np.uint8))
    model = fastdefect.ArticleDetector()
    approved = approve(model, b"", [(name, tmp_path / name) for name in names], MACHINE)
    fastdefect.write_image(tmp_path / "good/a.png", np.zeros((40, 40, 3), np.uint8))
    found = validate(model, b"", approved, tmp_path / folder, MACHINE)
    assert found.changed == changed
    assert {*found.changed, *found.missing} == {
        n for n in names if n != "hole/b.png" or folder == "good"
    }
