"""Every back end's bytes through the public functions: hostile shapes, strides, read-only and Fortran-ordered input."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastdefect
from fastdefect.backends import numba
from fastdefect.reference import box_blur, hsv, morphology, nl_means, otsu


@pytest.fixture(autouse=True, scope="module")
def _small_strips() -> Iterator[None]:
    """Several threads cut these small images too, down to single rows."""
    with pytest.MonkeyPatch.context() as patch:
        for stage in numba.MIN_STRIP_PIXELS:
            patch.setitem(numba.MIN_STRIP_PIXELS, stage, 1)
        yield


BACKENDS = ("numba", "opencv", "auto", "reference")


def _arrange(image: np.ndarray, layout: str) -> np.ndarray:
    """The same pixels in another memory layout."""
    if layout == "strided":
        wide = np.zeros((image.shape[0] * 2, image.shape[1] * 3, *image.shape[2:]), np.uint8)
        wide[::2, 1::3] = image
        return wide[::2, 1::3]
    if layout == "reversed":
        return np.ascontiguousarray(image[::-1, ::-1])[::-1, ::-1]
    if layout == "fortran":
        return np.asfortranarray(image)
    if layout == "read-only":
        image = image.copy()
        image.flags.writeable = False
    return image


@st.composite
def images(draw: Any, channels: int = 1, most: int = 90) -> np.ndarray:
    """Images from one pixel on, of several kinds and layouts."""
    height, width = draw(st.integers(1, most)), draw(st.integers(1, most))
    shape = (height, width) if channels == 1 else (height, width, channels)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    kind = draw(st.sampled_from(["noise", "steps", "flat", "two levels", "ramp", "checkerboard"]))
    if kind == "noise":
        image = rng.integers(0, 256, shape, np.uint8)
    elif kind == "steps":
        image = rng.integers(0, 2, shape, np.uint8) * np.uint8(255)
    elif kind == "flat":
        image = np.full(shape, rng.integers(0, 256), np.uint8)
    elif kind == "two levels":
        image = rng.integers(100, 102, shape, np.uint8)
    elif kind == "ramp":
        image = (np.indices(shape).sum(axis=0) % 256).astype(np.uint8)
    else:
        image = (np.indices(shape).sum(axis=0) % 2 * 255).astype(np.uint8)
    layout = draw(st.sampled_from(["plain", "strided", "reversed", "fortran", "read-only"]))
    return _arrange(image, layout)


def _hold(
    image: np.ndarray, expected: Any, call: Callable[..., Any], *arguments: Any, out: bool = True
) -> None:
    """Compare all back ends with the truth on 1 and 3 threads; the input stays as it was."""
    before = image.copy()
    for backend in BACKENDS:
        for threads in (1, 3):
            result = call(image, *arguments, threads=threads, backend=backend)
            np.testing.assert_array_equal(result, expected, err_msg=f"{backend}, {threads} threads")
        if out:
            target = np.full(
                (*expected.shape[:1], 2 * expected.shape[1], *expected.shape[2:]), 7, np.uint8
            )
            view = target[:, ::2]
            assert call(image, *arguments, out=view, backend=backend) is view
            np.testing.assert_array_equal(view, expected)
            assert (target[:, 1::2] == 7).all()
    np.testing.assert_array_equal(image, before)


KSIZE_BLUR = st.tuples(st.integers(1, 255), st.integers(1, 255)) | st.sampled_from(
    [(16, 16), (1, 1), (28, 28), (34, 34), (56, 56), (256 // 8, 8), (17, 16), (255, 255)]
)
KSIZE = st.tuples(st.integers(1, 63), st.integers(1, 63)) | st.sampled_from(
    [(5, 5), (1, 1), (63, 63)]
)


@pytest.mark.parity
@given(image=images(channels=3))
def test_value_channel(image: np.ndarray) -> None:
    _hold(image, hsv.value_channel(np.ascontiguousarray(image)), fastdefect.value_channel)


@pytest.mark.parity
@given(image=images(channels=3))
def test_bgr_to_hsv(image: np.ndarray) -> None:
    _hold(image, hsv.bgr_to_hsv(np.ascontiguousarray(image)), fastdefect.bgr_to_hsv)


@pytest.mark.parity
@given(image=images(), ksize=KSIZE_BLUR)
def test_box_blur(image: np.ndarray, ksize: tuple[int, int]) -> None:
    expected = box_blur.box_blur(np.ascontiguousarray(image), ksize)
    _hold(image, expected, fastdefect.box_blur, ksize)


@pytest.mark.parity
@given(image=images())
def test_otsu_threshold(image: np.ndarray) -> None:
    expected = otsu.otsu_threshold(np.ascontiguousarray(image))
    _hold(image, expected, fastdefect.otsu_threshold, out=False)


@pytest.mark.parity
@given(image=images(), threshold=st.integers(0, 255))
def test_binarize(image: np.ndarray, threshold: int) -> None:
    expected = otsu.binarize(np.ascontiguousarray(image), threshold)
    _hold(image, expected, fastdefect.binarize, threshold)


@pytest.mark.parity
@given(image=images(), ksize=KSIZE)
def test_erode(image: np.ndarray, ksize: tuple[int, int]) -> None:
    _hold(image, morphology.erode(np.ascontiguousarray(image), ksize), fastdefect.erode, ksize)


@pytest.mark.parity
@given(image=images(), ksize=KSIZE)
def test_dilate(image: np.ndarray, ksize: tuple[int, int]) -> None:
    _hold(image, morphology.dilate(np.ascontiguousarray(image), ksize), fastdefect.dilate, ksize)


@pytest.mark.parity
@given(image=images(most=40), h=st.sampled_from([0, 3, 10, 33.3]))
def test_nl_means(image: np.ndarray, h: float) -> None:
    expected = nl_means.nl_means(np.ascontiguousarray(image), h, 7, 22)
    _hold(image, expected, fastdefect.nl_means, h, 7, 22)


@pytest.mark.parity
def test_hsv_of_every_colour() -> None:
    green, red = np.indices((256, 256)).astype(np.uint8)
    for blue in range(256):
        colours = np.stack([np.full_like(green, blue), green, red], axis=-1)
        expected = hsv.bgr_to_hsv(colours)
        np.testing.assert_array_equal(fastdefect.bgr_to_hsv(colours, backend="numba"), expected)


def test_default_of_ksize_is_a_square() -> None:
    image = np.random.default_rng(0).integers(0, 256, (40, 50), np.uint8)
    np.testing.assert_array_equal(fastdefect.box_blur(image, 5), fastdefect.box_blur(image, (5, 5)))


def test_otsu_of_gapped_histograms() -> None:
    rng = np.random.default_rng(3)
    for _ in range(300):
        levels = rng.choice(256, rng.integers(1, 6), replace=False).astype(np.uint8)
        image = rng.choice(levels, (30, 40))
        assert fastdefect.otsu_threshold(image, backend="numba") == otsu.otsu_threshold(image)
