"""Thresholds: the tail fits what it was drawn from, and says how sure it is."""

import math

import numpy as np
import pytest

from fastdefect.calibration.threshold import Tail, calibrate, fit_tail


@pytest.mark.parametrize("shape", [-0.2, 0.0, 0.2])
@pytest.mark.parametrize("count", [60, 4000])
def test_rate_is_the_inverse_of_level(shape: float, count: int) -> None:
    tail = Tail(0.1, 0.2, shape, 1.0 if count < 100 else 0.2)
    for rate in (0.1, 0.01, 0.0001):
        assert tail.rate(tail.level(rate)) == pytest.approx(rate, rel=1e-9)


@pytest.mark.parametrize(
    "draw",
    [
        lambda r, n: r.gumbel(0, 0.1, n),
        lambda r, n: r.normal(0, 0.1, n),
        lambda r, n: 0.1 * r.weibull(3, n),
    ],
)
def test_the_rate_holds_for_many_scores(draw: object) -> None:
    random = np.random.default_rng(1)
    scores, fresh = np.exp(draw(random, 2000)), np.exp(draw(random, 200_000))
    found = calibrate(scores, list(range(2000)), 0.01)
    assert 0.006 < (fresh > found.threshold).mean() < 0.015


def test_few_scores_are_drawn_towards_an_exponential_tail() -> None:
    random = np.random.default_rng(2)
    rates = []
    for _ in range(200):
        tail = fit_tail(random.gumbel(0, 0.1, 24))
        z = math.log(tail.level(0.01)) / 0.1
        rates.append(-math.expm1(-math.exp(-z)))
    assert 0.005 < np.median(rates) < 0.025


def test_groups_that_differ_widen_the_interval() -> None:
    random = np.random.default_rng(3)
    groups = [i // 10 for i in range(80)]
    alike = np.exp(random.gumbel(0, 0.1, 80))
    apart = alike * np.exp(0.3 * random.normal(size=8))[groups]
    narrow, wide = (calibrate(s, groups, 0.01).interval for s in (alike, apart))
    assert math.log(wide[1] / wide[0]) > 1.2 * math.log(narrow[1] / narrow[0])


def test_it_is_repeatable_and_survives_equal_scores() -> None:
    scores = np.exp(np.random.default_rng(4).gumbel(0, 0.1, 50))
    assert calibrate(scores, [0, 1] * 25, 0.01) == calibrate(scores, [0, 1] * 25, 0.01)
    flat = calibrate(np.append(np.ones(30), 1.0001), [0] * 31, 0.01)
    assert math.isfinite(flat.threshold)
    assert flat.threshold >= 1
