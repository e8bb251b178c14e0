"""Rows of values: those of a grey image themselves, those of a colour image in a ring, computed when they enter.

``places`` is (address of the image, address of the ring, height, width, rows of the ring); rows beyond the image's ends
are mirrored.
"""

from __future__ import annotations

from typing import Any

from fastdefect.kernels._numba import kernel, overload
from fastdefect.kernels.border import reflect_101
from fastdefect.kernels.hsv.value import value_row


def bring_row(spec: Any, places: tuple[int, ...], row: int) -> None:
    """Make a row ready to be read."""
    raise NotImplementedError("a word of compiled kernels")


def row_at(spec: Any, places: tuple[int, ...], row: int) -> int:
    """Address of a row that is ready."""
    raise NotImplementedError("a word of compiled kernels")


@overload(bring_row)
def _bring_row(spec, places, row):
    if spec.value.channels == 1:
        return lambda spec, places, row: None
    return lambda spec, places, row: _fill_slot(spec, places, row)


@overload(row_at)
def _row_at(spec, places, row):
    if spec.value.channels == 1:
        return lambda spec, places, row: _in_image(places, row)
    return lambda spec, places, row: _in_ring(places, row)


@kernel
def _fill_slot(spec, places, row):
    """The values of a row of the colour image into its slot."""
    source, _, height, width, _ = places
    at = source + 3 * width * reflect_101(row, height)
    value_row(spec, at, _in_ring(places, row), width)


@kernel
def _in_ring(places, row):
    """Address of a row's slot; no row lies further above the image than the ring has rows."""
    _, ring, _, width, slots = places
    return ring + (row + slots) % slots * width


@kernel
def _in_image(places, row):
    """Address of a row of the image."""
    source, _, height, width, _ = places
    return source + reflect_101(row, height) * width
