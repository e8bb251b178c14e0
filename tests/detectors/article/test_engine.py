"""The plan: results, copies, misuse, threads."""

import threading

import cv2
import numpy as np
import pytest

import fastdefect
from fastdefect.reference import article


@pytest.fixture(scope="module")
def cloth() -> np.ndarray:
    rng = np.random.default_rng(5)
    image = rng.integers(90, 160, (61, 83, 3), np.uint8)
    image[20:30, 30:50] //= 3
    return image


def _truth(image: np.ndarray) -> tuple[np.ndarray, int, int]:
    *_, filtered, _, dilation, _ = article.fab_defect_detect(image)
    otsu = int(cv2.threshold(filtered, 0, 255, cv2.THRESH_OTSU)[0])
    return dilation == 0, otsu, int((dilation == 0).sum())


@pytest.mark.parametrize("backend", ["auto", "numba", "opencv", "reference"])
def test_detection(
    cloth: np.ndarray, threads: int, backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FASTDEFECT_BACKEND", backend)
    mask, otsu, dark = _truth(cloth)
    found = fastdefect.detect(cloth, threads=threads)
    np.testing.assert_array_equal(found.mask, mask)
    assert found.mask.dtype == np.bool_
    assert (found.otsu_threshold, found.zero_count, found.score) == (otsu, dark, float(dark))
    assert found.is_defective == (found.score > found.threshold) == (dark > 1)
    assert list(found.speed) == ["value_blur", "nl_means", "otsu_threshold", "defect_mask", "total"]
    assert sum(list(found.speed.values())[:-1]) == pytest.approx(found.speed["total"])


def test_what_is_made_when_first_read(cloth: np.ndarray) -> None:
    found = fastdefect.detect(cloth)
    assert found.score_map is not None
    assert found.score_map.dtype == np.float32
    np.testing.assert_array_equal(found.score_map >= 255 - found.otsu_threshold, found.mask)
    count, _ = cv2.connectedComponents(found.mask.astype(np.uint8))
    assert len(found.defects) == count - 1
    assert sum(defect.area for defect in found.defects) == found.mask.sum()
    top, left, bottom, right = found.defects[0].bbox
    assert found.mask[top:bottom, left:right].any()
    dilation = np.where(found.mask, 0, 255).astype(np.uint8)
    expected = cv2.findContours(dilation, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)[0]
    assert len(found.contours) == len(expected)
    for left_contour, right_contour in zip(found.contours, expected, strict=True):
        np.testing.assert_array_equal(left_contour, right_contour)
    assert found.contours is found.contours


def test_grey_and_alpha(cloth: np.ndarray) -> None:
    grey = cloth[:, :, 0]
    expected = fastdefect.detect(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))
    for image in (grey, grey[:, :, None]):
        found = fastdefect.detect(image, stages=True)
        np.testing.assert_array_equal(found.mask, expected.mask)
        np.testing.assert_array_equal(found.stages["value"], grey)
        assert "hsv" not in found.stages
    alpha = np.dstack([cloth, grey])
    np.testing.assert_array_equal(fastdefect.detect(alpha).mask, fastdefect.detect(cloth).mask)


def test_owned_results_outlive_the_next_call(cloth: np.ndarray) -> None:
    engine = fastdefect.Engine(cloth.shape[:2])
    first = engine(cloth, stages=True)
    kept = {name: image.copy() for name, image in first.stages.items()}
    mask = first.mask.copy()
    engine(255 - cloth, stages=True)
    np.testing.assert_array_equal(first.mask, mask)
    for name, image in kept.items():
        np.testing.assert_array_equal(first.stages[name], image, err_msg=name)


def test_views_are_overwritten_by_the_next_call(cloth: np.ndarray) -> None:
    engine = fastdefect.Engine(cloth.shape[:2])
    first = engine(cloth, copy=False).mask
    second = engine(np.full_like(cloth, 9), copy=False).mask
    assert np.shares_memory(first, second)
    assert not np.shares_memory(engine(cloth).mask, second)


def test_another_shape_is_an_error(cloth: np.ndarray) -> None:
    engine = fastdefect.Engine((10, 12))
    with pytest.raises(fastdefect.ArgumentValueError, match=r"\(10, 12\).*\(61, 83\).*detect"):
        engine(cloth)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"shape": (0, 5)}, ValueError),
        ({"shape": (5,)}, ValueError),
        ({"shape": (5.5, 5)}, TypeError),
        ({"shape": (5, 5), "threads": 0}, ValueError),
        ({"shape": (5, 5), "threads": 257}, ValueError),
        ({"shape": (5, 5), "threads": True}, TypeError),
        ({"shape": (5, 5), "params": {"h": 3}}, TypeError),
    ],
)
def test_bad_plans(arguments: dict[str, object], error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        fastdefect.Engine(**arguments)
    assert isinstance(caught.value, fastdefect.FastDefectError)
    assert "expected" in str(caught.value)
    assert "received" in str(caught.value)


def test_two_threads_in_one_engine_are_an_error(cloth: np.ndarray) -> None:
    engine = fastdefect.Engine(cloth.shape[:2], threads=1)
    inside, leave = threading.Event(), threading.Event()
    name, step, *rest = engine._program[0]

    def wait(*arguments: object) -> object:
        inside.set()
        leave.wait(10)
        return step(*arguments)

    engine._program[0] = name, wait, *rest
    worker = threading.Thread(target=engine, args=(cloth,))
    worker.start()
    inside.wait(10)
    with pytest.raises(fastdefect.EngineBusyError, match="one engine per thread"):
        engine(cloth)
    leave.set()
    worker.join()
    engine(cloth)  # free again


def test_params_reach_every_stage(cloth: np.ndarray) -> None:
    params = fastdefect.ArticleParams(
        blur_ksize=(3, 5),
        h=4.0,
        template_window=3,
        search_window=9,
        structuring_ksize=(3, 7),
        max_dark_pixels=10**6,
    )
    found = fastdefect.detect(cloth, params)
    blurred = cv2.blur(cloth.max(axis=2), (3, 5))
    filtered = cv2.fastNlMeansDenoising(blurred, None, 4.0, 3, 9)
    binary = cv2.threshold(filtered, 0, 255, cv2.THRESH_OTSU)[1]
    dilation = cv2.dilate(binary, np.ones((7, 3), np.uint8))
    np.testing.assert_array_equal(found.mask, dilation == 0)
    assert not found.is_defective


def test_warmup_returns_milliseconds() -> None:
    speed = fastdefect.Engine((40, 50)).warmup(stages=True)
    assert {"bgr_to_hsv", "nl_means", "dilate", "total"} <= set(speed)
    assert all(value >= 0 for value in speed.values())
