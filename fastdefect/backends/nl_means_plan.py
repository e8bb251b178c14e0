"""What a plan of NL-means is: its tasks, its tiles, its memory and its description of itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fastdefect.kernels.nl_means.columns import ROWS
from fastdefect.tiling.workers import Workers

Grey = npt.NDArray[np.uint8]
Index = npt.NDArray[np.int64]
Task = Callable[[Grey, Grey, int], object]
Area = tuple[int, int, int, int]


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
        ``registers`` or ``bytes`` (exact tables), or ``memory`` (the table itself).
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

    def __str__(self) -> str:
        """The path in words."""
        if not self.lanes:
            return f"{self.cpu}, {self.kernel}"
        return (
            f"{self.cpu}, {self.lanes} lanes of 16 bits, weights from {self.weights}, "
            f"{self.plain_share:.0%} of blocks plain, others {self.sums}"
        )


class NlMeansPlan:
    """NL-means for one image shape; call it with ``(src, out)``.

    Attributes
    ----------
    path : NlMeansPath
        What runs, for profiles and reports.
    """

    def __init__(
        self, tasks: list[Task], workers: Workers, path: Callable[[], NlMeansPath]
    ) -> None:
        self._tasks = tasks
        self._workers = workers
        self._path = path

    @property
    def path(self) -> NlMeansPath:
        return self._path()

    @property
    def nbytes(self) -> int:
        """Bytes of scratch memory of all threads."""
        return self.path.scratch_bytes

    def __call__(self, src: Grey, out: Grey) -> None:
        tasks = self._tasks

        def one(index: int, slot: int) -> None:
            tasks[index](src, out, slot)

        self._workers.run(one, len(tasks))


def areas_of(shape: tuple[int, int], tile: tuple[int, int], threads: int) -> list[Area]:
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


def reflect_101(first: int, count: int, size: int) -> Index:
    """Source index of ``count`` positions from ``first`` on under border reflect-101, applied repeatedly."""
    index = np.arange(first, first + count)
    if size == 1:
        return np.zeros_like(index)
    folded = index % (2 * size - 2)
    return np.minimum(folded, 2 * size - 2 - folded)
