"""Scores of images that a network learned from count as those of images that it has not seen."""

from __future__ import annotations

import numpy as np
import pytest

from fastdefect.detectors.learned.scores import VIEWS, unlearned

GROUPS = np.repeat(np.arange(6), 4)
IS_LEARNED = GROUPS % 3 != 0


def scores(centre: float, spread: float) -> np.ndarray:
    """Of 24 images: those that were learned from around ``centre`` in their logarithm, the others around 0."""
    logs = np.random.default_rng(0).normal(0.0, 0.2, (24, VIEWS))
    logs[IS_LEARNED] = centre + spread * logs[IS_LEARNED]
    return np.exp(logs)


def within(logs: np.ndarray, chosen: np.ndarray) -> float:
    return float(np.mean([logs[(g == GROUPS) & chosen].std() for g in np.unique(GROUPS[chosen])]))


def test_what_learning_lowered_is_raised_and_stretched() -> None:
    found = np.log(unlearned(scores(-2.0, 0.25), IS_LEARNED, GROUPS))
    assert found[IS_LEARNED].mean() == pytest.approx(found[~IS_LEARNED].mean())
    assert within(found, IS_LEARNED) == pytest.approx(within(found, ~IS_LEARNED))


def test_what_was_not_lowered_stays() -> None:
    given = scores(0.5, 2.0)
    np.testing.assert_allclose(unlearned(given, IS_LEARNED, GROUPS), given)


def test_the_others_stay_and_so_does_the_order() -> None:
    given = scores(-2.0, 0.25)
    found = unlearned(given, IS_LEARNED, GROUPS)
    np.testing.assert_allclose(found[~IS_LEARNED], given[~IS_LEARNED])
    np.testing.assert_array_equal(np.argsort(found[IS_LEARNED]), np.argsort(given[IS_LEARNED]))
    assert np.isfinite(unlearned(np.zeros((24, VIEWS)), IS_LEARNED, GROUPS)).all()
