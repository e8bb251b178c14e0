"""The inspected area of an image that does not lie in memory, window by window: the pixels of `inspected_area`."""

from __future__ import annotations

import os
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.io.tiles import Source, open_source
from fastdefect.io.tiles.source import is_partial
from fastdefect.roi.area import AreaLike, check_corners, polygons_of, read_area
from fastdefect.typing import BoolImage, Shape


class AreaWindows:
    """What is inspected of an image, as bool windows.

    Parameters
    ----------
    shape : (int, int)
        Height and width of the image.
    roi, ignore : optional
        As for `inspected_area`; a mask may also be the name of a TIFF or NPY file, which is read in parts.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError, ImageReadError
        As `inspected_area`, but for an area that leaves nothing, which is found later.
    """

    def __init__(self, shape: Shape, roi: AreaLike | None, ignore: AreaLike | None) -> None:
        self._roi = None if roi is None else _chosen("roi", roi, shape)
        self._ignore = None if ignore is None else _chosen("ignore", ignore, shape)

    def read(self, rows: slice, columns: slice) -> BoolImage:
        """A window as an array of its own, True where it is inspected."""
        size = rows.stop - rows.start, columns.stop - columns.start
        inside = np.ones(size, np.bool_) if self._roi is None else self._roi.read(rows, columns)
        if self._ignore is not None:
            inside &= ~self._ignore.read(rows, columns)
        return inside


class _Chosen(Protocol):
    def read(self, rows: slice, columns: slice) -> BoolImage: ...


class _OfArray:
    def __init__(self, mask: BoolImage) -> None:
        self._mask = mask

    def read(self, rows: slice, columns: slice) -> BoolImage:
        return np.array(self._mask[rows, columns])


class _OfFile:
    def __init__(self, source: Source) -> None:
        self._source = source

    def read(self, rows: slice, columns: slice) -> BoolImage:
        pixels = self._source.read(rows, columns)
        return np.asarray(pixels != 0 if pixels.ndim == 2 else pixels.any(axis=2))


class _OfPolygons:
    """Polygons by the rule of `fastdefect.kernels.area.fill_polygon`, in the same double-precision steps."""

    def __init__(self, polygons: list[NDArray[np.float64]]) -> None:
        self._polygons = polygons

    def read(self, rows: slice, columns: slice) -> BoolImage:
        size = rows.stop - rows.start, columns.stop - columns.start
        chosen = np.zeros(size, np.bool_)
        for corners in self._polygons:
            chosen |= _inside(corners, rows, columns, size)
        return chosen


def _inside(corners: NDArray[np.float64], rows: slice, columns: slice, size: Shape) -> BoolImage:
    """What of a window lies in one polygon: each edge turns over the rest of the rows that it crosses."""
    flips = np.zeros(size, np.bool_)
    for (xa, ya), (xb, yb) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        if ya > yb:
            xa, ya, xb, yb = xb, yb, xa, ya
        first = max(int(np.ceil(ya - 0.5)), rows.start)
        last = min(int(np.ceil(yb - 0.5)), rows.stop)
        if ya == yb or first >= last:
            continue
        y = np.arange(first, last, dtype=np.float64)
        x = xa + (xb - xa) * ((y + 0.5 - ya) / (yb - ya))
        start = np.clip(np.ceil(x - 0.5).astype(np.int64) - columns.start, 0, None)
        crossed = start < size[1]
        flips[np.arange(first, last)[crossed] - rows.start, start[crossed]] ^= True
    inside: BoolImage = np.logical_xor.accumulate(flips, axis=1)
    return inside


def _chosen(argument: str, value: object, shape: Shape) -> _Chosen:
    name = argument
    if isinstance(value, (str, os.PathLike)):
        name = f"{argument} {os.fspath(value)}"
        if is_partial(value):
            source = open_source(value)
            _check_size(name, source.shape, shape)
            return _OfFile(source)
        value = read_area(value)
    if isinstance(value, np.ndarray) and value.ndim == 2 and value.dtype == np.bool_:
        _check_size(name, (value.shape[0], value.shape[1]), shape)
        return _OfArray(value)
    if isinstance(value, np.ndarray):
        raise ArgumentTypeError(
            f"{name}: expected a bool array of the image's shape or polygons, received {value.dtype} of shape "
            f"{value.shape}; compare it with 0"
        )
    polygons = polygons_of(name, value)
    for number, corners in enumerate(polygons):
        check_corners(f"{name}, polygon {number}", corners, shape)
    return _OfPolygons(polygons)


def _check_size(name: str, received: Shape, shape: Shape) -> None:
    if received != shape:
        raise ArgumentValueError(
            f"{name}: expected a mask of {shape[0]} x {shape[1]} pixels (height x width) as the image has, received "
            f"{received[0]} x {received[1]}; draw it on that image"
        )
