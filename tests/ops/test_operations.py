"""Every back end's bytes through the public functions: hostile shapes, strides, read-only and Fortran-ordered input.

Operations, parameters and channels come from the declarations, so that a new operation is held as soon as it is declared.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fastdefect
import fastdefect.ops
from fastdefect.backends.byte_stages.strips import MIN_STRIP_PIXELS
from fastdefect.backends.reference import function_of
from fastdefect.operations import OPERATIONS
from fastdefect.operations.operation import Operation, Parameter, Setting
from fastdefect.reference import hsv, otsu


@pytest.fixture(autouse=True, scope="module")
def _small_strips() -> Iterator[None]:
    """Several threads cut these small images too, down to single rows."""
    with pytest.MonkeyPatch.context() as patch:
        for stage in MIN_STRIP_PIXELS:
            patch.setitem(MIN_STRIP_PIXELS, stage, 1)
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


def _values(parameter: Parameter) -> st.SearchStrategy[Any]:
    """Any value of a parameter's range."""
    assert parameter.minimum is not None
    assert parameter.maximum is not None
    side = st.integers(parameter.minimum, parameter.maximum)
    return st.tuples(side, side) if parameter.kind == "window" else side


def _settings(operation: Operation) -> st.SearchStrategy[Setting]:
    """The declared cases and, where the reference is quick enough, anything of the ranges."""
    cases = st.sampled_from(operation.cases)
    if operation.max_pixels < 2**62 or not (operation.parameters or operation.arguments):
        return cases
    anything = st.builds(
        Setting,
        st.tuples(*map(_values, operation.parameters)),
        st.tuples(*map(_values, operation.arguments)),
    )
    return cases | anything


PUBLIC = {operation.name: operation for operation in OPERATIONS.values() if operation.public}


@pytest.mark.parity
@pytest.mark.parametrize("name", PUBLIC)
@given(data=st.data())
def test_operation(name: str, data: st.DataObject) -> None:
    operation = PUBLIC[name]
    most = 90 if operation.max_pixels >= 2**62 else 40
    image = data.draw(images(operation.inputs[0].channels[0], most))
    setting = data.draw(_settings(operation))
    expected = function_of(operation)(np.ascontiguousarray(image), *setting.call, *setting.plan)
    function = getattr(fastdefect.ops, name)
    _hold(image, expected, function, *setting.plan, *setting.call, out=operation.output is not None)


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
