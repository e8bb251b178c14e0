"""The one cache of plans, for calls of a detector itself: per thread, bounded in number and bytes."""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from fastdefect.typing import BoolImage, Shape

if TYPE_CHECKING:
    from fastdefect.defects.params import RegionParams
    from fastdefect.detectors.detector import Detector
    from fastdefect.detectors.plan import Plan

MOST_PLANS = 8
MOST_BYTES = 256 * 2**20

_kept = threading.local()


def plan_for(
    detector: Detector,
    shape: Shape,
    threads: int | None,
    inside: BoolImage | None,
    regions: RegionParams | None,
) -> Plan:
    """A plan of the calling thread, made or found.

    Each thread keeps its last 8 plans, fewer if they hold more than 256 MiB together. A plan keeps its detector.
    """
    plans: OrderedDict[object, Plan]
    plans = _kept.__dict__.setdefault("plans", OrderedDict())
    area = None if inside is None else inside.tobytes()
    key = (detector, shape, threads, area, regions, os.environ.get("FASTDEFECT_BACKEND"))
    plan = plans.pop(key, None)
    if plan is not None:
        plans[key] = plan
        return plan
    plan = detector.plan(shape, threads=threads, roi=inside, regions=regions)
    plans[key] = plan
    while len(plans) > 1 and (
        len(plans) > MOST_PLANS or sum(kept.nbytes for kept in plans.values()) > MOST_BYTES
    ):
        plans.popitem(last=False)
    return plan
