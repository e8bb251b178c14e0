"""Planner of NL-means on the Numba kernels: which kernel, which tiles, which memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fastdefect.kernels.cpu import cpu_path
from fastdefect.kernels.nl_means import Geometry, Scratch, denoise_tile
from fastdefect.kernels.nl_means_methods import ROWS, Methods, methods_for
from fastdefect.kernels.nl_means_scalar import denoise_tile_plainly, extend
from fastdefect.kernels.nl_means_weights import half_sizes, weight_shift
from fastdefect.tiling.workers import Workers

Grey = npt.NDArray[np.uint8]
Index = npt.NDArray[np.int64]

_LINE = 64  # bytes of a cache line
_LARGE_PAGE = 1 << 21
_LARGE_BLOCK = 1 << 22  # from here on NumPy asks the system for large pages
_TILE = (256, 256)  # largest tile, (rows, columns)


@dataclass(frozen=True)
class NlMeansPath:
    """What a plan runs, and what its last call met.

    Attributes
    ----------
    cpu : str
        Whose instructions are named: ``avx512``, ``avx2`` or ``portable``.
    kernel : str
        ``vector`` or ``plain loops``.
    lanes : int
        16-bit lanes of a vector; 0 for plain loops.
    weights : str
        ``registers`` (exact split table), ``polynomial`` or ``memory`` (the table itself).
    sums : str
        Of blocks that plain 16-bit sums cannot serve: ``saturating`` or ``split``; ``running`` in plain loops.
    tiles : int
        Tiles per image.
    plain_share : float
        Part of the blocks of the last call whose sums were proved to need no saturation; 0 before the first.
    scratch_bytes : int
        Memory of all threads.
    """

    cpu: str
    kernel: str
    lanes: int
    weights: str
    sums: str
    tiles: int
    plain_share: float
    scratch_bytes: int


class NlMeansPlan:
    """NL-means for one image shape; call it with ``(src, out)``.

    Attributes
    ----------
    path : NlMeansPath
        What runs, for profiles and reports.
    """

    def __init__(self, tasks: list[Task], workers: Workers, path: Callable[[], NlMeansPath]) -> None:
        self._tasks = tasks
        self._workers = workers
        self._path = path
        self._src: Grey | None = None
        self._out: Grey | None = None

    @property
    def path(self) -> NlMeansPath:
        return self._path()

    def __call__(self, src: Grey, out: Grey) -> None:
        tasks = self._tasks

        def one(index: int, slot: int) -> None:
            tasks[index](src, out, slot)

        self._workers.run(one, len(tasks))


Task = Callable[[Grey, Grey, int], object]


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
    areas = _areas(shape, tile, workers.threads)
    if methods.plain is None or methods.general is None:
        return _plain_plan(shape, methods.table, t, s, workers, areas, path)
    return _vector_plan(shape, methods, t, s, workers, areas)


def _areas(shape: tuple[int, int], tile: tuple[int, int], threads: int) -> list[tuple[int, int, int, int]]:
    """Tiles (y0, y1, x0, x1) of nearly equal size, a multiple of the threads where the image allows."""
    down = [-(-shape[0] // tile[0])]
    across = -(-shape[1] // tile[1])
    while down[0] * across % threads and down[0] * ROWS * 2 < shape[0]:
        down[0] += 1
    rows = _cuts(shape[0], down[0], ROWS)
    columns = _cuts(shape[1], across, 1)
    return [(y0, y1, x0, x1) for y0, y1 in rows for x0, x1 in columns]


def _cuts(size: int, count: int, unit: int) -> list[tuple[int, int]]:
    """Cut ``size`` into at most ``count`` ranges of equal length, a multiple of ``unit``."""
    step = -(-size // count)
    step = -(-step // unit) * unit
    return [(a, min(a + step, size)) for a in range(0, size, step)]


def reflect(first: int, count: int, size: int) -> Index:
    """Source index of ``count`` positions from ``first`` on under border reflect-101, applied repeatedly."""
    index = np.arange(first, first + count)
    if size == 1:
        return np.zeros_like(index)
    folded = index % (2 * size - 2)
    return np.minimum(folded, 2 * size - 2 - folded)


def carve(parts: list[tuple[int, Any]]) -> list[npt.NDArray[Any]]:
    """Arrays of (count, dtype) that each begin a cache line, cut from one allocation.

    One block of several megabytes, because the system backs such a block with large pages: the kernel walks through
    more small pages at a time than the first level of the processor's page table cache holds.
    """
    sizes = [-(-count * np.dtype(dtype).itemsize // _LINE) * _LINE for count, dtype in parts]
    raw = np.zeros(max(sum(sizes) + _LARGE_PAGE, _LARGE_BLOCK), np.uint8)
    start = -raw.ctypes.data % _LARGE_PAGE
    arrays = []
    for (count, dtype), size in zip(parts, sizes, strict=True):
        arrays.append(raw[start : start + count * np.dtype(dtype).itemsize].view(dtype))
        start += size
    return arrays


def _vector_plan(
    shape: tuple[int, int],
    methods: Methods,
    t: int,
    s: int,
    workers: Workers,
    areas: list[tuple[int, int, int, int]],
) -> NlMeansPlan:
    plain, general = methods.plain, methods.general
    assert plain is not None and general is not None
    lanes = plain.recipe.lanes
    pixels = lanes // 2
    # What wraps around the outermost lanes is no pixel: a margin of s + t + 2 columns on the left, s + t on the right.
    margin = s + t + 2
    width = max(x1 - x0 for _, _, x0, x1 in areas) + 2 * margin - 2
    k = max(-(-width // pixels), s + t + 2)
    height = max(-(-(y1 - y0) // ROWS) for y0, y1, _, _ in areas) * ROWS
    behind = -(-s // ROWS) * ROWS
    used_rows = height + behind + 2 * (s + t)
    # 14 rows of a column are read together; an odd multiple of 14 lines spreads the columns over the cache.
    rows = used_rows + (14 - used_rows) % 16
    side = 2 * t + 1
    numbers = Geometry(
        t, s, k, rows, used_rows, height, behind + ROWS,
        plain.bias // side, general.bias // side, methods.limit, int(methods.table[0]),
    )
    vectors = k + 2 * (s + t) + 2
    def scratch() -> Scratch:
        layout = vectors * rows * lanes
        sums = k * height * pixels
        single, pair, swap, low, high, ring, window, weighted, weights, line = carve(
            [
                *[(layout, np.int16)] * 3,
                *[(used_rows, np.uint8)] * 2,
                (((s + 1) * k * numbers.ring + 2) * lanes, np.int16),
                ((k + 2 * t + 2 + plain.recipe.slots) * general.recipe.parts * ROWS * lanes, np.int16),
                *[(sums, np.int32)] * 2,
                (ROWS * pixels, np.int32),
            ]
        )
        return Scratch(
            single, single.view(np.int32), pair, swap, low, high, ring, window, weighted, weights, line
        )

    slots = [scratch() for _ in range(workers.threads)]
    tallies = np.zeros((len(areas), 2), np.int64)

    def task(index: int) -> Task:
        y0, y1, x0, x1 = areas[index]
        row_map = reflect(y0 - s - t, used_rows, shape[0])
        column_map = reflect(x0 - margin - s - t, pixels * k + 2 * (s + t) + 2, shape[1])
        tally = tallies[index]

        def run(src: Grey, out: Grey, slot: int) -> None:
            tally[:] = 0
            denoise_tile(
                plain.recipe, general.recipe, numbers, slots[slot], plain.tables, general.tables,
                src, row_map, column_map, out[y0:y1, x0:x1], tally,
            )

        return run

    def path() -> NlMeansPath:
        total = int(tallies.sum())
        share = float(tallies[:, 0].sum() / total) if total else 0.0
        size = sum(part.nbytes for part in slots[0]) * len(slots)
        return NlMeansPath(
            plain.recipe.cpu, "vector", lanes, plain.recipe.weights, general.recipe.sums, len(areas), share, size
        )

    return NlMeansPlan([task(index) for index in range(len(areas))], workers, path)


def _plain_plan(
    shape: tuple[int, int],
    table: npt.NDArray[np.int32],
    t: int,
    s: int,
    workers: Workers,
    areas: list[tuple[int, int, int, int]],
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

    def task(area: tuple[int, int, int, int]) -> Task:
        y0, y1, x0, x1 = area
        row_map = reflect(y0 - border, y1 - y0 + 2 * border, shape[0])
        column_map = reflect(x0 - border, x1 - x0 + 2 * border, shape[1])

        def run(src: Grey, out: Grey, slot: int) -> None:
            tile, sums, row, weighted, weights = slots[slot]
            extend(src, row_map, column_map, tile)
            denoise_tile_plainly(
                tile, padded, shift, t, s, sums, row, weighted, weights, out[y0:y1, x0:x1]
            )

        return run

    def path() -> NlMeansPath:
        size = sum(part.nbytes for part in slots[0]) * len(slots)
        return NlMeansPath(cpu, "plain loops", 0, "memory", "running", len(areas), 0.0, size)

    return NlMeansPlan([task(area) for area in areas], workers, path)
