"""Data that does not change, whose arrays may lie in a plan's memory until the plan's next call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from fastdefect.detectors.lending.lease import Lease, copied
from fastdefect.errors import StaleResultError


class Borrowing:
    """Base of results: set once, in ``__dict__``; pickling and copying take copies of borrowed arrays along."""

    def _lend(self, arrays: dict[str, Any], lease: Lease | None) -> None:
        """Hold ``arrays`` by name: as one's own, or until the next call that ``lease`` counts."""
        state = self.__dict__
        if lease is None:
            state.update(arrays)
        else:  # found by `__getattr__`, which looks at the lease
            state["_borrowed"] = arrays
            state["_lease"] = lease, lease.calls

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{name}: a Detection is data that does not change; make a new one")

    __delattr__ = __setattr__  # type: ignore[assignment]

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            borrowed = self.__dict__.get("_borrowed", {})
            if name not in borrowed:
                raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")
            lease, call = self.__dict__["_lease"]
            what = "defects" if name == "_grey" else name
            if lease.calls != call:
                raise StaleResultError(
                    f"{what}: expected to be read before the next call of the plan, received a "
                    "result whose memory that call has overwritten; read it earlier, or call with copy=True"
                )
            return borrowed[name]

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        borrowed = state.pop("_borrowed", None)
        state.pop("_lease", None)
        for name in borrowed or ():
            state[name] = copied(getattr(self, name))
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)

    def __copy__(self) -> Self:
        made = type(self).__new__(type(self))
        made.__setstate__(self.__getstate__())
        return made
