"""Inspecting one file after another: a warmed plan for each shape, and the pictures of a result."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from fastdefect.engine import Engine
from fastdefect.io import read_image, write_bytes, write_image
from fastdefect.result import ByteImage, Detection

# A plan holds a few buffers of the size of its image; cameras deliver one or two shapes.
_KEPT_PLANS = 4


@dataclass(frozen=True)
class Inspected:
    """An image file and what was found."""

    path: Path
    image: ByteImage
    detection: Detection


class Inspector:
    """Reads and inspects files.

    Parameters
    ----------
    threads : int or None
        Threads of a plan; None takes what the process may use.
    stages : bool
        Keep the images of all stages.
    on_warmup : callable
        Called before a plan is warmed up, which compiles kernels on the first start of a machine.
    """

    def __init__(
        self, threads: int | None, stages: bool, on_warmup: Callable[[], object] = lambda: None
    ) -> None:
        self._threads = threads
        self._stages = stages
        self._on_warmup = on_warmup
        self._plans: OrderedDict[tuple[int, int], Engine] = OrderedDict()

    def __call__(self, path: Path) -> Inspected:
        """Inspect a file; the times in the result are those of a warm plan."""
        image = read_image(path)
        detection = self._plan(image)(image, stages=self._stages)
        return Inspected(path, image, detection)

    def _plan(self, image: ByteImage) -> Engine:
        shape = image.shape[0], image.shape[1]
        plan = self._plans.get(shape)
        if plan is None:
            self._on_warmup()
            plan = Engine(shape, threads=self._threads)
            plan.warmup()
            self._plans[shape] = plan
            if len(self._plans) > _KEPT_PLANS:
                self._plans.popitem(last=False)
        self._plans.move_to_end(shape)
        return plan


def write_pictures(inspected: Inspected, places: Mapping[str, Path]) -> None:
    """Write the pictures of a result, by kind: ``overlay`` and ``panel``."""
    image, detection = inspected.image, inspected.detection
    if "overlay" in places:
        from fastdefect.report.overlay import overlay

        write_image(places["overlay"], overlay(image, detection))
    if "panel" in places:
        from fastdefect.report.panel import panel_png

        title = inspected.path.name
        write_bytes(places["panel"], panel_png(image, detection, title=title))
