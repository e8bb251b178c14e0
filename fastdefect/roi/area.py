"""The part of an image that is inspected: regions of interest, ignored regions, as polygons or masks."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from fastdefect.checks import short
from fastdefect.errors import ArgumentTypeError, ArgumentValueError, ImageReadError
from fastdefect.io import read_file, read_mask
from fastdefect.kernels.area import fill_polygon
from fastdefect.typing import BoolImage

Polygon: TypeAlias = Sequence[Sequence[float]] | NDArray[np.floating] | NDArray[np.integer]
AreaLike: TypeAlias = "BoolImage | Sequence[Polygon] | str | os.PathLike[str]"
_EXPECTED = (
    "a bool array of the image's shape, a list of polygons [[x, y], ...], or the name of a JSON file or "
    "mask image"
)
_LARGEST_JSON = 64 * 2**20  # bytes; a polygon of a thousand corners takes 20 KB


def inspected_area(
    shape: tuple[int, int], roi: AreaLike | None = None, ignore: AreaLike | None = None
) -> BoolImage | None:
    """Work out which pixels are inspected.

    Parameters
    ----------
    shape : (int, int)
        Height and width of the image.
    roi, ignore : ndarray of bool (H, W), list of polygons, str or os.PathLike, optional
        What is inspected (by default everything) and what is left out of it. A polygon is a list of at least three
        corners (x, y) in pixels, x to the right and y down from the image's upper left corner, so that the last pixel
        ends at (W, H); its pixels are those whose centre lies inside (even-odd rule), several polygons are united. A name
        that ends in ``.json`` is a file with such a list, alone or as ``{"polygons": [...]}``; any other a mask image of
        the same shape, where every pixel that is not black is chosen.

    Returns
    -------
    ndarray of bool, (H, W), or None
        True where the image is inspected; None if that is everywhere.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        Too few corners, a corner outside the image, a mask of another shape, or nothing left to inspect.
    ImageReadError
        A file is missing or not what it should be.
    """
    if roi is None and ignore is None:
        return None
    inside = np.ones(shape, np.bool_) if roi is None else chosen_pixels("roi", roi, shape)
    if ignore is not None:
        inside &= ~chosen_pixels("ignore", ignore, shape)
    if not inside.any():
        raise ArgumentValueError(
            "roi and ignore: expected to leave at least one pixel of the image, received areas that "
            "leave none; enlarge roi or shrink ignore"
        )
    return None if inside.all() else inside


def read_area(path: str | os.PathLike[str]) -> BoolImage | list[NDArray[np.float64]]:
    """Read a file that says which pixels are meant, see `inspected_area`: once for many images."""
    name = Path(path)
    if name.suffix.lower() == ".json":
        return polygons_of(str(name), _read_json(name))
    return read_mask(name)


def is_area(value: object) -> bool:
    """Whether a list is one area, that is polygons, and not a list of areas or None."""
    return not isinstance(value, (list, tuple)) or all(map(_is_polygon, value))


def _is_polygon(value: object) -> bool:
    """Whether something is meant as a list of corners: numbers stand two levels down."""
    if isinstance(value, np.ndarray):
        return value.ndim == 2 and value.shape[1] == 2
    try:
        return isinstance(value[0][0], (int, float, np.number))  # type: ignore[index]
    except (TypeError, IndexError, KeyError):
        return False


def chosen_pixels(argument: str, value: object, shape: tuple[int, int]) -> BoolImage:
    """The pixels of an area, bool (H, W), as an array of its own; ``argument`` is its name in messages."""
    name = argument
    if isinstance(value, (str, os.PathLike)):
        name = f"{argument} {os.fspath(value)}"
        value = read_area(value)
    if isinstance(value, np.ndarray) and value.ndim == 2 and value.dtype == np.bool_:
        if value.shape != shape:
            raise ArgumentValueError(
                f"{name}: expected a mask of {shape[0]} x {shape[1]} pixels (height x width) as the "
                f"image has, received {value.shape[0]} x {value.shape[1]}; draw it on that image"
            )
        return np.array(value)
    chosen = np.zeros(shape, np.bool_)
    for number, corners in enumerate(polygons_of(name, value)):
        check_corners(f"{name}, polygon {number}", corners, shape)
        one = np.zeros(shape, np.uint8)
        fill_polygon(corners, one)
        chosen |= one.view(np.bool_)
    return chosen


def polygons_of(name: str, value: object) -> list[NDArray[np.float64]]:
    if not isinstance(value, (list, tuple)):
        kind = f"{value.dtype} array" if isinstance(value, np.ndarray) else type(value).__name__
        raise ArgumentTypeError(f"{name}: expected {_EXPECTED}, received {kind}; pass one of these")
    made = []
    for number, polygon in enumerate(value):
        try:
            corners = np.array(polygon, np.float64)
        except (TypeError, ValueError, OverflowError):
            corners = np.empty(0)
        if corners.ndim != 2 or corners.shape[1:] != (2,):
            raise ArgumentValueError(
                f"{name}, polygon {number}: expected a list of corners [x, y], received "
                f"{short(polygon)}; write for example [[0, 0], [100, 0], [100, 50]]"
            )
        if len(corners) < 3:
            raise ArgumentValueError(
                f"{name}, polygon {number}: expected at least 3 corners, received {len(corners)}; "
                "a polygon of fewer has no inside"
            )
        made.append(corners)
    if not made:
        raise ArgumentValueError(
            f"{name}: expected at least one polygon, received none; leave it out to choose nothing"
        )
    return made


def check_corners(name: str, corners: NDArray[np.float64], shape: tuple[int, int]) -> None:
    height, width = shape
    for x, y in corners.tolist():
        if not (math.isfinite(x) and math.isfinite(y) and 0 <= x <= width and 0 <= y <= height):
            raise ArgumentValueError(
                f"{name}: expected corners within the image, x from 0 to {width} and y from 0 to "
                f"{height}, received ({x:g}, {y:g}); draw it on an image of that size"
            )


def _read_json(name: Path) -> object:
    def fault(received: str) -> ImageReadError:
        return ImageReadError(f"{name}: expected a JSON file with polygons, {received}")

    data = read_file(name, _LARGEST_JSON, fault, remedy="draw a mask image instead")
    try:
        value = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise fault(f"received another content ({error}); check path and content") from error
    if isinstance(value, dict):
        if set(value) != {"polygons"}:
            raise ArgumentValueError(
                f"{name}: expected the one key 'polygons', received {short(sorted(value))}; "
                'write {"polygons": [[[x, y], ...], ...]}'
            )
        return value["polygons"]
    return value
