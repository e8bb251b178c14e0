"""The times of a plan, stage by stage: what `fastdefect.Plan.profile` returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

from fastdefect.checks import check_real
from fastdefect.operations import OPERATIONS
from fastdefect.perf.latency import Latency

if TYPE_CHECKING:
    from fastdefect.detectors.plan import Plan
    from fastdefect.detectors.stage import Stage
    from fastdefect.typing import ByteImage


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
        What it moves and computes in its median time, as the operation's declaration counts; 0 for any other stage.
    path : str
        What runs it, where a plan has a choice.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> plan = fastdefect.ArticleDetector().plan((48, 64))
    >>> profile = plan.profile(np.zeros((48, 64), np.uint8), seconds=0.01)
    >>> 0 < profile.stages["nl_means"].share < 1
    True
    >>> sorted(profile.stages["nl_means"].to_json())
    ['bytes_per_second', 'latency', 'operations_per_second', 'path', 'share']
    """

    latency: Latency
    share: float
    bytes_per_second: float
    operations_per_second: float
    path: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the fields.

        Returns
        -------
        dict
            Ready for JSON.
        """
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

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> plan = fastdefect.ArticleDetector().plan((48, 64), threads=1)
    >>> profile = plan.profile(np.zeros((48, 64), np.uint8), seconds=0.01)
    >>> profile.threads, profile.latency.calls >= 20, list(profile.stages)[0]
    (1, True, 'value_blur')
    >>> profile.to_json()["shape"]
    [48, 64]
    """

    shape: tuple[int, int]
    threads: int
    backend: str
    buffers: int
    latency: Latency
    milliseconds: tuple[float, ...]
    stages: Mapping[str, StageProfile]

    def to_json(self) -> dict[str, Any]:
        """Return the fields but the single calls.

        Returns
        -------
        dict
            Ready for JSON.
        """
        return {
            "shape": list(self.shape),
            "threads": self.threads,
            "backend": self.backend,
            "buffers": self.buffers,
            "latency": self.latency.to_json(),
            "stages": {name: stage.to_json() for name, stage in self.stages.items()},
        }


def profile_plan(plan: Plan, img: ByteImage, seconds: float) -> Profile:
    """Warm a plan up, inspect one image again and again without copies, and take the times; at least 20 calls."""
    check_real("seconds", seconds, minimum=0.0)
    plan.warmup()
    plan(img, copy=False)
    calls: list[float] = []
    stages: dict[str, list[float]] = {stage.name: [] for stage in plan.stages}
    begin = perf_counter_ns()
    while len(calls) < 20 or perf_counter_ns() - begin < seconds * 1e9:
        start = perf_counter_ns()
        found = plan(img, copy=False)
        calls.append((perf_counter_ns() - start) / 1e6)
        for name, times in stages.items():
            times.append(found.speed[name])
    whole, paths = sum(calls), plan.paths()
    return Profile(
        shape=plan.shape,
        threads=plan.threads,
        backend=plan.backend,
        buffers=plan.nbytes,
        latency=Latency.of(calls),
        milliseconds=tuple(calls),
        stages={s.name: _stage(s, plan, stages[s.name], whole, paths[s.name]) for s in plan.stages},
    )


def _stage(
    stage: Stage, plan: Plan, milliseconds: list[float], whole: float, path: str
) -> StageProfile:
    latency = Latency.of(milliseconds)
    per_second = plan.shape[0] * plan.shape[1] / (latency.p50 / 1000)
    operation = None if stage.operation is None else OPERATIONS[stage.operation]
    return StageProfile(
        latency=latency,
        share=sum(milliseconds) / whole,
        bytes_per_second=per_second * operation.bytes_per_pixel if operation else 0.0,
        operations_per_second=per_second * operation.operations_per_pixel(*stage.parameters)
        if operation
        else 0.0,
        path=path,
    )
