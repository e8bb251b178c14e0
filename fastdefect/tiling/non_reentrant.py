"""The entrance of a plan: its buffers serve one thread at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastdefect.errors import EngineBusyError
from fastdefect.tiling.stack import locals_of, stacks


class NonReentrant:
    """A function's door that a second thread may not enter meanwhile, nor the same one again.

    Parameters
    ----------
    name : str
        What is entered, as the message of `EngineBusyError` calls it.

    Notes
    -----
    There is no lock that an interrupt could leave closed, or a forked child inherit closed. Every call has a token and
    hangs it behind the last one, which has room for one: so one of two wins. A call that ends marks its token; one that
    was interrupted before the mark is known by its frame, which stands on no thread's stack any more. Looking there takes
    some 10 us, and is needed only where the mark is missing.
    """

    __slots__ = ("_last", "_name")

    def __init__(self, name: str) -> None:
        self._name = name
        self._last: dict[str, Any] = {"ended": True}

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function within, or refuse at once."""
        mine: dict[str, Any] = {}
        last = self._last
        while True:
            if "ended" not in last and _at_work(last):
                raise EngineBusyError(
                    f"{self._name}: expected one thread at a time, received a call while another was at work; "
                    f"make one {self._name} per thread"
                )
            behind = last.setdefault("next", mine)
            if behind is mine:
                break
            last = behind
        self._last = mine
        try:
            return function(*arguments)
        finally:
            mine["ended"] = True


def _at_work(token: dict[str, Any]) -> bool:
    """Whether the call with this token is still on the stack of a thread."""
    code = NonReentrant.call.__code__
    calls = [frame for stack in stacks().values() for frame in stack if frame.f_code is code]
    return any(found.get("mine") is token for found in locals_of(calls))
