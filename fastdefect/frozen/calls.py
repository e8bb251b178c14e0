"""Calls of frozen kernels from Python.

An array goes as the address of NumPy's object, whose data, lengths and strides the kernel reads where NumPy's C structure
has them; a tuple goes as 64-bit words: numbers, addresses of arrays, one behind the other. The caller holds them meanwhile.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

_Convert = Callable[[Any], Any]


def callable_for(address: int, arguments: tuple[Any, ...], returns: str) -> Callable[..., Any]:
    """What calls the machine code at an address with arguments like these.

    Parameters
    ----------
    address : int
    arguments : tuple
    returns : str
        As `fastdefect.frozen.likeness` names it; empty for nothing.

    Returns
    -------
    callable
        Takes such arguments, without the interpreter's lock. It is a function of `ctypes` itself where none of them has to
        be converted.
    """
    kinds, converters = [], []
    for position, value in enumerate(arguments):
        kind, convert = _passing(value)
        kinds.append(kind)
        if convert is not None:
            converters.append((position, convert))
    several = returns.startswith("(")
    result = ctypes.c_double if returns in ("f4", "f8") else ctypes.c_int64 if returns else None
    kinds += [ctypes.c_void_p] * several
    function: Callable[..., Any] = ctypes.CFUNCTYPE(None if several else result, *kinds)(address)
    call = _converting(function, converters) if converters else function
    if several:
        return _of_several(call, returns)
    return (lambda *given: bool(call(*given))) if returns == "b1" else call


def _passing(value: Any) -> tuple[Any, _Convert | None]:
    """How an argument is passed, and what has to be made of it before."""
    if isinstance(value, tuple):
        return ctypes.c_void_p, _words
    if isinstance(value, np.generic):
        return ctypes.c_double if value.dtype.kind == "f" else ctypes.c_int64, lambda v: v.item()
    if isinstance(value, float):
        return ctypes.c_double, None
    return ctypes.c_int64 if isinstance(value, int) else ctypes.py_object, None


def _converting(
    function: Callable[..., Any], converters: list[tuple[int, _Convert]]
) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        given = list(arguments)
        for position, convert in converters:
            given[position] = convert(given[position])
        return function(*given)

    return call


def _of_several(call: Callable[..., Any], returns: str) -> Callable[..., Any]:
    kinds = returns.strip("()").split(", ")

    def several(*arguments: Any) -> tuple[Any, ...]:
        words = (ctypes.c_int64 * len(kinds))()
        call(*arguments, ctypes.addressof(words))
        return tuple(map(_read, kinds, words))

    return several


def _read(kind: str, word: int) -> Any:
    if kind == "b1":
        return bool(word)
    return struct.unpack("d", struct.pack("q", word))[0] if kind[0] == "f" else word


def _words(value: tuple[Any, ...]) -> Any:
    words = list(_flat(value))
    return (ctypes.c_int64 * len(words))(*words)


def _flat(value: tuple[Any, ...]) -> Iterator[int]:
    for part in value:
        if isinstance(part, np.ndarray):
            yield id(part)
        elif isinstance(part, tuple):
            yield from _flat(part)
        elif isinstance(part, (float, np.floating)):
            yield struct.unpack("q", struct.pack("d", part))[0]
        elif isinstance(part, (int, np.generic)):
            yield int(part)
