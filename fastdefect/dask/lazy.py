"""Inspect an array of Dask: the graph of one inspection, for any scheduler.

Neighbours are cut by slicing inside the tasks. ``map_overlap`` is not used: its ``reflect`` repeats the pixel at the edge,
which OpenCV's border does not, and it makes other chunks without a word where one is smaller than the halo.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from fastdefect.checks import check_kind
from fastdefect.dask.chunks import Chunks
from fastdefect.dask.graph import Graph
from fastdefect.dask.stores import SHARD, make_store, write
from fastdefect.dask.tasks import Setup
from fastdefect.defects.columns import Columns
from fastdefect.defects.params import RegionParams
from fastdefect.defects.table import Defects
from fastdefect.detectors.detector import Detector
from fastdefect.errors import ArgumentTypeError
from fastdefect.io import PathLike, checked_path
from fastdefect.large.area import Area
from fastdefect.large.engine import grid_of, settings_of
from fastdefect.large.hashes import document_digest, list_digest, table_digest
from fastdefect.large.layout import BLOCK, Blocks
from fastdefect.large.programs.program import Verdict, program_of
from fastdefect.optional import require
from fastdefect.roi.area import AreaLike
from fastdefect.tiling.workers import check_threads


@dataclass(frozen=True)
class Inspected:
    """Verdict, defects and certificate of an array that was inspected in chunks.

    Attributes
    ----------
    is_defective, is_unusable, notes, score, threshold, otsu_threshold, zero_count
        As in `fastdefect.Detection`.
    defects : Defects
    certificate : dict
        That of `fastdefect.large`: the same for the same pixels, whatever chunks and workers.

    Examples
    --------
    >>> import dask.array, numpy as np, fastdefect
    >>> import fastdefect.dask
    >>> array = dask.array.full((40, 30), 90, chunks=16, dtype=np.uint8)
    >>> fastdefect.dask.detect(array, fastdefect.ArticleDetector()).compute(scheduler="sync").is_defective
    False
    """

    is_defective: bool
    is_unusable: bool
    notes: tuple[str, ...]
    score: float
    threshold: float
    otsu_threshold: int | None
    zero_count: int | None
    defects: Defects
    certificate: dict[str, Any]


class LazyDetection:
    """An inspection that has not begun; `detect` makes it.

    Parameters
    ----------
    graph : Graph
    setup : Setup
    rules : RegionParams
    block : int
        Side of the certificate's blocks.

    Attributes
    ----------
    mask : dask.array.Array of uint8, (H, W)
        255 in a defect; in the chunks of the input.
    score_map : dask.array.Array of float32, (H, W)
        In the same chunks.

    Examples
    --------
    >>> import dask.array, numpy as np, fastdefect
    >>> import fastdefect.dask
    >>> array = dask.array.zeros((40, 30), chunks=16, dtype=np.uint8)
    >>> lazy = fastdefect.dask.detect(array, fastdefect.ArticleDetector())
    >>> lazy.conclude(*lazy.delayed().compute(scheduler="sync")).zero_count, lazy.compute(scheduler="sync").score
    (1200, 1200.0)
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     lazy.to_zarr(folder, scheduler="threads").is_defective
    True
    """

    def __init__(self, graph: Graph, setup: Setup, rules: RegionParams, block: int) -> None:
        self._graph, self._setup, self._rules, self._block = graph, setup, rules, block
        self.mask = graph.array("mask")
        self.score_map = graph.array("score_map")

    def compute(self, *, scheduler: str | None = None) -> Inspected:
        """Inspect, and return what is known of the whole; mask and map are not kept.

        Parameters
        ----------
        scheduler : str, optional
            One of Dask's, as ``"threads"``; by default the cluster's, where a client is there.

        Returns
        -------
        Inspected
        """
        return self.conclude(*self.delayed().compute(scheduler=scheduler))

    def to_zarr(self, path: PathLike, *, scheduler: str | None = None) -> Inspected:
        """Inspect, and keep mask and map in a store of Zarr.

        Parameters
        ----------
        path : str or os.PathLike
            A folder that all workers reach. It gets the arrays ``mask`` and ``score_map``, in shards of 4096 x 4096 pixels
            with chunks of 1024 x 1024; older ones there are replaced.
        scheduler : str, optional
            As for `compute`.

        Returns
        -------
        Inspected

        Raises
        ------
        MissingPackageError
            zarr is not installed.
        OutputError
            The folder cannot be written.

        Notes
        -----
        A shard is one task, which holds its 67 MB of map and looks that no other task shares it.
        """
        base = require("dask", "arrays in chunks are inspected by", "dask")
        folder = checked_path("path", path)
        shard = SHARD // BLOCK * self._block
        tasks = []
        for name in ("mask", "score_map"):
            array = getattr(self, name)
            make_store(folder, name, array.shape, array.dtype, self._block, shard)
            whole = array.rechunk((shard, shard))
            chunks = Chunks.of(whole.chunks)
            for place, pixels in np.ndenumerate(whole.to_delayed()):
                window = chunks.window(place)
                tasks.append(base.delayed(write)(str(folder), name, window, shard, pixels))
        found, *_ = base.compute(self.delayed(), *tasks, scheduler=scheduler)
        return self.conclude(*found)

    def delayed(self) -> Any:
        """What a scheduler computes: numbers, columns of the table, SHA-256s of the blocks by image.

        Returns
        -------
        dask.delayed.Delayed
            Of (dict, Columns, dict), which `conclude` takes.
        """
        return self._graph.delayed()

    def conclude(
        self, numbers: dict[str, Any], columns: Columns, digests: dict[str, Any]
    ) -> Inspected:
        """Make the result of what `delayed` gives.

        Parameters
        ----------
        numbers, columns, digests
            As `delayed` gives them.

        Returns
        -------
        Inspected
        """
        program = program_of(self._setup.detector)
        verdict: Verdict = program.verdict(numbers)
        defects = Defects.of(columns, self._rules)
        certificate: dict[str, Any] = {
            name: list_digest(found[place] for place in sorted(found))
            for name, found in digests.items()
        }
        settings = settings_of(self._rules, self._setup.area, self._block)
        certificate |= {
            "table": table_digest(defects),
            "detector": document_digest(program.settings),
            "settings": document_digest(settings),
            **grid_of(program, self._block),
        }
        certificate["verdict"] = document_digest(verdict.numbers())
        return Inspected(**verdict._asdict(), defects=defects, certificate=certificate)


def detect(
    array: Any,
    detector: Detector,
    *,
    threads: int = 1,
    roi: AreaLike | None = None,
    ignore: AreaLike | None = None,
    regions: RegionParams | None = None,
) -> LazyDetection:
    """Inspect an array of Dask, lazily; the bytes are those of a whole inspection.

    Parameters
    ----------
    array : dask.array.Array of uint8, (H, W) or (H, W, 3)
        Grey or BGR, in any chunks, also ones smaller than the detector's halo.
    detector : Detector
        As for `fastdefect.large.detect`.
    threads : int, default: 1
        Of each task: workers run tasks side by side.
    roi, ignore : optional
        Polygons or arrays, see `fastdefect.roi.area.inspected_area`.
    regions : RegionParams, optional
        How pixels become defects.

    Returns
    -------
    LazyDetection
        Its `compute` gives verdict, table and certificate, its ``mask`` and ``score_map`` are arrays.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad argument, or a detector that cannot be asked part by part.
    MissingPackageError
        Dask is not installed.

    Notes
    -----
    A task holds a chunk and those neighbours that its halo touches, and some 20 bytes for each pixel that it looks at. The
    numbers of tasks and of what they need grow with the number of chunks. Otsu's threshold is that of the whole array, by a
    tree of sums of histograms; regions are joined by a tree, and the table comes together on one worker. To keep mask and
    map call `LazyDetection.to_zarr`: two tasks that write into one shard lose pixels without a word. A network's map is in
    chunks of its own grid.

    Examples
    --------
    >>> import dask.array, numpy as np, fastdefect
    >>> import fastdefect.dask
    >>> image = np.full((64, 64, 3), 200, np.uint8)
    >>> image[20:40, 20:40] = 50
    >>> lazy = fastdefect.dask.detect(dask.array.from_array(image, (24, 24, 3)), fastdefect.ArticleDetector())
    >>> found = lazy.compute(scheduler="threads")
    >>> found.is_defective, found.defects[0].area, lazy.mask.chunksize
    (True, 353, (24, 24))
    """
    return plan(array, detector, threads, roi, ignore, regions, BLOCK)


def plan(
    array: Any,
    detector: Detector,
    threads: int,
    roi: AreaLike | None,
    ignore: AreaLike | None,
    regions: RegionParams | None,
    block: int,
) -> LazyDetection:
    """As `detect`; ``block`` is the side of the certificate's blocks."""
    dask_array = require("dask.array", "arrays in chunks are inspected by", "dask")
    rules = check_kind("regions", regions, RegionParams)
    wanted = getattr(array, "ndim", 0) == 2 or (
        getattr(array, "ndim", 0) == 3 and array.shape[2] == 3
    )
    if not isinstance(array, dask_array.Array) or array.dtype != "uint8" or not wanted:
        raise ArgumentTypeError(
            f"array: expected a dask.array of uint8, (H, W) or (H, W, 3), received {type(array).__name__} of "
            f"{getattr(array, 'dtype', None)} and shape {getattr(array, 'shape', None)}; make one with dask.array.from_array"
        )
    if array.ndim == 3:
        array = array.rechunk({2: 3})
    program = program_of(detector)
    shape = int(array.shape[0]), int(array.shape[1])
    detector.check_shape(shape)
    channels = 1 if array.ndim == 2 else 3
    if detector.channels not in (None, channels):
        raise ArgumentTypeError(
            f"array: expected {detector.channels} channels as the detector was made for, received {channels}; convert it"
        )
    threads = check_threads(threads).threads
    if not program.is_exact:  # one grid for all, and one thread for each of its tiles
        array, threads = array.rechunk((block, block, 3)[: array.ndim]), 1
    setup = Setup(detector, Area(Blocks(shape, block), roi, ignore), threads)
    return LazyDetection(Graph(array, setup, program, rules, block), setup, rules, block)
