"""Which instructions a kernel may use: asked once, when a plan is made.

Numba compiles for ``NUMBA_CPU_NAME`` and ``NUMBA_CPU_FEATURES`` where they are set, else for the host. A kernel that
names an instruction the target lacks does not compile, so the check reads the same target description.
"""

from __future__ import annotations

import os
import platform
import sys
from functools import cache

from fastdefect.errors import ArgumentValueError
from fastdefect.kernels._numba.jit import frozen_kernels

VARIABLE = "FASTDEFECT_CPU"
_NEEDS = {
    "avx512": ("avx512f", "avx512bw", "avx512vl", "avx512dq"),
    "avx2": ("avx2", "fma"),
    "neon": ("neon",),
    "portable": (),
}
PATHS = tuple(_NEEDS)
# the 64-bit Arm of Linux and of macOS; its NEON is part of the architecture, also where no feature list names it
_ARM = platform.machine() in ("aarch64", "arm64")
WORDS = tuple(path for path in PATHS if path == "portable" or (path == "neon") == _ARM)
"""The paths of this processor's architecture, the best first: what `VARIABLE` may hold."""


_pretended: list[str] = []


def pretend(path: str) -> None:
    """From now on every plan takes this path, whatever the processor: for code that is not run here."""
    _pretended[:] = [path]


def target_features() -> frozenset[str]:
    """Names of the features that Numba compiles for, in LLVM's spelling."""
    if _pretended:
        return frozenset(_NEEDS[_pretended[0]])
    return _named_features() | ({"neon"} if _ARM else set())


def _named_features() -> frozenset[str]:
    name, features = _told()
    if features is not None:
        words = features.split(",")
        return frozenset(word[1:] for word in words if word.startswith("+"))
    if name is not None and _host_name() != name:
        return frozenset()  # a foreign processor, and nothing said about its features
    return _host_features()


def _told() -> tuple[str | None, str | None]:
    """Name and features of the processor that Numba is told to compile for: asked of Numba where it is loaded."""
    config = sys.modules.get("numba.core.config")
    if config is not None:
        return config.CPU_NAME, config.CPU_FEATURES
    return os.environ.get("NUMBA_CPU_NAME"), os.environ.get("NUMBA_CPU_FEATURES")


@cache
def _host_name() -> str:
    from llvmlite import binding

    return str(binding.get_host_cpu_name())


@cache
def _host_features() -> frozenset[str]:
    """Asked once a process: an interrupt inside LLVM's answer aborts, and every one-shot NL-means wants to know."""
    library = frozen_kernels()
    if (
        library is not None
    ):  # asking it takes no compiler, and what it lacks is not to be planned for
        return frozenset(_NEEDS[library.levels[0].path])
    from llvmlite import binding

    return frozenset(name for name, present in binding.get_host_cpu_features().items() if present)


def limit() -> str:
    """The best path that ``FASTDEFECT_CPU`` allows; without it the best of the architecture.

    Raises
    ------
    ArgumentValueError
        The variable holds none of `WORDS`.
    """
    word = os.environ.get(VARIABLE) or WORDS[0]
    if word not in WORDS:
        raise ArgumentValueError(
            f"{VARIABLE}: expected one of {', '.join(WORDS)}, received {word!r}; "
            "unset the variable to use everything the processor has"
        )
    return word


def cpu_path(most: str | None = None) -> str:
    """The best path that the target processor has and the limit allows.

    Parameters
    ----------
    most : str, optional
        One of `PATHS`; without it `limit`.

    Returns
    -------
    str
        One of `PATHS`. ``portable`` names no instruction at all: LLVM still uses what the target has.
    """
    if _pretended:
        return _pretended[0]
    allowed = PATHS.index(limit() if most is None else most)
    features = target_features()
    return next(path for path in PATHS[allowed:] if features.issuperset(_NEEDS[path]))
