"""The entrance of a plan: its buffers serve one thread at a time."""

from __future__ import annotations

import threading
from types import TracebackType

from fastdefect.errors import EngineBusyError


class NonReentrant:
    """A ``with`` block that a second thread may not enter meanwhile.

    Parameters
    ----------
    name : str
        What is entered, as the message of `EngineBusyError` calls it.
    """

    def __init__(self, name: str) -> None:
        self._name = name
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        """Enter, or refuse at once."""
        if not self._lock.acquire(blocking=False):
            raise EngineBusyError(
                f"{self._name}: expected one thread at a time, received a call while another was at work; "
                f"make one {self._name} per thread"
            )

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave."""
        self._lock.release()
