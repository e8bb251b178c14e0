"""Some stages of a detector, planned for one shape of tile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from fastdefect.backends import load
from fastdefect.backends.table import Step
from fastdefect.detectors.stage import Context, Stage
from fastdefect.tiling.workers import Workers
from fastdefect.typing import BoolImage, Shape


class Steps:
    """Stages in order, their memory made once; call it with what the first ones read.

    Parameters
    ----------
    stages : sequence of Stage
    shape : (int, int)
        Height and width of a tile.
    workers : Workers
    inside : ndarray of bool, (h, w), or None
        The inspected part of the tile.
    """

    def __init__(
        self, stages: Sequence[Stage], shape: Shape, workers: Workers, inside: BoolImage | None
    ) -> None:
        context = Context(shape, workers, load(), inside)
        self._steps: list[tuple[Stage, Step]] = []
        self._images: dict[str, Any] = {}
        for stage in stages:
            self._steps.append((stage, stage.plan(context)))
            if stage.image is not None:
                channels = (stage.channels,) if stage.channels > 1 else ()
                self._images[stage.image] = np.empty((*shape, *channels), stage.dtype)

    @property
    def nbytes(self) -> int:
        """Bytes of the images between the stages, and of the steps' own memory where they tell."""
        images = sum(image.nbytes for image in self._images.values())
        return images + sum(getattr(step, "nbytes", 0) for _, step in self._steps)

    def __call__(self, **given: Any) -> dict[str, Any]:
        """Run them; return all images and numbers by name. The images are overwritten by the next call."""
        values = {**self._images, **given}
        for stage, step in self._steps:
            number = step(*(values[name] for name in stage.arguments))
            if stage.number is not None:
                values[stage.number] = number
        return values
