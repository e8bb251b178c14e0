"""From a row of sums of columns to a row of means."""

from __future__ import annotations

from typing import Any

from fastdefect.kernels._numba import kernel, overload
from fastdefect.kernels.box_blur.words import (
    last_everywhere,
    load_columns,
    means_between,
    means_of,
    no_sums,
    running,
    size_of,
)
from fastdefect.kernels.simd.bytes import load_words, plus, prefetch, store, width_of


def means_row(
    spec: Any, row: int, sums: int, dst: int, width: int, window: Any, ahead: int
) -> None:
    """The means of a row at ``dst``, in the way that the specialization names; only that one is compiled.

    ``ahead`` is the address of a row that will be needed soon, ``sums`` room for a running sum of each column, with as much
    around it as around the row.
    """
    raise NotImplementedError("a word of compiled kernels")


@overload(means_row)
def _means_row(spec, row, sums, dst, width, window, ahead):
    if spec.value.narrow:
        return lambda spec, row, sums, dst, width, window, ahead: _by_taps(
            spec, row, dst, width, window, ahead
        )
    return lambda spec, row, sums, dst, width, window, ahead: _by_differences(
        spec, row, sums, dst, width, window, ahead
    )


@kernel
def _by_taps(spec, row, dst, width, window, ahead):
    """The means of at most five columns, added one by one."""
    vector = width_of(spec)
    at = row - 2 * (window.w // 2)
    x = 0
    while x < width - vector:
        store(dst + x, _tapped(spec, at + 2 * x, window))
        prefetch(ahead + x)
        x += vector
    end = width - vector
    store(dst + end, _tapped(spec, at + 2 * end, window))


@kernel
def _tapped(spec, at, window):
    """One vector of means."""
    low, high = _sum_of(spec, at, window.w), _sum_of(spec, at + width_of(spec), window.w)
    return means_of(spec, low, high, window.added, window.factor, window.shift)


@kernel
def _sum_of(spec, at, w):
    """The sums of ``w`` neighbours."""
    total = load_words(spec, at)
    if w > 1:
        total = plus(total, load_words(spec, at + 2))
    if w > 2:
        total = plus(total, load_words(spec, at + 4))
    if w > 3:
        total = plus(total, load_words(spec, at + 6))
    if w > 4:
        total = plus(total, load_words(spec, at + 8))
    return total


@kernel
def _by_differences(spec, row, sums, dst, width, window, ahead):
    """The means of any number of columns: differences of running sums, which may wrap."""
    vector, size = width_of(spec), size_of(spec)
    lanes = vector // size
    first = -(window.w // 2) - 1
    stop = first + window.w + width
    before = no_sums(spec)
    for x in range(first, stop, lanes):
        columns = running(load_columns(spec, row + 2 * x))
        store(sums + size * x, plus(columns, before))
        before = plus(before, last_everywhere(columns))
    at = sums + size * first
    x = 0
    while x < width - vector:
        store(dst + x, _differences(spec, at + size * x, window))
        prefetch(ahead + x)
        x += vector
    end = width - vector
    store(dst + end, _differences(spec, at + size * end, window))


@kernel
def _differences(spec, at, window):
    """One vector of means."""
    behind = at + size_of(spec) * window.w
    return means_between(spec, at, behind, window.added, window.factor, window.shift, window.scale)
