"""Networks that this package trains: what they learn, and that a training and its file repeat themselves."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import network_cases as cases
import numpy as np
import pytest

from fastdefect import ModelFileError, OnnxDetector, load_detector
from fastdefect.detectors.onnx.step import NetworkStep

cases.require_training()


@pytest.mark.parametrize("kind", cases.KINDS)
def test_good_and_bad_are_told_apart(kind: str, tmp_path: Path) -> None:
    detector, _ = cases.trained(kind)
    good = [detector(cases.good(seed)).score for seed in range(100, 112)]
    bad = [detector(cases.bad(seed)[0]).score for seed in range(100, 112)]
    assert min(bad) > max(good)
    image, mask = cases.bad(100)
    found = detector(image)
    assert mask[np.unravel_index(found.score_map.argmax(), mask.shape)] or kind in ("resnet", "gan")
    assert 0 < detector.calibration.threshold == detector.threshold
    assert (detector.calibration.images, detector.calibration.groups) == (12, 6)
    assert detector.domain is not None
    assert np.isfinite(detector.left_out).all()
    assert detector(np.zeros((64, 64), np.uint8)).verdict == "unusable"
    # what is saved is what was trained
    detector.save(tmp_path / "m")
    loaded = load_detector(tmp_path / "m")
    assert type(loaded) is type(detector)
    assert isinstance(loaded, OnnxDetector)
    np.testing.assert_array_equal(loaded(image).score_map, found.score_map)
    assert loaded.settings["best_of_steps"] == detector.history.best
    assert pickle.loads(pickle.dumps(detector))(image).score == found.score


@pytest.mark.parametrize("kind", cases.KINDS)
def test_the_file_gives_the_map_of_pytorch(kind: str) -> None:
    import torch

    detector, network = cases.trained(kind)
    for image in (cases.good(100), cases.bad(100)[0], np.tile(cases.good(101), (3, 2))):
        found = detector(image)
        with torch.no_grad():
            given = torch.from_numpy(image[None, None].astype(np.float32))
            expected = network(given)[0, 0].numpy()
        assert np.abs(found.score_map - expected).max() <= 1e-3 * np.quantile(expected, 0.9995)


@pytest.mark.parametrize("kind", cases.KINDS)
def test_tiles_give_the_map_of_the_whole(kind: str) -> None:
    detector, _ = cases.trained(kind)
    random = np.random.default_rng(5)
    image = random.normal(140, 20, (900, 70)).clip(0, 255).astype(np.uint8)
    found = []
    for side in (64, 1024):
        step = NetworkStep(detector.network, detector.recipe, image.shape, 1, "cpu", side)
        out = np.empty(image.shape, np.float32)
        found.append((step(image, None, out), out, step.path.tiles))
    (score, tiled, count), (whole_score, whole, one) = found
    assert count > 1 == one
    assert np.abs(tiled - whole).max() <= 1e-3 * np.quantile(whole, 0.9995)
    assert score == pytest.approx(whole_score, rel=1e-3)


@pytest.mark.parametrize("kind", cases.KINDS)
def test_the_halo_is_all_that_a_pixel_sees(kind: str) -> None:
    detector, _ = cases.trained(kind)
    halo = detector.recipe.halo
    image = np.random.default_rng(6).normal(140, 20, (2 * halo + 64, 64)).clip(0, 255).astype(np.uint8)  # fmt: skip
    other = image.copy()
    other[halo + 32 :] = 255 - other[halo + 32 :]
    one, two = detector(image).score_map, detector(other).score_map
    np.testing.assert_allclose(one[:32], two[:32], rtol=1e-5, atol=1e-5)
    assert np.abs(one - two).max() > 0.1


def saved(detector: Any, path: Path) -> bytes:
    """The bytes of a detector's file."""
    detector.save(path)
    return path.read_bytes()


def test_the_same_seed_gives_the_same_file_and_a_stopped_training_goes_on(tmp_path: Path) -> None:
    place = tmp_path / "checkpoint"
    whole = saved(cases.train("gan", 12), tmp_path / "whole")

    class Stopped(BaseException):
        """As a signal would."""

    def stop(done: int, total: int, loss: float) -> None:
        if done == 4:  # before six looks, one a step, may end the training by themselves
            raise Stopped

    with pytest.raises(Stopped):
        cases.train("gan", 12, checkpoint=place, progress=stop)
    assert place.stat().st_size > 1000
    with pytest.raises(ModelFileError, match="other images or settings"):
        cases.train("gan", 13, checkpoint=place)
    calls: list[int] = []
    again = cases.train("gan", 12, checkpoint=place, progress=lambda done, *_: calls.append(done))
    assert calls[0] == 4
    assert calls[-1] == len(again.history.losses)
    assert not place.exists()
    assert saved(again, tmp_path / "again") == whole
    other = saved(cases.train("gan", 12, seed=1), tmp_path / "other")
    assert other != whole


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"pickle", None])
def test_a_foreign_checkpoint_is_refused(content: bytes | None, tmp_path: Path) -> None:
    place = tmp_path / "checkpoint"
    if content is None:
        np.savez(place.with_suffix(".npz"), facts=np.array([{"a": 1}], object), allow_pickle=True)
        place.write_bytes(place.with_suffix(".npz").read_bytes())
    else:
        place.write_bytes(content)
    before = place.read_bytes()
    with pytest.raises(ModelFileError, match="remove the file to begin anew"):
        cases.train("lenet", 3, checkpoint=place)
    assert place.read_bytes() == before


def test_a_budget_of_the_processor_ends_a_training() -> None:
    detector = cases.train("lenet", 10_000, seconds=0.5)
    assert len(detector.history.losses) < 1000
    assert detector.history.ended == "0.5 s of the processor used"
    assert detector.history.seconds >= 0.5
