"""Calls of frozen kernels from Python.

An array goes as the address of NumPy's object, whose data, lengths and strides the kernel reads where NumPy's C structure
has them; a tuple goes as 64-bit words: numbers, addresses of arrays, one behind the other. The caller holds them meanwhile.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Iterable
from itertools import chain
from operator import call
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
    converted = _converting(function, converters) if converters else function
    if several:
        return _of_several(converted, returns)
    return (lambda *given: bool(converted(*given))) if returns == "b1" else converted


def _passing(value: Any) -> tuple[Any, _Convert | None]:
    """How an argument is passed, and what has to be made of it before."""
    if isinstance(value, tuple):
        return ctypes.c_void_p, _packer(value)
    if isinstance(value, np.generic):
        return ctypes.c_double if value.dtype.kind == "f" else ctypes.c_int64, lambda v: v.item()
    if isinstance(value, float):
        return ctypes.c_double, None
    return ctypes.c_int64 if isinstance(value, int) else ctypes.py_object, None


def _converting(
    function: Callable[..., Any], converters: list[tuple[int, _Convert]]
) -> Callable[..., Any]:
    def converted(*arguments: Any) -> Any:
        given = list(arguments)
        for position, convert in converters:
            given[position] = convert(given[position])
        return function(*given)

    return converted


def _of_several(function: Callable[..., Any], returns: str) -> Callable[..., Any]:
    kinds = returns.strip("()").split(", ")

    def several(*arguments: Any) -> tuple[Any, ...]:
        words = (ctypes.c_int64 * len(kinds))()
        function(*arguments, ctypes.addressof(words))
        return tuple(map(_read, kinds, words))

    return several


def _read(kind: str, word: int) -> Any:
    if kind == "b1":
        return bool(word)
    return struct.unpack("d", struct.pack("q", word))[0] if kind[0] == "f" else word


def _packer(example: tuple[Any, ...]) -> _Convert:
    """What makes the words of tuples like this one.

    Structure and types are looked at once: of a tile of NL-means the words cost 4 us, and looking anew 30 of the 100 that
    its shorter kernels take.
    """
    pack = struct.Struct(_format(example)).pack
    flatten = _flattener(example)
    return lambda value: pack(*flatten(value))


def _format(example: tuple[Any, ...]) -> str:
    """The words, in the letters of `struct`."""
    return "".join(_format(part) if isinstance(part, tuple) else _letter(part) for part in example)


def _letter(part: Any) -> str:
    if isinstance(part, (float, np.floating)):
        return "d"
    if isinstance(part, np.unsignedinteger):
        return "Q"
    return "q" if isinstance(part, (int, np.integer, np.bool_, np.ndarray)) else ""


def _flattener(example: tuple[Any, ...]) -> Callable[[Any], Iterable[Any]]:
    """What lists the parts of tuples like this one, arrays as their addresses, specializations not at all."""
    if all(isinstance(part, np.ndarray) for part in example):
        return lambda value: map(id, value)
    if all(isinstance(part, (int, float, np.integer, np.floating)) for part in example):
        return lambda value: value
    parts = [_part(part) for part in example]
    return lambda value: chain.from_iterable(map(call, parts, value))


def _part(example: Any) -> Callable[[Any], Iterable[Any]]:
    if isinstance(example, tuple):
        return _flattener(example)
    if isinstance(example, np.ndarray):
        return lambda array: (id(array),)
    if isinstance(example, np.bool_):
        return lambda truth: (int(truth),)
    return (lambda number: (number,)) if _letter(example) else lambda unused: ()
