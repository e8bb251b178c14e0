"""Extremes along the rows of a block.

A maximum does not mind what it sees twice. So up to five taps, the last one pulled in, span every window of up to 5; two to
four taps on runs of 4 one of up to 16, and on runs of 16 all the rest. Rows lie in scratch with the identity around
them, so that nothing has to look at their ends.
"""

from __future__ import annotations

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.morphology.words import extreme, pair_at, write
from fastdefect.kernels.simd.bytes import (
    behind_2,
    behind_8,
    load_bytes,
    prefetch,
    spread_byte,
    store,
    width_of,
)

TAPS = 5
"""The most taps."""


@kernel
def finish_rows(spec, src, planes, count, dst, width, w, level, ahead):
    """Along ``count`` rows from ``src`` on, into the image at ``dst``; return how many ones a mask has there.

    ``planes`` is (distance of the rows, distance to further scratch of the same form, into which runs go), ``ahead`` the
    address of rows that will be needed soon.
    """
    pitch, plane = planes
    vector = width_of(spec)
    left = (w // 2 + vector - 1) & -vector
    run = 1
    while w > max(TAPS, 4 * run):
        # every run that a window has: the last one begins at W - 1 + w - 1 - w // 2 - (4 run - 1)
        reach = left + width + w - w // 2 - 4 * run
        for row in range(count):
            at = src + row * pitch - left
            _spread_runs(spec, at, at + plane, reach, run)
        src += plane
        run *= 4
    taps = 1
    while taps * run < w:
        taps += 1
    found = 0
    for row in range(count):
        at = src + row * pitch - w // 2
        out, soon = dst + row * width, ahead + row * width
        found += _last_row(spec, at, out, width, taps, run, w - run, level, soon)
    return found


@kernel
def _spread_runs(spec, src, dst, width, run):
    """Extremes of four bytes ``run`` apart, from one row into another; ``run`` is 1 or 4.

    Two of the four come from memory, the other two out of registers: the ports for loads are what is scarce.
    """
    vector = width_of(spec)
    pair = pair_at(spec, src, run)
    for x in range(0, width, vector):
        further = pair_at(spec, src + x + vector, run)
        moved = behind_2(pair, further) if run == 1 else behind_8(pair, further)
        store(dst + x, extreme(spec, pair, moved))
        pair = further


@kernel
def _last_row(spec, src, dst, width, taps, run, last, level, ahead):
    """``taps`` runs ``run`` apart, the last one at ``last``; return how many ones a mask has in this row."""
    vector = width_of(spec)
    limit = spread_byte(spec, level)
    found = 0
    x = 0
    if run == 1 and taps > 3:
        pair = pair_at(spec, src, 1)
        while x < width - vector:
            further = pair_at(spec, src + x + vector, 1)
            value = extreme(spec, pair, behind_2(pair, further))
            value = extreme(spec, value, load_bytes(spec, src + x + last))
            found += write(spec, dst + x, value, limit, 0)
            pair = further
            prefetch(ahead + x)
            x += vector
    else:
        while x < width - vector:
            value = _tapped(spec, src + x, taps, run, last)
            found += write(spec, dst + x, value, limit, 0)
            prefetch(ahead + x)
            x += vector
    end = width - vector
    return found + write(spec, dst + end, _tapped(spec, src + end, taps, run, last), limit, x - end)


@kernel
def _tapped(spec, at, taps, run, last):
    """The extremes of one vector of windows."""
    value = load_bytes(spec, at)
    if taps > 1:
        value = extreme(spec, value, load_bytes(spec, at + last))
    if taps > 2:
        value = extreme(spec, value, load_bytes(spec, at + run))
    if taps > 3:
        value = extreme(spec, value, load_bytes(spec, at + run + run))
    if taps > 4:
        value = extreme(spec, value, load_bytes(spec, at + 3 * run))
    return value
