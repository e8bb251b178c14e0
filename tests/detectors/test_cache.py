"""The one cache of plans: per thread, bounded in number and bytes, for every detector."""

import threading

import numpy as np
import pytest

import fastdefect
from fastdefect.detectors.cache import plan_for
from fastdefect.tiling import kept as cache
from fastdefect.tiling.kept import kept


@pytest.fixture
def detector(monkeypatch: pytest.MonkeyPatch) -> fastdefect.Detector:
    monkeypatch.setattr(kept, "plans", {})
    return fastdefect.ArticleDetector()


def test_plans_are_kept_and_bounded_in_number(detector: fastdefect.Detector) -> None:
    first = plan_for(detector, (20, 30), 1, None, None)
    assert plan_for(detector, (20, 30), 1, None, None) is first
    for side in range(40, 40 + cache.MOST_PLANS):
        plan_for(detector, (side, side), 1, None, None)
    assert len(kept.plans) == cache.MOST_PLANS
    assert plan_for(detector, (20, 30), 1, None, None) is not first


def test_plans_are_bounded_in_bytes(
    detector: fastdefect.Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    for side in (40, 50, 60):
        plan_for(detector, (side, side), 1, None, None)
    monkeypatch.setattr(cache, "MOST_BYTES", 10)
    plan_for(detector, (70, 70), 1, None, None)
    assert len(kept.plans) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"shape": (20, 31)},
        {"threads": 2},
        {"inside": np.eye(20, 30, dtype=bool)},
        {"regions": fastdefect.RegionParams(min_area=3)},
    ],
)
def test_what_differs_has_a_plan_of_its_own(
    detector: fastdefect.Detector, other: dict[str, object]
) -> None:
    asked = {"shape": (20, 30), "threads": 1, "inside": None, "regions": None}
    first = plan_for(detector, **asked)
    assert plan_for(detector, **asked | other) is not first
    assert plan_for(fastdefect.ArticleDetector(), **asked) is not first
    assert plan_for(detector, **asked) is first


def test_each_thread_has_its_own(detector: fastdefect.Detector) -> None:
    mine = plan_for(detector, (20, 30), 1, None, None)
    theirs = []
    worker = threading.Thread(
        target=lambda: theirs.append(plan_for(detector, (20, 30), 1, None, None))
    )
    worker.start()
    worker.join()
    assert theirs[0] is not mine


def test_the_back_end_of_the_environment_counts(
    detector: fastdefect.Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = plan_for(detector, (20, 30), 1, None, None)
    monkeypatch.setenv("FASTDEFECT_BACKEND", "opencv")
    assert plan_for(detector, (20, 30), 1, None, None).backend == "opencv" != mine.backend


def test_a_call_within_a_call_has_a_plan_of_its_own(
    detector: fastdefect.Detector, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a signal's handler or a finalizer may make one: the plan at work is out of reach."""
    image = np.random.default_rng(0).integers(0, 256, (20, 30), np.uint8)
    expected = detector(image, threads=1)
    plan = plan_for(detector, (20, 30), 1, None, None)
    run, within = plan._run, []

    def interrupted(*arguments: object) -> fastdefect.Detection:
        within.append(detector(image, threads=1))
        return run(*arguments)

    monkeypatch.setattr(plan, "_run", interrupted)
    found = detector(image, threads=1)
    assert len(within) == 1
    assert (found.mask == expected.mask).all()
    assert (within[0].mask == expected.mask).all()
    assert plan_for(detector, (20, 30), 1, None, None) is plan
