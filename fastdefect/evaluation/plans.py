"""Plans for the shapes that a series of images has, the last few of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

# A plan holds a few buffers of the size of its image; cameras deliver one or two shapes.
_KEPT = 4


class Plans:
    """Plans of one detector, made when their shape first comes.

    Parameters
    ----------
    make : callable
        Makes the plan for a shape (H, W).
    """

    def __init__(self, make: Callable[[tuple[int, int]], Any]) -> None:
        self._make = make
        self._plans: OrderedDict[tuple[int, int], Any] = OrderedDict()

    def __call__(self, shape: tuple[int, int]) -> tuple[Any, bool]:
        """Return the plan for a shape, and whether it is a new one."""
        plan = self._plans.pop(shape, None)
        new = plan is None
        if new:
            plan = self._make(shape)
        self._plans[shape] = plan
        if len(self._plans) > _KEPT:
            self._plans.popitem(last=False)
        return plan, new
