"""The times of a plan, stage by stage: what `fastdefect.Engine.profile` returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastdefect.perf.latency import Latency


@dataclass(frozen=True)
class StageProfile:
    """One stage.

    Attributes
    ----------
    latency : Latency
        Its milliseconds.
    share : float
        Part of the time of all calls, 0 ... 1.
    bytes_per_second, operations_per_second : float
        What it moves and computes in its median time, counted as `fastdefect.detectors.article.pipeline.Stage` says.
    path : str
        What runs it, where a plan has a choice.
    """

    latency: Latency
    share: float
    bytes_per_second: float
    operations_per_second: float
    path: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fields."""
        return {**self.__dict__, "latency": self.latency.to_json()}


@dataclass(frozen=True)
class Profile:
    """Times of a plan on one image.

    Attributes
    ----------
    shape : (int, int)
        Height and width of the image in pixels.
    threads : int
        Threads of the plan.
    backend : str
        Table that the plan was made from.
    buffers : int
        Bytes that the plan holds.
    latency : Latency
        Of whole calls, as the caller sees them.
    milliseconds : tuple of float
        Of each call, in order.
    stages : mapping of str to StageProfile
        In pipeline order.
    """

    shape: tuple[int, int]
    threads: int
    backend: str
    buffers: int
    latency: Latency
    milliseconds: tuple[float, ...]
    stages: Mapping[str, StageProfile]

    def to_json(self) -> dict[str, Any]:
        """Return the fields but the single calls, ready for JSON."""
        return {
            "shape": list(self.shape),
            "threads": self.threads,
            "backend": self.backend,
            "buffers": self.buffers,
            "latency": self.latency.to_json(),
            "stages": {name: stage.to_json() for name, stage in self.stages.items()},
        }
