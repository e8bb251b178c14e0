"""scikit-learn's ``clone`` takes every detector that learns: an untrained one with the same parameters."""

from __future__ import annotations

import pytest

from fastdefect.detectors.estimator import Estimator
from fastdefect.detectors.registry import detector_class, trainable_kinds

sklearn_base = pytest.importorskip("sklearn.base", reason="scikit-learn is not installed")


@pytest.mark.parametrize("kind", trainable_kinds())
def test_clone(kind: str) -> None:
    make = detector_class(kind)
    given = make(false_alarms=0.02)
    made = sklearn_base.clone(given)
    assert type(made) is make
    assert made is not given
    assert made.get_params() == given.get_params() | {"false_alarms": 0.02}
    assert not made.is_finished


def test_a_trained_model_gives_an_untrained_one() -> None:
    import fastdefect
    from bench_images import roll

    images = [roll(3).window(0, 96 * n, 96, 96) for n in range(6)]
    model = fastdefect.TextureModel(false_alarms=0.05, colour=False).fit(images)
    made = sklearn_base.clone(model)
    assert isinstance(made, Estimator)
    assert not made.is_finished
    assert made.fit(images).threshold == model.threshold
