"""Planner of NL-means on the Numba kernels: which kernel, which tiles, which memory."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from fastdefect.backends.nl_means_memory import geometry_for, recipe_for, scratch_for
from fastdefect.backends.nl_means_plan import (
    Area,
    Grey,
    NlMeansPath,
    NlMeansPlan,
    Task,
    areas_of,
    reflect_101,
)
from fastdefect.kernels._numba import Bound, cpu_path
from fastdefect.kernels.nl_means.columns import ROWS
from fastdefect.kernels.nl_means.flat import box_mean, span
from fastdefect.kernels.nl_means.layout import fill, finish
from fastdefect.kernels.nl_means.methods import Methods, methods_for
from fastdefect.kernels.nl_means.scalar import denoise_tile_plainly, extend
from fastdefect.kernels.nl_means.tile import sum_tile
from fastdefect.kernels.nl_means.weights import half_sizes, weight_shift
from fastdefect.tiling.workers import Workers

_TILE = (256, 256)


def nl_means(
    shape: tuple[int, int],
    h: float,
    template_window: int,
    search_window: int,
    workers: Workers,
    *,
    cpu: str | None = None,
    tile: tuple[int, int] = _TILE,
) -> NlMeansPlan:
    """Plan NL-means for images of one shape.

    Parameters
    ----------
    shape : (int, int)
        Height and width.
    h : float
        Filter strength in grey levels, finite and at least 0.
    template_window, search_window : int
        Sides in pixels, 1 ... 99; even sides as in OpenCV.
    workers : Workers
        Runs the tiles.
    cpu : str, optional
        Best processor path to use; without it what ``FASTDEFECT_CPU`` allows.
    tile : (int, int)
        Largest tile, (rows, columns). The result does not depend on it.

    Returns
    -------
    NlMeansPlan
        ``plan(src, out)``, arrays of uint8 and of this shape.

    Notes
    -----
    Scratch memory is made here, per thread and bounded by the tile: about 9 MB for the default tile. A call
    allocates no arrays. The same bytes come out for any number of threads, any tile and any processor path.
    """
    t, s = half_sizes(template_window, search_window)
    path = cpu_path(cpu)
    methods = methods_for(float(h), t, s, path)
    areas = areas_of(shape, tile, workers.threads)
    if methods.plain is None or methods.general is None:
        return _plain_plan(shape, methods.table, t, s, workers, areas, path)
    return _vector_plan(shape, methods, t, s, workers, areas)


def _vector_plan(
    shape: tuple[int, int],
    methods: Methods,
    t: int,
    s: int,
    workers: Workers,
    areas: list[Area],
) -> NlMeansPlan:
    plain, general = methods.plain, methods.general
    assert plain is not None
    assert general is not None
    recipe = recipe_for(methods)
    tables = plain.tables, general.tables
    numbers = geometry_for(methods, s, areas)
    border = t + s
    columns = recipe.plain.lanes * numbers.k + 2 * border + 1

    slots = [scratch_for(recipe, numbers) for _ in range(workers.threads)]
    tallies = np.zeros((len(areas), 2), np.int64)
    fill_lanes, sum_up, divide = (
        Bound(fill, images=(3,)),
        Bound(sum_tile),
        Bound(finish, images=(3,)),
    )
    fill_flat, levels = Bound(box_mean, images=(0, 6)), Bound(span)

    def task(index: int) -> Task:
        y0, y1, x0, x1 = areas[index]
        row_map = reflect_101(y0 - border, numbers.used_rows, shape[0])
        column_map = reflect_101(x0 - 2 * border - 1, columns, shape[1])
        tally = tallies[index]
        blocks = -(-(y1 - y0) // ROWS)
        skip = t, border + 1 + t

        def run(src: Grey, out: Grey, slot: int) -> None:
            tally[:] = 0
            memory = slots[slot]
            # three calls: only the first and the last depend on how `src` and `out` lie in memory
            fill_lanes(recipe.gather, numbers, memory, src, row_map, column_map)
            if levels(memory.low, memory.high) <= 1:
                tally[0] = 1
                fill_flat(src, row_map, column_map, skip, s, memory.means, out[y0:y1, x0:x1])
                return
            sum_up(recipe, numbers, memory, *tables, blocks, tally)
            divide(recipe.gather, numbers, memory, out[y0:y1, x0:x1])

        return run

    def path() -> NlMeansPath:
        total = int(tallies.sum())
        share = float(tallies[:, 0].sum() / total) if total else 0.0
        size = sum(part.nbytes for part in slots[0]) * len(slots)
        return NlMeansPath(
            plain.spec.cpu,
            "vector",
            plain.spec.lanes,
            plain.spec.weights,
            general.spec.sums,
            len(areas),
            share,
            size,
        )

    return NlMeansPlan([task(index) for index in range(len(areas))], workers, path)


def _plain_plan(
    shape: tuple[int, int],
    table: npt.NDArray[np.int32],
    t: int,
    s: int,
    workers: Workers,
    areas: list[Area],
    cpu: str,
) -> NlMeansPlan:
    border = t + s
    height = max(y1 - y0 for y0, y1, _, _ in areas)
    width = max(x1 - x0 for _, _, x0, x1 in areas)
    padded = np.append(table, np.int32(0)).astype(np.int32)
    shift = weight_shift(t)
    slots = [
        (
            np.zeros((height + 2 * border, width + 2 * border), np.uint8),
            np.zeros(width + 2 * border, np.int32),
            np.zeros(width + 2 * border, np.int32),
            np.zeros((height, width), np.int32),
            np.zeros((height, width), np.int32),
        )
        for _ in range(workers.threads)
    ]

    read_tile, denoise = Bound(extend, images=(0,)), Bound(denoise_tile_plainly, images=(9,))

    def task(area: Area) -> Task:
        y0, y1, x0, x1 = area
        row_map = reflect_101(y0 - border, y1 - y0 + 2 * border, shape[0])
        column_map = reflect_101(x0 - border, x1 - x0 + 2 * border, shape[1])

        def run(src: Grey, out: Grey, slot: int) -> None:
            tile, *scratch = slots[slot]
            read_tile(src, row_map, column_map, tile)
            denoise(tile, padded, shift, t, s, *scratch, out[y0:y1, x0:x1])

        return run

    def path() -> NlMeansPath:
        size = sum(part.nbytes for part in slots[0]) * len(slots)
        return NlMeansPath(cpu, "plain loops", 0, "memory", "running", len(areas), 0.0, size)

    return NlMeansPlan([task(area) for area in areas], workers, path)
