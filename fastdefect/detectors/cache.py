"""Plans for calls of a detector itself, in the one cache of the calling thread: see `fastdefect.tiling.kept`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastdefect.backends import default_name
from fastdefect.tiling.kept import MOST_BYTES as MOST_BYTES
from fastdefect.tiling.kept import MOST_PLANS as MOST_PLANS
from fastdefect.tiling.kept import kept
from fastdefect.typing import BoolImage, Shape

if TYPE_CHECKING:
    from fastdefect.defects.params import RegionParams
    from fastdefect.detectors.detector import Detector
    from fastdefect.detectors.plan import Plan


def take_plan(
    detector: Detector,
    shape: Shape,
    threads: int | None,
    inside: BoolImage | None,
    regions: RegionParams | None,
) -> tuple[Any, Plan]:
    """A plan of the calling thread, made or found, and the key to put it back under; meanwhile it is the caller's alone."""
    area = None if inside is None else inside.tobytes()
    key = detector, shape, threads, area, regions, default_name()
    plan: Plan | None = kept.plans.pop(key, None)
    if plan is None:
        plan = detector.plan(shape, threads=threads, roi=inside, regions=regions)
        kept.make_room(plan.nbytes)
    return key, plan


def plan_for(
    detector: Detector,
    shape: Shape,
    threads: int | None,
    inside: BoolImage | None,
    regions: RegionParams | None,
) -> Plan:
    """A plan of the calling thread, made or found. A plan keeps its detector."""
    key, plan = take_plan(detector, shape, threads, inside, regions)
    kept.plans[key] = plan
    return plan
