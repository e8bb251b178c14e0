"""What a detector makes of one image, in so few numbers that a file keeps it; and whether two such are the same."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from fastdefect.detectors.result import Detection
from fastdefect.typing import ByteImage, FloatImage

CELLS = 16
"""Cells along each side of a map of which the highest value is kept."""
QUANTILE = 0.9995
"""Of a map's values: the unit of its tolerance, which a few high pixels do not set."""


@dataclass(frozen=True)
class Outcome:
    """One image and what a detector makes of it.

    Attributes
    ----------
    name : str
        As `fastdefect.io.exported_name` writes it; found again by ``sha256``.
    sha256 : str
        Of the file.
    size : int
        Bytes of the file.
    pixels : str
        SHA-256 of the decoded image: another decoder may read others from the same file.
    score : float
    verdict : str
        ``good``, ``defective`` or ``unusable``.
    map_sha256 : str or None
        Of the score map, float32, little-endian; None for a detector without one.
    unit : float
        The map's 0.9995 quantile.
    cells : tuple of float
        The highest value of each cell of a 16×16 grid over the map, row by row; fewer for a small image.
    """

    name: str
    sha256: str
    size: int
    pixels: str
    score: float
    verdict: str
    map_sha256: str | None
    unit: float
    cells: tuple[float, ...]


@dataclass(frozen=True)
class Difference:
    """What of an image is not as it was.

    Attributes
    ----------
    name : str
    what : str
        In words, with both values.
    """

    name: str
    what: str


def file_digest(data: bytes) -> str:
    """SHA-256 of a file's content, 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def outcome_of(name: str, data: bytes, image: ByteImage, found: Detection) -> Outcome:
    """Keep a result.

    Parameters
    ----------
    name : str
    data : bytes
        The file.
    image : ndarray of uint8
        As it was decoded.
    found : Detection

    Returns
    -------
    Outcome
    """
    score_map = found.score_map
    kept: dict[str, Any] = {"map_sha256": None, "unit": 0.0, "cells": ()}
    if score_map is not None:
        values = np.ascontiguousarray(score_map, np.dtype("<f4"))
        kept = {
            "map_sha256": hashlib.sha256(values.data).hexdigest(),
            "unit": float(np.quantile(values, QUANTILE)),
            "cells": _highest(values),
        }
    pixels = hashlib.sha256(f"{image.shape}".encode() + np.ascontiguousarray(image).tobytes())
    return Outcome(
        name,
        file_digest(data),
        len(data),
        pixels.hexdigest(),
        float(found.score),
        found.verdict,
        **kept,
    )


def compare(
    approved: Outcome, found: Outcome, threshold: float, tolerance: float
) -> Difference | None:
    """Hold a result against the approved one.

    Parameters
    ----------
    approved, found : Outcome
    threshold : float
        The approved one, near which a verdict may turn within the tolerance.
    tolerance : float
        Share of the map's unit (of the score, without a map) that values may differ by; 0: not a bit.

    Returns
    -------
    Difference or None
        The first thing that differs; None where nothing does.
    """
    if found.pixels != approved.pixels:
        return Difference(
            approved.name, "the file is the same and its pixels are not: another decoder"
        )
    allowed = tolerance * abs(approved.unit or approved.score)
    if abs(found.score - approved.score) > allowed:
        return Difference(approved.name, f"score {approved.score:.9g} then, {found.score:.9g} now")
    near = tolerance > 0 and abs(approved.score - threshold) <= allowed
    if found.verdict != approved.verdict and not near:
        return Difference(approved.name, f"{approved.verdict} then, {found.verdict} now")
    if (found.map_sha256 is None) != (approved.map_sha256 is None) or len(found.cells) != len(
        approved.cells
    ):
        return Difference(
            approved.name, "a score map then or now, and none or another size the other time"
        )
    if tolerance == 0:
        same = found.map_sha256 == approved.map_sha256
        return (
            None if same else Difference(approved.name, _place(approved, found) or "the score map")
        )
    return Difference(approved.name, what) if (what := _place(approved, found, allowed)) else None


def _place(approved: Outcome, found: Outcome, allowed: float = 0.0) -> str | None:
    """Where a map differs most, in words."""
    if not approved.cells:
        return None
    apart = np.abs(np.subtract(found.cells, approved.cells))
    worst = int(np.argmax(apart))
    if not apart[worst] > allowed:
        return None
    then, now = approved.cells[worst], found.cells[worst]
    return f"score map, cell {worst} of {len(apart)}: at most {then:.9g} then, {now:.9g} now"


def _highest(values: FloatImage) -> tuple[float, ...]:
    rows, columns = (
        np.unique(np.linspace(0, side, CELLS + 1).astype(int)[:-1]) for side in values.shape
    )
    cells = np.maximum.reduceat(np.maximum.reduceat(values, rows, axis=0), columns, axis=1)
    return tuple(map(float, cells.ravel()))
