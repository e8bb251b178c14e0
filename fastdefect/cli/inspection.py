"""Inspecting one file after another: a warmed plan for each shape, and the pictures of a result."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from fastdefect.defects.params import RegionParams
from fastdefect.detectors.article.engine import Engine
from fastdefect.detectors.result import Detection
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.io import read_image, write_bytes, write_image
from fastdefect.roi.area import read_area
from fastdefect.typing import ByteImage

# A plan holds a few buffers of the size of its image; cameras deliver one or two shapes.
_KEPT_PLANS = 4
# Kernels are compiled per type and not per shape, so a small plan compiles them for all.
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
        The result; its times are those of a plan that has seen the image once before.
    threads : int
        Threads that worked on it.
    """

    path: Path
    image: ByteImage
    detection: Detection
    threads: int


class Inspector:
    """Reads and inspects files, with a plan for each shape.

    Parameters
    ----------
    threads : int or None
        Threads of a plan; None takes what the process may use.
    roi, ignore : Path or None
        Files with what is inspected and what is left out, read once.
    regions : RegionParams or None
        How pixels become defects.
    model : Path or None
        File of a trained model; None takes the article's detector.
    say : callable
        Told what is done when it is not inspecting.
    """

    def __init__(
        self,
        threads: int | None,
        say: Callable[[str], object],
        *,
        roi: Path | None = None,
        ignore: Path | None = None,
        regions: RegionParams | None = None,
        model: Path | None = None,
    ) -> None:
        self._threads = threads
        self._say = say
        self._areas: dict[str, Any] = {
            name: read_area(path)
            for name, path in (("roi", roi), ("ignore", ignore))
            if path is not None
        }
        self._regions = regions
        self._model = None if model is None else TextureModel.load(model)
        self._plans: OrderedDict[tuple[int, int], Any] = OrderedDict()

    def __call__(self, path: Path) -> Inspected:
        """Inspect a file.

        Raises
        ------
        ImageReadError
            It cannot be read.
        ArgumentValueError
            The areas don't fit it.
        """
        image = read_image(path)
        shown = self._shown(image)
        plan = self._plan(shown)
        return Inspected(path, image, plan(shown), plan.threads)

    @property
    def spacing(self) -> tuple[float, float] | None:
        """Millimetres per pixel, (per row, per column)."""
        return None if self._regions is None else self._regions.spacing

    def with_stages(self, inspected: Inspected) -> Detection:
        """Inspect again and keep the image of every stage, which an inspection does not make."""
        return self._plan(inspected.image)(inspected.image, stages=True)

    def _shown(self, image: ByteImage) -> ByteImage:
        """The image as the detector takes it: a file is read as BGR, also for a model of grey images."""
        if self._model is not None and self._model.channels == 1:
            return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
        return image

    def _make(self, shape: tuple[int, int], **options: Any) -> Any:
        if self._model is not None:
            return self._model.plan(shape, threads=self._threads, **options)
        return Engine(shape, threads=self._threads, **options)

    def _plan(self, image: ByteImage) -> Any:
        shape = image.shape[0], image.shape[1]
        if not self._plans:
            self._say("compiling")
            # a model may know one width only
            self._make(_SMALL if self._model is None else shape).warmup()
        plan = self._plans.get(shape)
        if plan is None:
            self._say("warming up")
            plan = self._make(shape, regions=self._regions, **self._areas)
            plan(image, copy=False)  # touches its buffers: page faults are no part of a stage
            self._plans[shape] = plan
            if len(self._plans) > _KEPT_PLANS:
                self._plans.popitem(last=False)
        self._plans.move_to_end(shape)
        return plan


def write_pictures(inspect: Inspector, inspected: Inspected, places: Mapping[str, Path]) -> None:
    """Write the pictures of a result, by kind: ``overlay``, ``panel``, ``mask`` and ``score_map``."""
    if "overlay" in places:
        from fastdefect.report.overlay import overlay

        write_image(places["overlay"], overlay(inspected.image, inspected.detection))
    if "panel" in places:
        from fastdefect.report.panel import panel_png

        detection = inspect.with_stages(inspected)
        data = panel_png(inspected.image, detection, title=inspected.path.name)
        write_bytes(places["panel"], data)
    if "mask" in places:
        from fastdefect.report.raster import write_mask

        write_mask(places["mask"], inspected.detection)
    if "score_map" in places:
        from fastdefect.report.raster import write_score_map

        write_score_map(places["score_map"], inspected.detection, inspect.spacing)
