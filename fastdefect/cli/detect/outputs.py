"""What ``detect`` writes: pictures of each image, and files about all of them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fastdefect.cli.detect.parts import VIEW
from fastdefect.cli.inputs import result_names
from fastdefect.errors import OutputError

if TYPE_CHECKING:
    from fastdefect.cli.detect.inspection import Inspected
    from fastdefect.detectors.calibrating.drift import Drift
    from fastdefect.detectors.detector import Detector
    from fastdefect.io.atomic import GrowingFile
    from fastdefect.report.coco import Segmentation
    from fastdefect.report.export import Export, ImagesCsvExport
    from fastdefect.report.page import PageExport

_ENDINGS = {
    "overlay": "_overlay.png",
    "panel": "_panel.png",
    "mask": "_mask.png",
    "score_map": "_score.tif",
}


def picture_places(
    images: Sequence[Path], out: Path, kinds: Sequence[str], files: Mapping[str, Path]
) -> list[dict[str, Path]]:
    """Return where the pictures of each image go; neither they nor ``files`` may replace an image still to be read."""
    places = [
        {kind: out / f"{name}{_ENDINGS[kind]}" for kind in kinds} for name in result_names(images)
    ]
    sources = {os.path.realpath(image) for image in images}
    targets = [("--out", path) for place in places for path in place.values()]
    targets += [(f"--{option}", path) for option, path in files.items()]
    for option, path in targets:
        if os.path.realpath(path) in sources:
            raise click.UsageError(
                f"{option}: expected a place where no inspected image is replaced, but {path} is "
                "one; choose another"
            )
    return places


def result_folders(images: Sequence[Path], out: Path) -> dict[Path, Path]:
    """Return where the result of each image goes if it is inspected in parts."""
    return {
        image: out / f"{name}_result"
        for image, name in zip(images, result_names(images), strict=True)
    }


@dataclass
class Outputs:
    """Everything that is written of a run.

    Attributes
    ----------
    files : mapping of str to Path
        By option: ``report``, ``csv``, ``csv-images``, ``jsonl``, ``coco``, ``drift``.
    spacing : (float, float) or None
        Millimetres per pixel, (per row, per column).
    exports : list of (Export, Path)
        What takes each result and is written at the end; also where the run ends early.
    lines : GrowingFile or None
        JSON lines, which are written as results come.
    done : int
        Results taken.
    page : PageExport or None
        The one of them that also takes the reason why an image has no result.
    table : ImagesCsvExport or None
        The one that also takes its name.
    """

    files: Mapping[str, Path]
    spacing: tuple[float, float] | None = None
    exports: list[tuple[Export, Path]] = field(default_factory=list)
    page: PageExport | None = None
    table: ImagesCsvExport | None = None
    lines: GrowingFile | None = None
    done: int = 0

    def open(
        self,
        images: Sequence[Path],
        segmentation: Segmentation,
        folder: Path | None,
        settings: Mapping[str, object],
        drift: Drift | None = None,
        detector: Detector | None = None,
    ) -> None:
        """Make the exports; fails where a package is missing."""
        from fastdefect.cli.detect.drifting import DriftState
        from fastdefect.io.atomic import GrowingFile
        from fastdefect.report import CocoExport, CsvExport, ImagesCsvExport

        classes: dict[str, Any] = {
            "csv": CsvExport,
            "coco": lambda: CocoExport(segmentation, folder),
            "drift": lambda: DriftState(drift),
        }
        for option, path in self.files.items():
            if option == "jsonl":
                self.lines = GrowingFile(path)
            elif option == "report":
                self.page = _page(len(images), settings, detector)
                self.exports.append((self.page, path))
            elif option == "csv-images":
                self.table = ImagesCsvExport(map(str, images))
                self.exports.append((self.table, path))
            else:
                self.exports.append((classes[option](), path))

    def add(self, inspected: Inspected, place: Mapping[str, Path]) -> None:
        """Keep what the exports need of a result, write its line and its pictures.

        Raises
        ------
        OutputError
            A picture or the line cannot be written; the result counts, and a line is tried again with the next one.
        """
        from fastdefect.cli.detect.inspection import write_pictures
        from fastdefect.report.export import record

        name, image, detection = str(inspected.path), inspected.image, inspected.detection
        for export, _ in self.exports:
            if export is self.page and inspected.folder is not None:
                large: Any = detection
                self.page.add_large(name, large, inspected.folder / VIEW)
            else:
                export.add(name, image, detection)
        self.done += 1
        try:
            if self.lines is not None:
                line = json.dumps(record(name, image, detection), allow_nan=False)
                self.lines.append(line + "\n")
        finally:
            write_pictures(inspected, place, self.spacing)

    def failed(self, name: str, sentence: str) -> None:
        """Keep the reason why an image has no result."""
        if self.page is not None:
            self.page.fail(sentence)
        if self.table is not None:
            self.table.fail(name, sentence)

    def write(self) -> None:
        """Write the exports, each whatever becomes of the others.

        Raises
        ------
        OutputError
            For those that cannot be written; it names what was.
        """
        faults, written = [], []
        writes: list[Callable[[], Path]] = [
            partial(export.write, path) for export, path in self.exports
        ]
        if self.lines is not None:
            writes.append(self.lines.close)
        for write in writes:
            try:
                written.append(str(write()))
            except OutputError as error:
                faults.append(str(error))
        if faults:
            kept = f"written with the results of {self.done}: {', '.join(written) or 'nothing'}"
            raise OutputError("\n".join([*faults, kept]))


def check_places(out: Path, kinds: Sequence[str], files: Mapping[str, Path]) -> None:
    """Fail before the first image where something could not be written at the end."""
    from fastdefect.io import check_place, make_folder

    if "panel" in kinds:
        from fastdefect.report.panel_figure import load_matplotlib

        load_matplotlib()
    if "score_map" in kinds:
        from fastdefect.report.raster import load_tifffile

        load_tifffile()
    if kinds:
        make_folder(out)
    for path in files.values():
        check_place(path)


def _page(count: int, settings: Mapping[str, object], detector: Detector | None) -> PageExport:
    from datetime import datetime

    from fastdefect.perf.machine import describe
    from fastdefect.report.page import PageExport
    from fastdefect.tiling.workers import available_threads

    machine = describe(available_threads())
    versions = machine["versions"] | {key: machine[key] for key in ("processor", "system")}
    date = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
    return PageExport(count, {"date": date, **settings}, versions, detector)
