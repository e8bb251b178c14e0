"""The steps of joined detectors: those of both, and the choice between their maps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from fastdefect.backends.table import Step
from fastdefect.detectors.score_map import ScoreMapDetector
from fastdefect.detectors.stage import Context, Stage
from fastdefect.typing import FloatImage


def joined_stages(labels: Sequence[str], parts: Sequence[ScoreMapDetector]) -> tuple[Stage, ...]:
    """Both parts' stages under their labels, and the one that makes ``"score_map"`` and ``"score"``."""
    limits = [part.threshold for part in parts]

    def plan(context: Context) -> Step:
        units = [np.float32(1.0 / limit) for limit in limits]

        def step(
            map_a: FloatImage,
            score_a: float,
            map_b: FloatImage,
            score_b: float,
            score_map: FloatImage,
        ) -> float:
            first, second = score_a / limits[0], score_b / limits[1]
            if second > first:
                np.multiply(map_b, units[1], out=score_map)
                return second
            np.multiply(map_a, units[0], out=score_map)
            return first

        return step

    decision = Stage(
        name="decision",
        plan=plan,
        reads=tuple(f"{label} {name}" for label in labels for name in ("score_map", "score")),
        image="score_map",
        dtype=np.float32,
        number="score",
    )
    return (*_named(labels[0], parts[0]), *_named(labels[1], parts[1]), decision)


def _named(label: str, part: ScoreMapDetector) -> list[Stage]:
    """A part's stages, with the label before all names that are its own."""
    stages = part.map_stages()
    made = {name for stage in stages for name in (stage.image, stage.number)}

    def own(name: str | None) -> Any:
        return name if name is None or name not in made else f"{label} {name}"

    return [
        replace(
            stage,
            name=f"{label} {stage.name}",
            reads=tuple(map(own, stage.reads)),
            image=own(stage.image),
            number=own(stage.number),
        )
        for stage in stages
    ]
