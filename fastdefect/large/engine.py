"""Inspect an image that memory does not hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import fastdefect
from fastdefect.checks import check_kind, check_progress
from fastdefect.defects.params import RegionParams
from fastdefect.defects.table import Defects
from fastdefect.detectors.detector import Detector
from fastdefect.io import PathLike, checked_path, make_folder, write_text
from fastdefect.io.folder_lock import alone_in
from fastdefect.io.tiles import Source, open_source
from fastdefect.io.tiles.other_channels import OtherChannels
from fastdefect.large.area import Area
from fastdefect.large.hashes import document_digest, list_digest, table_digest
from fastdefect.large.journal import FORMAT as JOURNAL
from fastdefect.large.journal import Journal
from fastdefect.large.layout import BLOCK, Blocks
from fastdefect.large.memory import parse_memory
from fastdefect.large.place import RESULTS, SCRATCH, TABLE, check_room, forget, planes_of
from fastdefect.large.programs.program import IMAGE, Program, program_of
from fastdefect.large.progress import Counter, Progress
from fastdefect.large.regions import table_of
from fastdefect.large.result import FORMAT, NAME, LargeDetection, read_table
from fastdefect.large.run import Run
from fastdefect.large.times import milliseconds
from fastdefect.ops.hsv import value_channel
from fastdefect.roi.area import AreaLike
from fastdefect.tiling.workers import Workers, check_threads
from fastdefect.typing import ByteImage


def detect(
    source: ByteImage | PathLike | Source,
    detector: Detector,
    *,
    out: PathLike,
    memory: str | int = "512MB",
    threads: int | None = None,
    resume: bool = True,
    progress: Callable[[Progress], object] | None = None,
    roi: AreaLike | None = None,
    ignore: AreaLike | None = None,
    regions: RegionParams | None = None,
    page: int | None = None,
) -> LargeDetection:
    """Inspect an image of any size in bounded memory; the bytes are those of a whole inspection.

    Parameters
    ----------
    source : ndarray or zarr.Array of uint8 (H, W), (H, W, 3) or (H, W, 4), str or os.PathLike
        BGR or grey; an array in memory or mapped, or the name of a TIFF, BigTIFF or NPY file or of a Zarr array's folder.
        Or an opened `fastdefect.io.tiles.Source`.
    detector : Detector
        The article's, or one with a score map whose score is the mean of its highest values: texture and pattern models,
        networks that say how far they look, and two of them joined.
    out : str or os.PathLike
        The folder for the results, made where it is missing.
    memory : str or int
        What tiles may take, as ``"512MB"`` or in bytes; beside the interpreter and its kernels, some 250 MB.
    threads : int, optional
        1 ... 256, by default what the process may use.
    resume : bool, default: True
        Go on where an earlier run in this folder was stopped; False starts anew.
    progress : callable, optional
        Called with a `Progress` after each tile.
    roi, ignore : optional
        What is inspected and what is left out of it, see `fastdefect.roi.area.inspected_area`; also TIFF and NPY files.
    regions : RegionParams, optional
        How pixels become defects.
    page : int, optional
        Which page of a TIFF of several, from 1.

    Returns
    -------
    LargeDetection

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad argument, a detector that cannot be asked part by part, or a folder with the journal of another run.
    ImageReadError
        The file is missing, truncated, of another kind, or a part of it cannot be read.
    MissingPackageError
        TIFF files need the extra ``tiff``, Zarr arrays the extra ``zarr``.
    OutputError
        The folder cannot be written, another run is at work in it, or the disk is full. What is finished is kept, and the
        next run goes on with it.

    Notes
    -----
    Mask, map and table are those of `Plan` on the whole image, byte for byte, whatever memory, tiles, threads and kills;
    of a network, whose sums depend on where it is cut, within its tolerance: it is given blocks of 1024 x 1024 pixels and
    what lies around them, by one thread, so that its bytes too are the same in every run on one machine. The
    disk needs 5 bytes a pixel for mask and map, 1 more for the article's filtered image meanwhile, 8 for both maps of joined
    detectors, and 60 for each run of
    a defect.

    Examples
    --------
    >>> import tempfile, numpy as np, fastdefect
    >>> from fastdefect.large import detect
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = detect(np.zeros((40, 30), np.uint8), fastdefect.ArticleDetector(), out=folder, memory="256MB")
    ...     found.verdict, found.zero_count, len(found.defects)
    ('defective', 1200, 1)
    """
    room = parse_memory(memory)
    workers = check_threads(threads)
    rules = check_kind("regions", regions, RegionParams)
    check_progress(progress, "a Progress")
    program = program_of(detector)
    image = open_source(source, page)
    detector.check_shape(image.shape)
    if detector.channels not in (
        None,
        image.channels,
    ):  # as everywhere, a detector gets what it takes
        image = OtherChannels(image, detector.channels)
    return inspect(
        image, program, checked_path("out", out), room, workers, rules, roi, ignore,
        resume=resume, progress=progress,
    )  # fmt: skip


def inspect(
    source: Source,
    program: Program,
    out: Path,
    memory: int,
    workers: Workers,
    rules: RegionParams,
    roi: AreaLike | None,
    ignore: AreaLike | None,
    *,
    resume: bool,
    progress: Callable[[Progress], object] | None,
    block: int = BLOCK,
) -> LargeDetection:
    """Inspect what has been checked, see `detect`; ``block`` is the side of the certificate's blocks."""
    blocks = Blocks(source.shape, block)
    area = Area(blocks, roi, ignore)
    header = {
        "format": JOURNAL,
        "version": fastdefect.__version__,
        "input": {"shape": list(source.shape), "channels": source.channels},
        "detector": program.settings,
        "settings": settings_of(rules, area, block),
    }
    make_folder(out)
    with alone_in(out):
        return _run(
            source, program, out, memory, workers, rules, area, blocks, header, resume, progress
        )


def _run(
    source: Source,
    program: Program,
    out: Path,
    memory: int,
    workers: Workers,
    rules: RegionParams,
    area: Area,
    blocks: Blocks,
    header: dict[str, Any],
    resume: bool,
    progress: Callable[[Progress], object] | None,
) -> LargeDetection:
    """Inspect in a folder where no other run is."""
    settings, block = header["settings"], blocks.side
    if not resume:
        forget(out, program)
    journal = Journal(out, header, len(program.passes), resume=resume)
    (out / NAME).unlink(missing_ok=True)
    check_room(out, program, source.shape)
    run = Run(program, source, area, blocks, out, journal, memory, workers, progress)
    run.go()
    with run.times.of("measuring"):
        defects = _measured(out, source, program, run, area, rules, journal, progress)
    numbers = {k: v for part in journal.numbers.values() for k, v in part.items()}
    verdict = program.verdict(numbers)
    with run.times.of("hashing"):
        table = table_digest(defects)
    last = {name: index for index, work in enumerate(program.passes) for name in work.makes}

    def listed(index: int, name: str) -> str:
        return list_digest(journal.blocks[index][place][name] for place in blocks)

    certificate: dict[str, Any] = {
        "mask": listed(last["mask"], "mask"),
        "score_map": listed(last["score_map"], "score_map"),
        "input": listed(0, IMAGE),
        "table": table,
        "detector": document_digest(program.settings),
        "settings": document_digest(settings),
        **grid_of(program, block),
    }
    found = LargeDetection(
        out, source.shape, verdict.is_defective, verdict.is_unusable, verdict.notes, verdict.score, verdict.threshold,
        verdict.otsu_threshold, verdict.zero_count, rules, certificate, block,
        milliseconds(run.times.seconds), milliseconds(run.times.processor),
    )  # fmt: skip
    certificate["verdict"] = document_digest(found.numbers())
    _finish(out, program, run, found, journal)
    return found


def _measured(
    out: Path,
    source: Source,
    program: Program,
    run: Run,
    area: Area,
    rules: RegionParams,
    journal: Journal,
    progress: Callable[[Progress], object] | None,
) -> Defects:
    """The table of defects; that of an earlier run where it is what its certificate says."""
    if journal.certificate is not None:
        try:
            defects = read_table(out, rules)
            if table_digest(defects) == journal.certificate["table"]:
                return defects
        except (OSError, ValueError):
            pass
    height, width = source.shape
    counter = Counter(progress, "measuring", height * width)
    done = [0]

    def report(rows: int, _all: int) -> None:
        counter.add((rows - done[0]) * width)
        done[0] = rows

    def grey(rows: slice, columns: slice) -> ByteImage:
        if program.grey != IMAGE:
            return run.plane(program.grey).read(rows, columns)
        pixels = source.read(rows, columns)
        return pixels if pixels.ndim == 2 else value_channel(pixels, threads=run.threads)

    mask, score_map = run.plane("mask"), run.plane("score_map")
    if program.grey != IMAGE:
        run.plane(program.grey)
    return Defects.of(
        table_of(mask, score_map, grey, area.inside, rules, out / TABLE, out / SCRATCH, report),
        rules,
    )


def settings_of(rules: RegionParams, area: Area, block: int) -> dict[str, Any]:
    """What a result depends on beside image and detector, as plain data."""
    return {"regions": asdict(rules), "area": area.digest, "block": block}


def grid_of(program: Program, block: int) -> dict[str, str]:
    """What a certificate says of the tiles of a detector that is not exact, for its values depend on them."""
    if program.is_exact:
        return {}
    halo = program.passes[0].halo
    return {"grid": f"{block} x {block} pixels and {halo} around them, one thread"}


def _finish(out: Path, program: Program, run: Run, found: LargeDetection, journal: Journal) -> None:
    """Give the files their names, last of all the result's."""
    for name in RESULTS:
        run.planes[name].sync()
        part = out / f"{name}.tif.part"
        if part.exists():
            part.replace(out / f"{name}.tif")
    journal.certified(found.certificate)
    document = {
        "format": FORMAT,
        "version": fastdefect.__version__,
        "shape": list(found.shape),
        "block": found.block,
        "verdict": found.numbers(),
        "regions": asdict(found.regions),
        "certificate": found.certificate,
    }
    write_text(out / NAME, json.dumps(document, indent=1) + "\n")
    for name in planes_of(program).difference(RESULTS):
        (out / f"{name}.tif.part").unlink(missing_ok=True)
