"""What arguments of a kernel are alike in, as text: the name under which a frozen library keeps its machine code."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import numpy as np

_PLAIN = {bool: "b1", int: "i8", float: "f8", type(None): ""}


def likeness(arguments: Iterable[Any], images: Container[int] = ()) -> str:
    """Describe arguments by what a compiler has to know of them.

    Parameters
    ----------
    arguments : iterable
        Arrays, numbers, tuples of them, and specializations.
    images : container of int
        Positions of arrays that are taken as strided whatever they are.

    Returns
    -------
    str
        An array as its type, its axes and how it lies in memory (``u1[2C]``), a number as its type, a tuple as its class and
        parts, a specialization as its representation.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.frozen import likeness
    >>> likeness((np.zeros((3, 4), np.uint8), 5, (0.5, np.float32(1))))
    'u1[2C], i8, (f8, f4)'
    """
    return ", ".join(_of(argument, i in images) for i, argument in enumerate(arguments))


def _of(value: Any, strided: bool = False) -> str:
    if isinstance(value, np.ndarray):
        flags = value.flags
        order = "C" if flags.c_contiguous else "F" if flags.f_contiguous else "A"
        return f"{value.dtype.str[1:]}[{value.ndim}{'A' if strided else order}]"
    if type(value) in _PLAIN:
        return _PLAIN[type(value)]
    if isinstance(value, np.generic):
        return value.dtype.str[1:]
    if isinstance(value, tuple):
        kind = type(value)
        name = (
            ""
            if kind is tuple
            else f"{kind.__module__.removeprefix('fastdefect.')}.{kind.__name__}"
        )
        return f"{name}({', '.join(map(_of, value))})"
    return repr(value)
