"""Bounds of means of blocks: the rate that is named, whatever the groups are, and one alarm at a drift."""

from __future__ import annotations

import numpy as np
import pytest

from fastdefect.calibration import DriftTest, learn_drift
from fastdefect.calibration.drift import BLOCK, student_limit
from fastdefect.errors import ArgumentValueError


@pytest.mark.parametrize("freedom", [1, 2, 3, 5, 6, 23, 40, 999])
@pytest.mark.parametrize("tail", [0.1, 1e-3, 1e-6, 1e-8])
def test_student(freedom: int, tail: float) -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is not installed")
    assert student_limit(tail, freedom) == pytest.approx(stats.t.isf(tail / 2, freedom), rel=1e-5)


def rolls(random: np.random.Generator, count: int, frames: int, between: float) -> np.ndarray:
    """Frames of rolls, each with a level of its own; two statistics."""
    level = random.normal(0, between, (count, 1, 2))
    return (level + random.normal(0, 1, (count, frames, 2))).reshape(-1, 2)


@pytest.mark.parametrize("between", [0.0, 1.0, 5.0])
@pytest.mark.parametrize("groups", [5, 12])
def test_the_rate_holds_over_rolls_of_any_kind(between: float, groups: int) -> None:
    """At 20 % for 400 frames in rolls of 40; a test of single frames would alarm in nearly every run of the last kind."""
    random, alarms, runs = np.random.default_rng(5), 0, 300
    for _ in range(runs):
        values = rolls(random, groups, 6, between)
        members = np.repeat(np.arange(groups), 6)
        test = DriftTest(learn_drift(values, members, np.inf, false_alarms=0.2, frames=400))
        for frame in rolls(random, 10, 40, between):
            test.take(frame)
        alarms += test.alarm is not None
    assert alarms <= 0.2 * runs + 3 * np.sqrt(0.16 * runs)


def test_a_drift_is_told_once_and_says_what() -> None:
    random = np.random.default_rng(1)
    bounds = learn_drift(rolls(random, 12, 6, 0.5), np.repeat(np.arange(12), 6), np.inf)
    test = DriftTest(bounds)
    told = [test.take(np.array([0.0, -0.05 * frame])) for frame in range(2000)]
    (alarm,) = filter(None, told)
    assert alarm.statistic == 1
    assert alarm.mean < bounds.low[1]
    assert alarm.frame % BLOCK == 0
    assert told.index(alarm) == alarm.frame - 1
    assert test.frames == 2000
    test.reset()
    assert (test.alarm, test.frames) == (None, 0)


def test_it_needs_no_memory_for_what_it_has_seen() -> None:
    test = DriftTest(learn_drift(np.random.default_rng(0).normal(size=(30, 3)), range(30), np.inf))
    sums = test.sums
    for _ in range(1000):
        test.take(np.zeros(3))
    assert test.sums is sums
    assert {*vars(test)} == {"bounds", "frames", "alarm", "sums"}


def test_reach_ends_what_few_groups_leave_open() -> None:
    values = np.random.default_rng(0).normal(size=(8, 2))
    bounds = learn_drift(values, [0, 1] * 4, np.array([0.5, np.inf]))
    assert bounds.high[0] == values[:, 0].max() + 0.5
    assert bounds.high[1] > 1000


def test_one_group_says_nothing() -> None:
    with pytest.raises(ArgumentValueError, match="at least two"):
        learn_drift(np.zeros((4, 1)), [0] * 4, 1.0)
