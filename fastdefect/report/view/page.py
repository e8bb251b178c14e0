"""Writes the page, its pictures, and on request the pyramid as OME-Zarr."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from fastdefect.checks import check_progress
from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.io import (
    PathLike,
    checked_path,
    exported_name,
    make_folder,
    plain,
    printable,
    write_text,
)
from fastdefect.io.tiles import BlockTiff, Source, open_source
from fastdefect.io.tiles.ome_zarr import OmeZarr
from fastdefect.large.layout import Place
from fastdefect.large.progress import Progress
from fastdefect.large.result import LargeDetection
from fastdefect.report.html import load_jinja, render
from fastdefect.report.view.pyramid import Pictures, Pyramid, levels_of
from fastdefect.report.view.tiles import TileFolder
from fastdefect.tiling.workers import check_threads
from fastdefect.typing import ByteImage

SIDE = 512
"""Of a tile in pixels."""
_LISTED = 500  # defects beside the picture, the largest


def write_view(
    result: LargeDetection,
    source: ByteImage | PathLike | Source,
    folder: PathLike,
    *,
    ome_zarr: PathLike | None = None,
    threads: int | None = None,
    page: int | None = None,
    progress: Callable[[Progress], object] | None = None,
) -> Path:
    """Write a page that zooms into a large image and its defects, and loads only what is seen.

    Parameters
    ----------
    result : LargeDetection
        What `fastdefect.large.detect` or `fastdefect.large.open_result` gives.
    source : ndarray of uint8, (H, W) or (H, W, 3), str, os.PathLike or Source
        The image that was inspected, as for `fastdefect.large.detect`.
    folder : str or os.PathLike
        Where ``index.html`` and the folder ``tiles`` with its pictures go; made where it is missing. It works from any
        place, without a network and without a server.
    ome_zarr : str or os.PathLike, optional
        Also write the pyramid there, for other viewers: an OME-Zarr image (version 0.5) with the defects as its labels.
        Needs the extra ``zarr``.
    threads : int, optional
        1 ... 256, by default what the process may use.
    page : int, optional
        Which page of a TIFF of several, from 1.
    progress : callable, optional
        Called with a `fastdefect.large.Progress` after each tile.

    Returns
    -------
    Path
        The page.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad argument, or an image of another shape than the result's.
    ImageReadError
        The image cannot be read.
    MissingPackageError
        Jinja2, or zarr, is not installed.
    OutputError
        Something cannot be written.

    Notes
    -----
    Pictures are JPEG (quality 88) of 512 x 512 pixels, and PNG where there are defects; together about a byte for each
    pixel of noisy cloth. Memory holds a few tiles for each thread. On each coarser level a pixel of the image is the mean of
    four and one of the mask is the largest of four, so no defect vanishes.

    Examples
    --------
    >>> import tempfile, numpy as np, fastdefect
    >>> from fastdefect.large import detect
    >>> from fastdefect.report import write_view
    >>> image = np.full((700, 900, 3), 200, np.uint8)
    >>> image[200:400, 200:400] = 50
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = detect(image, fastdefect.ArticleDetector(), out=folder)
    ...     page = write_view(found, image, folder + "/view")
    ...     page.name, sorted(path.name for path in page.parent.glob("tiles/1/*"))
    ('index.html', ['0_0.jpg', '0_0.png'])
    """
    load_jinja()
    if not isinstance(result, LargeDetection):
        raise ArgumentTypeError(
            f"result: expected a fastdefect.large.LargeDetection, received {type(result).__name__}; pass what "
            "fastdefect.large.open_result returns"
        )
    check_progress(progress, "a Progress")
    workers = check_threads(threads)
    image = open_source(source, page)
    if image.shape != result.shape:
        raise ArgumentValueError(
            f"source: expected the image that was inspected, of shape {result.shape}, received one of {image.shape}; pass "
            "that one"
        )
    target = make_folder(checked_path("folder", folder))
    levels = levels_of(image.shape, SIDE)
    tiles = TileFolder(target / "tiles", len(levels))
    store = (
        None
        if ome_zarr is None
        else OmeZarr(checked_path("ome_zarr", ome_zarr), levels, image.channels, SIDE)
    )

    def put(level: int, place: Place, pictures: Pictures) -> None:
        tiles(level, place, pictures)
        if store is not None:
            store.put(level, place, *pictures)

    mask = BlockTiff(result.mask, result.shape, np.uint8, result.block)
    Pyramid(image, mask, SIDE, put, progress).make(workers)
    return write_text(target / "index.html", _html(result, image, tiles))


def _html(result: LargeDetection, image: Source, tiles: TileFolder) -> str:
    defects = _largest(result)
    return render(
        "view.html",
        data={
            "height": result.shape[0],
            "width": result.shape[1],
            "side": SIDE,
            "marked": [sorted(f"{i}_{j}" for i, j in level) for level in tiles.marked],
            "defects": defects,
        },
        name=exported_name(image.name),
        verdict=result.verdict,
        notes=[printable(note) for note in result.notes],
        score=plain(result.score),
        threshold=plain(result.threshold),
        listed=len(defects),
        defects=len(result.defects),
        certificate=result.certificate,
    )


def _largest(result: LargeDetection) -> list[list[int]]:
    """Label, box and area in pixels of the largest defects, largest first."""
    columns: Any = result.defects.columns
    areas = columns.sums[:, 0]
    rows = np.arange(len(areas))
    if len(areas) > _LISTED:
        rows = np.argpartition(areas, -_LISTED)[-_LISTED:]
    rows = rows[np.lexsort((rows, -areas[rows]))]
    return [
        [int(columns.labels[i]), *columns.boxes[i].tolist(), int(areas[i])] for i in rows.tolist()
    ]
