"""Inspecting one file after another, each once, and the pictures of a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from fastdefect.cli.detect.parts import VIEW, is_surely_large, read_in_parts
from fastdefect.cli.detect.preparation import Preparation
from fastdefect.defects.params import RegionParams
from fastdefect.detectors.detector import Detector
from fastdefect.detectors.result import Detection
from fastdefect.errors import ArgumentValueError, ImageReadError
from fastdefect.evaluation.plans import Plans
from fastdefect.io import read_image, with_channels, write_bytes, write_image
from fastdefect.io.tiles import Source
from fastdefect.kernels._numba import compile_events
from fastdefect.roi.area import read_area
from fastdefect.tiling.workers import check_threads
from fastdefect.typing import ByteImage

if TYPE_CHECKING:
    from fastdefect.detectors.calibrating.drift import Drift

# Kernels are made ready per type and not per shape, so noise of this size makes them ready for all.
_SMALL = (64, 64)


@dataclass(frozen=True)
class Inspected:
    """An image file and what was found.

    Attributes
    ----------
    path : Path
        The file.
    image : ndarray of uint8, (H, W, 3)
        Its content, BGR.
    detection : Detection
        The result; its times are without those of kernels that were compiled or loaded meanwhile.
    threads : int
        Threads that worked on it.
    preparation : Preparation
        Those kernels, and those of the plan for the image's shape.
    folder : Path or None
        Where the result of an image lies that was inspected in parts. Its content is then zeros that take no memory, and no
        picture is made of it.
    """

    path: Path
    image: ByteImage
    detection: Detection
    threads: int
    preparation: Preparation
    folder: Path | None = None


class Inspector:
    """Reads and inspects files, with a plan for each shape; each image is inspected once.

    Parameters
    ----------
    detector : Detector
    threads : int or None
        Threads of a plan; None takes what the process may use.
    say : callable
        Called with what is done when it is not inspecting.
    roi, ignore : Path or None
        Files with what is inspected and what is left out, read once.
    regions : RegionParams or None
        How pixels become defects.
    stages : bool
        Whether results hold the images of all stages.
    page : int or None
        Which page of a TIFF of several, see `fastdefect.read_image`.
    drift : Drift or None
        Takes every result; the one that raises its alarm gets a note.
    memory : str
        For images that are too large to be read whole.
    anew : bool
        Inspect these from the beginning.
    folders : mapping of Path to Path
        Where the result of each file goes if it is such an image.
    view : bool
        Make the page that zooms into it, too.
    """

    def __init__(
        self,
        detector: Detector,
        threads: int | None,
        say: Callable[[str], object],
        *,
        roi: Path | None = None,
        ignore: Path | None = None,
        regions: RegionParams | None = None,
        stages: bool = False,
        page: int | None = None,
        drift: Drift | None = None,
        memory: str = "512MB",
        anew: bool = False,
        folders: Mapping[Path, Path] | None = None,
        view: bool = False,
    ) -> None:
        areas: dict[str, Any] = {
            # a mask that is read in parts is for an image that is
            name: path if is_surely_large(path) else read_area(path)
            for name, path in (("roi", roi), ("ignore", ignore))
            if path is not None
        }
        self._detector = detector
        self._say = say
        self._threads = threads
        self._stages = stages
        self._page = page
        self._drift = drift
        self._folders, self._view = folders or {}, view
        self._parts: dict[str, Any] = {
            "memory": memory,
            "resume": not anew,
            "regions": regions,
            "roi": roi,
            "ignore": ignore,
        }
        self._plans = Plans(detector, threads, regions=regions, **areas)
        self._first = True

    def _warm_up(self, image: ByteImage) -> None:
        """Run the kernels of images like this one on noise: Numba does more at a first call than its events tell."""
        try:
            plan = self._detector.plan(_SMALL, threads=self._threads)
        except ArgumentValueError:  # a detector of one width
            plan = self._detector.plan((_SMALL[0], image.shape[1]), threads=self._threads)
        plan.warmup(stages=self._stages, like=image)

    def __call__(self, path: Path) -> Inspected:
        """Inspect a file.

        Raises
        ------
        ImageReadError
            It cannot be read.
        ArgumentValueError
            The areas don't fit it, or the detector doesn't take it.
        click.UsageError
            Stages are wanted of a detector that has none.
        OutputError
            The result of an image that is inspected in parts cannot be written.
        """
        large = read_in_parts(path, self._page) if is_surely_large(path) else None
        if large is not None:
            return self._in_parts(path, large)
        try:
            image = read_image(path, page=self._page)
        except ImageReadError:
            large = read_in_parts(path, self._page)  # a file of few bytes, and too many pixels
            if large is None:
                raise
            return self._in_parts(path, large)
        shown = with_channels(image, self._detector.channels)
        preparation = Preparation()
        with compile_events(preparation):
            if self._first:
                self._say("loading kernels")
                self._first = False
                self._warm_up(shown)
            plan, _new = self._plans((shown.shape[0], shown.shape[1]))
            preparation.begin()
            found = plan(shown, stages=self._stages)
        if self._stages and not found.stages:
            raise click.UsageError(
                f"--panel: expected a detector with stages to show, received one of the kind "
                f"{self._detector.kind!r}, which has none; leave --panel out"
            )
        found = found.with_speed(preparation.without(found.speed))
        words = None if self._drift is None else self._drift.take(shown, found)
        found = found if words is None else found.with_note(f"drift: {words}")
        return Inspected(path, image, found, plan.threads, preparation)

    def _in_parts(self, path: Path, source: Source) -> Inspected:
        """Inspect an image that is too large to be read whole."""
        from fastdefect.large import Progress, detect

        def say(progress: Progress) -> None:
            self._say(str(progress))

        folder = self._folders[path]
        threads = check_threads(self._threads).threads
        self._say("loading kernels")
        found: Any = detect(
            source, self._detector, out=folder, threads=threads, progress=say, **self._parts
        )
        if self._view:
            from fastdefect.report import write_view

            place = folder / VIEW
            write_view(found, source, place.parent, threads=threads, progress=say)
        nothing = np.broadcast_to(np.uint8(0), (*source.shape, 3))
        return Inspected(path, nothing, found, threads, Preparation(), folder)


def write_pictures(
    inspected: Inspected, places: Mapping[str, Path], spacing: tuple[float, float] | None
) -> None:
    """Write the pictures of a result.

    Parameters
    ----------
    inspected : Inspected
    places : mapping of str to Path
        Where they go, by kind: ``overlay``, ``panel``, ``mask`` and ``score_map``.
    spacing : (float, float) or None
        Millimetres per pixel (row, column), for the score map's resolution.
    """
    if "overlay" in places:
        from fastdefect.report import overlay

        write_image(places["overlay"], overlay(inspected.image, inspected.detection))
    if "panel" in places:
        from fastdefect.report.panel_figure import panel_png

        data = panel_png(inspected.image, inspected.detection, title=inspected.path.name)
        write_bytes(places["panel"], data)
    if "mask" in places:
        from fastdefect.report.raster import write_mask

        write_mask(places["mask"], inspected.detection)
    if "score_map" in places:
        from fastdefect.report.raster import write_score_map

        write_score_map(places["score_map"], inspected.detection, spacing)
