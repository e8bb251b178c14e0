"""A strip of the pattern model's map from its pixels, and the features of a single row of cells.

Cells are numbered as in the image; those of a strip that lie at the image's rim are those of the nearest row further in.
"""

import numpy as np

from fastdefect.kernels._numba import kernel
from fastdefect.kernels.pattern.distances import (
    move_columns,
    score_row,
    start_columns,
    window_sums,
    write_rows,
)
from fastdefect.kernels.pattern.energies import coarse_energies, fine_energies
from fastdefect.kernels.pattern.planes import cell_row, fill_planes, halve_planes
from fastdefect.operations.pattern import CELL, COARSE_WINDOW, FINE_WINDOW, REACH


@kernel
def _copy(src, dst):
    """A row as it is."""
    for x in range(np.uint64(dst.shape[0])):
        dst[x] = src[x]


@kernel
def _fill_cells(image, channels, tones, filters, scratch, first, last):
    """Features of the cell rows first ... last, before windows, to ``scratch.cells``."""
    planes, halves, cells = scratch.planes, scratch.halves, scratch.cells
    rows, count = last - first, filters.shape[0]
    coarse = halves.shape[1] > 0
    reach = 2 * REACH if coarse else REACH
    fill_planes(image, channels, tones, planes, CELL * first - reach, CELL * last + reach)
    fine_energies(planes, reach, filters, cells, 0, rows, scratch.lines)
    for plane in range(planes.shape[0]):
        for row in range(rows):
            at = np.uint64(2 * row + reach)
            cell_row(planes, np.uint64(plane), at, cells[count + plane, row])
    if coarse:
        features = count + planes.shape[0]
        halve_planes(planes, halves, rows + 2 * REACH)
        coarse_energies(halves, filters, cells, features, rows, scratch.lines)
        for plane in range(planes.shape[0]):
            for row in range(rows):
                _copy(halves[plane, row + REACH], cells[features + count + plane, row])


@kernel
def half_window(scratch):
    """Rows of cells above and below a row that its windows cover."""
    return COARSE_WINDOW // 2 if scratch.halves.shape[1] > 0 else FINE_WINDOW // 2


@kernel
def inner(row, rim, height):
    """The nearest row of cells whose windows fit."""
    return min(max(row, rim), height - 1 - rim)


@kernel
def map_strip(image, channels, tones, filters, rim, numbers, scratch, score, y0, y1):
    """The map's rows y0 ... y1, the first one even."""
    height = score.shape[0] // CELL
    half = half_window(scratch)
    top, bottom = y0 // CELL, min(-(-y1 // CELL), height)
    first = inner(top, rim, height)
    source = first - half
    _fill_cells(
        image, channels, tones, filters, scratch, source, inner(bottom - 1, rim, height) + half + 1
    )
    ready = -1
    for row in range(top, bottom):
        wanted = inner(row, rim, height)
        if wanted != ready:
            if ready < 0:
                start_columns(scratch.cells, numbers.sides, wanted - source, scratch.columns)
            else:
                move_columns(scratch.cells, numbers.sides, wanted - source, scratch.columns)
            ready = wanted
            score_row(scratch.columns, rim, numbers, scratch, scratch.row)
        end = y1 if row == bottom - 1 else CELL * (row + 1)
        write_rows(scratch.row, score, CELL * row, end)


@kernel
def feature_row(image, channels, tones, filters, rim, sides, scratch, row, height, out):
    """Sums over the windows around a row of cells, to int32 (parts * features, W // 2); none at the rim."""
    half = half_window(scratch)
    wanted = inner(row, rim, height)
    _fill_cells(image, channels, tones, filters, scratch, wanted - half, wanted + half + 1)
    start_columns(scratch.cells, sides, half, scratch.columns)
    for feature in range(out.shape[0]):
        size = out.shape[1] - 2 * rim
        window_sums(
            scratch.columns[feature], sides[feature], rim, size, out[feature], np.uint64(rim)
        )
