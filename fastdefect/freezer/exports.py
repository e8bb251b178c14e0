"""The export table: every kernel that the plans call, with arguments like those that they call it with.

The plans are carried out without a compiler, for any processor path: kernels leave their output as it is, but for a few that
run as Python. So what is listed is what plans ask for, and nobody keeps a list.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any

from fastdefect.freezer import plans
from fastdefect.frozen import Level, likeness
from fastdefect.kernels import _numba
from fastdefect.kernels.nl_means.methods import believe

_RUN = ("area.", "otsu.level", "regions.")
"""Kernels whose results later ones depend on: plain loops, which run as Python."""

_SEARCH = "nl_means.byte_tables._search"
"""Compiled and run: it says for which weights there are tables of bytes, and so what NL-means is specialised for."""


@dataclass(frozen=True)
class Export:
    """A kernel for one set of argument types.

    Attributes
    ----------
    kernel : Kernel
    arguments : tuple
        Some that are alike.
    images : tuple of int
        Positions of arrays that are taken as strided.
    key : str
        Their likeness.
    """

    kernel: Any
    arguments: tuple[Any, ...]
    images: tuple[int, ...]
    key: str

    @property
    def name(self) -> str:
        """Module below ``fastdefect.kernels`` and name of the function."""
        return str(self.kernel.name)

    @property
    def words(self) -> str:
        """The first line of its documentation."""
        return (self.kernel.__doc__ or "").partition("\n")[0]


class _Recorder:
    """Stands in for a library: notes what is asked for."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, str], Export] = {}
        self.flat = (
            True  # what tiles of NL-means are said to be, for the others have a way of their own
        )
        self._inside = False

    def __call__(
        self, kernel: Any, arguments: tuple[Any, ...], images: Container[int]
    ) -> Callable[..., Any] | None:
        positions = tuple(i for i in range(len(arguments)) if i in images)
        key = likeness(arguments, positions)
        if not self._inside:
            export = Export(kernel, arguments, positions, key)
            self.found.setdefault((export.name, key), export)
        if kernel.name == _SEARCH:
            return None
        return lambda *given: self._stand_in(kernel, given)

    def _stand_in(self, kernel: Any, arguments: tuple[Any, ...]) -> Any:
        if kernel.name == "nl_means.flat.span":
            return 0 if self.flat else 99
        if not kernel.name.startswith(_RUN):
            return 0
        outer, self._inside = self._inside, True
        try:
            return kernel.function(*arguments)
        finally:
            self._inside = outer


def exports(level: Level) -> list[Export]:
    """What a library has for a level, in the order of the names.

    Notes
    -----
    From here on this process compiles nothing: it plans for the level's processor path and carries nothing out.
    """
    recorder = _Recorder()
    _numba.pretend(level.path)
    _numba.provide(recorder)
    believe()  # a plan proves its weights by running the kernel: who takes it from the library does
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of integers that wrap
        for recorder.flat in (True, False):
            plans.run()
    return [recorder.found[key] for key in sorted(recorder.found)]
