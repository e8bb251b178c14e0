"""Motifs of printed cloth: which part of a repeat each of two inks covers.

A repeat is drawn once, from circles, parabolas and Chebyshev polynomials, and looked up from then on. Only single
operations that IEEE 754 defines come into it, and coverage is rounded to 1/256, so the tables are the same everywhere.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

#: Cells of a table for each pixel.
DENSITY = 2

#: Coordinates down and right, in pixels, from the middle of a motif.
_Place = tuple[np.ndarray, np.ndarray]
#: Signed distances to the outlines of the two inks in pixels, below 0 inside.
_Inks = tuple[np.ndarray, np.ndarray]

_FAR = 1e6


def _disc(place: _Place, radius: float) -> np.ndarray:
    v, u = place
    return np.sqrt(v * v + u * u) - radius


def _turned(place: _Place, cosine: float, sine: float) -> _Place:
    v, u = place
    return v * cosine - u * sine, u * cosine + v * sine


def _moved(place: _Place, down: float, right: float) -> _Place:
    return place[0] - down, place[1] - right


def _leaf(place: _Place, length: float, width: float) -> np.ndarray:
    """Where two discs meet: a leaf from its middle, `length` to the right."""
    v, u = place
    half, belly = length / 2, width / 2
    radius = (half * half + belly * belly) / (2 * belly)
    away = radius - belly
    return (
        np.maximum(
            np.sqrt(u * u + (v - away) * (v - away)), np.sqrt(u * u + (v + away) * (v + away))
        )
        - radius
    )


def _dots(place: _Place, size: float) -> _Inks:
    return _disc(place, 0.62 * size), _disc(_moved(place, 0.8 * size, 0.8 * size), 0.26 * size)


def _flower(place: _Place, size: float) -> _Inks:
    """Five petals, whose outline is a cosine of five times the angle; two leaves and a heart."""
    v, u = place
    distance = np.sqrt(v * v + u * u)
    c = u / np.maximum(distance, 1e-9)
    five = c * (5.0 + c * c * (16.0 * c * c - 20.0))
    petals = 0.75 * (distance - size * (0.56 + 0.2 * five))
    heart = _disc(place, 0.2 * size)
    leaves = [
        _leaf(_moved(_turned(place, c, s), 0.0, 1.02 * size), 0.7 * size, 0.3 * size)
        for c, s in ((-0.8, 0.6), (-0.8, -0.6))
    ]
    return petals, np.minimum(heart, np.minimum(*leaves))


def _sprig(place: _Place, size: float) -> _Inks:
    """A bent stem with leaves to either side and a berry at its end."""
    v, u = place
    bend = 0.3 * u * u / size
    stem = np.maximum(0.85 * np.abs(v - bend) - 0.055 * size, np.abs(u) - 0.85 * size)
    leaves = np.full(v.shape, _FAR)
    for at, side in ((-0.7, -1), (-0.45, 1), (-0.1, -1), (0.15, 1), (0.5, -1)):
        foot = _moved(place, (0.3 * at * at + 0.32 * side) * size, (at + 0.2) * size)
        leaf = _leaf(_turned(foot, 0.6, side * 0.8), 0.72 * size, 0.3 * size)
        leaves = np.minimum(leaves, leaf)
    berry = _disc(_moved(place, 0.26 * size, 0.92 * size), 0.15 * size)
    return leaves, np.minimum(stem, berry)


_MOTIFS: dict[str, Callable[[_Place, float], _Inks]] = {
    "dots": _dots,
    "flowers": _flower,
    "leaves": _sprig,
}

#: The motifs that a print can have.
MOTIFS = (*_MOTIFS, "lattice")


def _wrapped(count: int, period: float, centre: float) -> np.ndarray:
    """Coordinates of cell centres from the nearest repetition of `centre`, in pixels."""
    at = (np.arange(count) + 0.5) / DENSITY - centre
    return at - period * np.rint(at / period)


def _half_drop(motif: str, rows: int, columns: int) -> _Inks:
    """Two motifs a repeat, the second half a repeat lower and mirrored."""
    height, width = rows / DENSITY, columns / DENSITY
    size = 0.3 * min(1.5 * height, width)
    inks = [np.full((rows, columns), _FAR) for _ in range(2)]
    for down, right, mirrored in ((0.25, 0.25, 1.0), (0.75, 0.75, -1.0)):
        v = _wrapped(rows, height, down * height)[:, None]
        u = _wrapped(columns, width, right * width)[None, :] * mirrored
        place = v + 0.0 * u, u + 0.0 * v
        for ink, drawn in zip(inks, _MOTIFS[motif](place, size), strict=True):
            np.minimum(ink, drawn, out=ink)
    return inks[0], inks[1]


def _lattice(rows: int, columns: int) -> _Inks:
    """Diamonds of lines, a smaller one in each, and a knot where lines cross."""
    height, width = rows / DENSITY, columns / DENSITY
    v = np.abs(_wrapped(rows, height, height / 2))[:, None]
    u = np.abs(_wrapped(columns, width, width / 2))[None, :]
    slope = np.sqrt(4.0 / (width * width) + 4.0 / (height * height))
    across = (v * (2.0 / height) + u * (2.0 / width) - 1.0) / slope
    small = min(height, width)
    knots = [
        np.abs(v - y) + np.abs(u - x) - 0.11 * small
        for y, x in ((height / 2, 0.0), (0.0, width / 2))
    ]
    line = np.abs(across) - 0.035 * small
    return line, np.minimum(np.minimum(*knots), across + 0.62 / slope)


@lru_cache(maxsize=32)
def table(motif: str, rows: int, columns: int, apart: tuple[int, int]) -> np.ndarray:
    """One repeat of a motif.

    Parameters
    ----------
    motif : str
        One of `MOTIFS`.
    rows, columns : int
        Cells of the repeat, `DENSITY` for each pixel.
    apart : tuple of int
        How far the second screen was laid off the first, in cells down and right.

    Returns
    -------
    numpy.ndarray
        (2, rows, columns) float32, read-only: the share of each cell that each ink covers, in steps of 1/256.
    """
    drawn = _lattice(rows, columns) if motif == "lattice" else _half_drop(motif, rows, columns)
    share = np.rint(np.clip(0.5 - np.stack(drawn), 0.0, 1.0) * 256.0) / 256.0
    share[1] = np.roll(share[1], apart, axis=(0, 1))
    result: np.ndarray = share.astype(np.float32)
    result.flags.writeable = False
    return result
