"""Checks of numbers, words and objects of parameters."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from fastdefect.errors import ArgumentTypeError, ArgumentValueError

_Kind = TypeVar("_Kind")
_Number = TypeVar("_Number", int, float)


def check_kind(name: str, value: object, kind: type[_Kind]) -> _Kind:
    """Return ``value`` if it is of a class of this package, or its defaults for None."""
    if value is None:
        return kind()
    if not isinstance(value, kind):
        raise ArgumentTypeError(
            f"{name}: expected fastdefect.{kind.__name__}, received {type(value).__name__}; "
            f"make one with fastdefect.{kind.__name__}(...)"
        )
    return value


# A nanometre and a thousand kilometres per pixel: beyond, areas and densities leave the range of floats.
_SCALE = 1e-6, 1e9


def check_scale(name: str, value: object) -> tuple[float, float]:
    """Return ``value``, a number or (per row, per column), as two numbers of millimetres per pixel."""
    pair = tuple(value) if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) != 2:
        raise ArgumentValueError(
            f"{name}: expected one number or two (per row, per column), received {len(pair)}; "
            "pass one or two"
        )
    row, column = (check_real(name, number, minimum=0.0) for number in pair)
    if not all(_SCALE[0] <= number <= _SCALE[1] for number in (row, column)):
        raise ArgumentValueError(
            f"{name}: expected millimetres per pixel above 0, from {_SCALE[0]:g} to {_SCALE[1]:g}, received {short(value)}; "
            "measure a known length in the image and divide its millimetres by its pixels"
        )
    return row, column


def check_int(name: str, value: object, minimum: int, maximum: int) -> int:
    """Return ``value`` as an int of the closed range, or raise an error that names ``name``."""
    if type(value) is int and minimum <= value <= maximum:
        return value
    number = None if isinstance(value, bool) else _converted(value, "__index__", operator.index)
    if number is None:
        raise ArgumentTypeError(
            f"{name}: expected an integer from {minimum} to {maximum}, received {short(value)} of type "
            f"{type(value).__name__}; pass a whole number"
        )
    if not minimum <= number <= maximum:
        raise ArgumentValueError(
            f"{name}: expected an integer from {minimum} to {maximum}, received {short(number)}; "
            "choose a value of that range"
        )
    return int(number)


def check_real(name: str, value: object, *, minimum: float, maximum: float = math.inf) -> float:
    """Return ``value`` as a finite float of the closed range, or raise an error that names ``name``."""
    expected = f"a finite number of at least {minimum:g}"
    expected += "" if maximum == math.inf else f" and at most {maximum:g}"
    number = None
    if not isinstance(value, (bool, str, bytes)):
        try:
            number = _converted(value, "__float__", float)
        except OverflowError:  # an integer or fraction beyond the range of floats
            number = math.inf
    if number is None:
        raise ArgumentTypeError(
            f"{name}: expected {expected}, received {short(value)} of type {type(value).__name__}; pass a number"
        )
    if not math.isfinite(number) or not minimum <= number <= maximum:
        raise ArgumentValueError(
            f"{name}: expected {expected}, received {short(value)}; choose a value of that range"
        )
    return number


def check_choice(name: str, value: object, choices: Sequence[str]) -> str:
    """Return ``value`` if it is one of these words."""
    if not isinstance(value, str) or value not in choices:
        raise ArgumentValueError(
            f"{name}: expected one of {', '.join(choices)}, received {short(value)}; choose one of these"
        )
    return value


def _converted(value: object, method: str, convert: Callable[[Any], _Number]) -> _Number | None:
    """Convert a number; None for what is none, among them arrays of several and Decimal's signalling NaN."""
    if not hasattr(value, method) or (isinstance(value, np.ndarray) and value.ndim):
        return None
    try:
        return convert(value)
    except OverflowError:
        raise
    except Exception:  # whatever a class of someone else's does there
        return None


def short(value: object) -> str:
    """Return an argument as a message shows it: one line of at most 60 characters, whatever its ``repr`` does."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # an integer of more than 4,300 digits has none
        return f"{type(value).__name__} that cannot be shown"
    return text if len(text) <= 60 else f"{text[:57]}..."


def check_progress(progress: object, told: str = "(steps done, steps in all)") -> None:
    """Refuse what cannot be told how far long work is."""
    if progress is not None and not callable(progress):
        raise ArgumentTypeError(
            f"progress: expected a function of {told}, received {short(progress)}; pass one, or None"
        )


def check_ksize(name: str, value: object, maximum: int) -> tuple[int, int]:
    """Return ``value``, an int or (width, height), as (width, height) within 1 ... ``maximum``."""
    if type(value) is int and 1 <= value <= maximum:
        return value, value
    if isinstance(value, (tuple, list)):
        if len(value) != 2:
            raise ArgumentValueError(
                f"{name}: expected an integer or (width, height), received {len(value)} numbers; "
                "pass two, width first"
            )
        width, height = value
        return check_int(name, width, 1, maximum), check_int(name, height, 1, maximum)
    side = check_int(name, value, 1, maximum)
    return side, side
