"""Plans for the shapes that a series of images has."""

from __future__ import annotations

from functools import lru_cache

from fastdefect.defects.params import RegionParams
from fastdefect.detectors.cache import MOST_PLANS, plan_for
from fastdefect.detectors.detector import Detector
from fastdefect.detectors.plan import Plan
from fastdefect.roi.area import AreaLike, inspected_area


class Plans:
    """Plans of one detector, each made when its shape first comes and kept by `fastdefect.detectors.cache`.

    Parameters
    ----------
    detector : Detector
    threads, roi, ignore, regions
        As for `fastdefect.Plan`; areas are worked out once for each shape.
    """

    def __init__(
        self,
        detector: Detector,
        threads: int | None,
        *,
        roi: AreaLike | None = None,
        ignore: AreaLike | None = None,
        regions: RegionParams | None = None,
    ) -> None:
        self._detector = detector
        self._threads = threads
        self._regions = regions
        self._inside = lru_cache(MOST_PLANS)(lambda shape: inspected_area(shape, roi, ignore))
        self._known: set[tuple[int, int]] = set()

    def __call__(self, shape: tuple[int, int]) -> tuple[Plan, bool]:
        """Return the plan for a shape (H, W), and whether it is asked for the first time."""
        inside = self._inside(shape)
        plan = plan_for(self._detector, shape, self._threads, inside, self._regions)
        new = shape not in self._known
        self._known.add(shape)
        return plan, new
