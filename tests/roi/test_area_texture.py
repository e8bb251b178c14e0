"""Regions of interest and rules for regions with the texture model: the same promises as for the article's detector."""

from __future__ import annotations

import numpy as np
import pytest

import fastdefect
from fastdefect.detectors import Estimator
from fastdefect.detectors.joined.model import Joined
from fastdefect.detectors.texture.model import TextureModel

SHAPE = (120, 150)
TRIANGLE = [[10.0, 6.0], [145.0, 30.0], [70.0, 118.0]]


def cloth(seed: int, channels: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 8, (*SHAPE, channels))
    y, x = np.indices(SHAPE)
    weave = 12 * np.sin(x * 1.3) * np.sin(y * 1.1)
    return (130 + weave[:, :, None] + noise).clip(0, 255).astype(np.uint8)


@pytest.fixture(name="models", scope="module")
def _models() -> dict[str, Estimator]:
    settings = {"window": 31}
    return {
        "trained": TextureModel(**settings).fit([cloth(seed) for seed in range(8)]),
        "joined": Joined(TextureModel(colour=False, **settings), TextureModel(**settings)).fit(
            [cloth(seed) for seed in range(8)]
        ),
        "zero-shot": TextureModel.zero_shot(window=31, scales=(3, 5, 7, 9)),
    }


@pytest.mark.parametrize("name", ["trained", "joined", "zero-shot"])
@pytest.mark.parametrize("threads", [1, 2])
def test_nothing_outside_changes_anything(
    models: dict[str, Estimator], name: str, threads: int
) -> None:
    image = cloth(99)
    image[40:52, 60:72] //= 3
    rules = fastdefect.RegionParams(mm_per_px=0.5)
    plan = models[name].plan(
        SHAPE,
        threads=threads,
        roi=[TRIANGLE],
        ignore=[[[80, 60], [90, 60], [85, 70]]],
        regions=rules,
    )
    first = plan(image)
    assert first.is_defective
    outside = ~first.inside
    assert outside.any()
    assert not first.score_map[outside].any()
    assert not first.mask[outside].any()
    for filling in (0, 255, np.random.default_rng(1).integers(0, 256, image.shape, np.uint8)):
        other = plan(np.where(outside[:, :, None], filling, image).astype(np.uint8))
        assert other.score == first.score
        np.testing.assert_array_equal(other.score_map, first.score_map)
        assert other.defects.to_dict() == first.defects.to_dict()
    defect = max(first.defects, key=lambda d: d.area)
    assert defect.peak_score == first.score_map[first.mask].max()
    assert defect.contrast < 0
    assert defect.area_mm2 == defect.area / 4


def test_a_defect_outside_never_counts(models: dict[str, Estimator]) -> None:
    image = cloth(98)
    clean = models["trained"](image).is_defective
    image[100:112, 5:17] = 0
    assert models["trained"](image).is_defective
    assert models["trained"].plan(SHAPE, roi=[TRIANGLE])(image).is_defective == clean
    ignore = np.zeros(SHAPE, np.bool_)
    ignore[98:114, 3:19] = True
    found = models["trained"](image, ignore=ignore)
    assert found.is_defective == clean
    np.testing.assert_array_equal(found.inside, ~ignore)


def test_everything_ignored_is_an_error(models: dict[str, Estimator]) -> None:
    with pytest.raises(fastdefect.ArgumentValueError, match="leave none"):
        models["trained"](cloth(97), ignore=np.ones(SHAPE, np.bool_))


def test_bad_areas(models: dict[str, Estimator]) -> None:
    with pytest.raises(fastdefect.ArgumentValueError, match="at least 3 corners"):
        models["trained"].plan(SHAPE, roi=[[[0, 0], [5, 5]]])
    with pytest.raises(fastdefect.ArgumentTypeError, match="RegionParams"):
        models["trained"].plan(SHAPE, regions=3)
