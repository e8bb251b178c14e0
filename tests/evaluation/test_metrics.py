"""Metrics against definitions, and evaluation of a labelled folder."""

import math
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from scipy import stats
from texture_cases import cloth, spoiled

import fastdefect
from fastdefect.detectors.registry import default_detector, load_detector
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.errors import ArgumentValueError
from fastdefect.evaluation import evaluate, metrics
from fastdefect.evaluation.dataset import good_paths, group_of, labelled_samples, readable

pytest.importorskip("sklearn", reason="scikit-learn (the extra `evaluate`) is not installed")


def slow_aupro(maps: list[np.ndarray], masks: list[np.ndarray], limit: float) -> float:
    """By the definition: every threshold, every region."""
    points = [(0.0, 0.0)]
    for level in np.unique(np.concatenate([m.ravel() for m in maps]))[::-1]:
        overlaps, wrong, fine = [], 0, 0
        for score, mask in zip(maps, masks, strict=True):
            count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
            overlaps += [(score[labels == i] >= level).mean() for i in range(1, count)]
            wrong += int((score[~mask] >= level).sum())
            fine += int((~mask).sum())
        points.append((wrong / fine, float(np.mean(overlaps))))
    x, y = np.array(points).T
    grid = np.unique(np.append(x[x <= limit], limit))
    ends = [(g, np.interp(g, x, y)) for g in grid]
    area = 0.0
    for (x0, y0), (x1, y1) in pairwise(points):
        if x0 >= limit:
            break
        end = min(x1, limit)
        top = y1 if x1 <= limit else ends[-1][1]
        area += (end - x0) * (y0 + top) / 2
    return area / limit


def test_aupro_is_its_definition() -> None:
    random = np.random.default_rng(0)
    for _ in range(5):
        maps = [random.integers(0, 12, (14, 15)).astype(np.float32) for _ in range(3)]
        masks = [random.random((14, 15)) < share for share in (0.0, 0.05, 0.2)]
        assert metrics.aupro(maps, masks) == pytest.approx(slow_aupro(maps, masks, 0.3), abs=1e-12)


def test_aupro_ends() -> None:
    mask = np.zeros((20, 20), bool)
    mask[3:6, 4:9] = True
    perfect = mask.astype(np.float32)
    assert metrics.aupro([perfect], [mask]) == pytest.approx(1.0)
    assert metrics.aupro([1 - perfect], [mask]) == 0.0
    assert math.isnan(metrics.aupro([perfect], [np.zeros_like(mask)]))


@pytest.mark.parametrize(
    ("hits", "count"), [(0, 144), (1, 144), (13, 40), (288, 288), (200, 20000)]
)
def test_intervals_are_clopper_and_pearsons(hits: int, count: int) -> None:
    """Each end is where the other tail of the binomial distribution holds 2.5 %."""
    low, high = metrics.clopper_pearson(hits, count)
    if hits:
        assert stats.binom.sf(hits - 1, count, low) == pytest.approx(0.025, rel=1e-6)
    if hits < count:
        assert stats.binom.cdf(hits, count, high) == pytest.approx(0.025, rel=1e-6)
    assert (low == 0.0, high == 1.0) == (hits == 0, hits == count)


def test_an_interval_of_nothing_is_everything() -> None:
    assert metrics.clopper_pearson(0, 0) == (0.0, 1.0)


def test_best_f1() -> None:
    labels, scores = np.array([0, 0, 1, 1, 0, 1]), np.array([1.0, 2, 3, 4, 5, 6])
    value, threshold = metrics.best_f1(labels, scores)
    assert (value, threshold) == (pytest.approx(6 / 7), 3.0)


def trained(model: TextureModel) -> Any:
    """The model as the registry hands it out."""
    with tempfile.TemporaryDirectory() as place:
        model.save(f"{place}/model")
        return load_detector(f"{place}/model")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for place in ("train/good", "test/good", "test/stain", "ground_truth/stain"):
        (tmp_path / place).mkdir(parents=True)
    mask = np.zeros(cloth(0).shape[:2], np.uint8)
    mask[40:52, 60:70] = 255
    for i in range(6):
        cv2.imwrite(str(tmp_path / f"train/good/{i // 2}_{i}.png"), cloth(i))
        cv2.imwrite(str(tmp_path / f"test/good/{i}.png"), cloth(10 + i))
        cv2.imwrite(str(tmp_path / f"test/stain/{i}.png"), spoiled(cloth(20 + i)))
        cv2.imwrite(str(tmp_path / f"ground_truth/stain/{i}_mask.png"), mask)
    return tmp_path


def test_a_folder_is_learned_from_and_judged(folder: Path) -> None:
    (folder / "test/good/broken.png").write_bytes(b"no picture")
    paths = good_paths(folder)
    model = TextureModel(window=63).fit(paths, [group_of(path) for path in paths])
    steps: list[tuple[int, int]] = []
    seen: list[tuple[str, tuple[int, ...], float]] = []
    found = evaluate(
        trained(model),
        labelled_samples(folder),
        progress=lambda *step: steps.append(step),
        on_image=lambda sample, image, detection: seen.append(
            (str(sample.path), image.shape, detection.score)
        ),
    )
    assert found.image_auroc == 1.0
    assert found.recall == (6, 6)
    assert found.false_positives[1] == 6
    assert found.pixel_auroc > 0.9
    assert [Path(name).name for name, _ in found.unreadable] == ["broken.png"]
    assert steps == [(done, 13) for done in range(1, 14)]  # the one that cannot be read too
    assert found.to_dict()["recall"] == [6, 6]
    assert seen == [(each.path, cloth(0).shape, each.score) for each in found.images]
    assert found.ms_per_megapixel > 0


def test_progress_is_a_function() -> None:
    with pytest.raises(fastdefect.ArgumentTypeError, match="progress: expected a function"):
        evaluate(fastdefect.ArticleDetector(), [], progress="bar")  # type: ignore[arg-type]


def test_folders_that_are_none(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ArgumentValueError, match="MVTec"):
        good_paths(tmp_path / "absent")
    with pytest.raises(ArgumentValueError, match="MVTec"):
        labelled_samples(folder / "train")
    cv2.imwrite(str(folder / "ground_truth/stain/3_mask.png"), np.zeros((5, 5), np.uint8))
    paths = good_paths(folder)
    model = TextureModel(window=63).fit(paths)
    with pytest.raises(ArgumentValueError, match="3_mask"):
        evaluate(trained(model), labelled_samples(folder))


def test_unreadable_files_are_told_apart(folder: Path) -> None:
    (folder / "train/good/9_9.png").write_bytes(b"\xff\xd8 cut")
    good, bad = readable(good_paths(folder))
    assert len(good) == 6
    assert [path.name for path, _ in bad] == ["9_9.png"]


def test_each_image_is_inspected_once_and_each_shape_warmed_up_once(folder: Path) -> None:
    """The first image of a shape is no slower by a compilation, and none is inspected for that."""
    calls: list[object] = []

    class Counted:
        channels = 1

        def plan(self, shape: tuple[int, int], **options: Any) -> Any:
            assert options == {"threads": 1, "roi": None, "regions": None}
            plan = default_detector().plan(shape, threads=1)

            class Plan:
                nbytes = plan.nbytes

                def warmup(self) -> None:
                    calls.append(shape)

                def __call__(self, image: np.ndarray) -> Any:
                    calls.append(image.ndim)
                    return plan(image)

            return Plan()

    samples = labelled_samples(folder)
    (folder / "test/stain/0.png").write_bytes(
        cv2.imencode(".png", np.full((40, 50), 99, np.uint8))[1].tobytes()
    )
    (folder / "ground_truth/stain/0_mask.png").unlink()
    found = evaluate(Counted(), labelled_samples(folder), threads=1)
    assert len(found.images) == len(samples) == 12
    assert calls.count(2) == 12  # grey, as the detector takes them
    assert [call for call in calls if call != 2] == [cloth(0).shape[:2], (40, 50)]


def test_an_image_that_the_detector_refuses_is_named(folder: Path) -> None:
    cv2.imwrite(str(folder / "test/good/3.png"), np.zeros((9, 9, 3), np.uint8))
    model = TextureModel(window=63).fit(good_paths(folder))
    with pytest.raises(ArgumentValueError, match=r"3\.png: (img|shape): expected .*32"):
        evaluate(trained(model), labelled_samples(folder))
