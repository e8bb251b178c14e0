"""What the calling thread keeps for its next call alike: the last plans, bounded in number and bytes."""

from __future__ import annotations

import threading
from typing import Any

MOST_PLANS = 24
MOST_BYTES = 256 * 2**20


class Kept(threading.local):
    """The plans of the calling thread by what they are for, the last used last; each tells its ``nbytes``.

    Attributes
    ----------
    plans : dict
        A call takes its plan out with ``plans.pop(key, None)`` and puts it back when it has ended. So a call that comes in
        between, of a signal or a finalizer, finds none and makes one of its own, and a plan that an error left in an
        unknown state is gone. Threads share nothing, and a forked child has what its one thread had.
    """

    def __init__(self) -> None:
        self.plans: dict[Any, Any] = {}

    def make_room(self, nbytes: int) -> None:
        """Let the oldest plans go until one more of so many bytes is within the bounds."""
        plans = self.plans
        room = MOST_BYTES - nbytes
        held = sum(plan.nbytes for plan in plans.values())
        while plans and (len(plans) >= MOST_PLANS or held > room):
            held -= plans.pop(next(iter(plans))).nbytes


kept = Kept()
