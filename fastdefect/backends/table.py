"""The shape of a back end: one frozen table with a planner for every declared operation.

A planner takes the image shape (H, W), the operation's parameters and the workers, makes every scratch buffer,
and returns a step, ``step(image, *arguments, out)``, that allocates nothing (the reference's steps do). Arrays are
C-contiguous and were checked by the caller. What an operation takes and gives stands in `fastdefect.operations`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastdefect.operations import OPERATIONS

Step = Callable[..., Any]
Planner = Callable[..., Step]


@dataclass(frozen=True)
class Backend:
    """Planners by operation: ``backend.erode(shape, ksize, workers)``; ``ksize`` is (width, height) as in OpenCV.

    Attributes
    ----------
    name : str
        The word that ``FASTDEFECT_BACKEND`` and ``backend=`` take.
    planners : mapping of str to planner
        One for every name of `fastdefect.operations.OPERATIONS`, no more.
    """

    name: str
    planners: Mapping[str, Planner]

    def __post_init__(self) -> None:
        missing = [name for name in OPERATIONS if name not in self.planners]
        unknown = [name for name in self.planners if name not in OPERATIONS]
        if missing or unknown:
            raise TypeError(
                f"back end {self.name}: expected one planner per declared operation, missing "
                f"{missing or 'none'}, undeclared {unknown or 'none'}; see fastdefect.operations"
            )
        # as attributes of its own, so that reaching a planner costs no call
        vars(self).update(self.planners)

    def __getattr__(self, name: str) -> Planner:
        raise AttributeError(
            f"back end {vars(self).get('name')}: no operation {name!r} is declared"
        )
