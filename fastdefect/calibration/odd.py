"""Images of a training set that stand apart from the rest: named, and refused where they alone would set a limit."""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastdefect.errors import OddImagesError, OddImagesWarning

Floats = NDArray[np.float64]

# An image stands apart whose logarithm lies further from the median than both: so many robust standard deviations, more
# among many images, whose largest lies further out, and a factor of 1.8. Of 28 sets of good paper and textures none has
# a score beyond 4 deviations; one defect among 24 good crops lies at 4.5 to 12 and a factor of 2 to 39.
_APART, _MORE, _FACTOR = 5.0, 2.5, 0.6
_LEAST = 1e-6
# A limit is theirs alone where no other image comes to half of it.
_ALONE = 2.0
_NAMED = 10


@dataclass(frozen=True)
class Judgement:
    """What was found of all images of a training set, each with its group left out.

    Attributes
    ----------
    what : str
        What the values are, in words.
    values : ndarray of float64, (N,)
        At least 0.
    limit : float or None
        What was calibrated on them; None for the threshold.
    below : bool
        Whether small values are as odd as large ones: a score of 0 is that of a black frame.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.calibration import Judgement
    >>> Judgement("score", np.ones(3), None, below=True).what
    'score'
    """

    what: str
    values: Floats
    limit: float | None
    below: bool


def check_odd(judgements: Sequence[Judgement], names: Mapping[int, str], threshold: float) -> None:
    """Name images that stand apart, and refuse a limit that no other image comes near.

    Parameters
    ----------
    judgements : sequence of Judgement
        Of the same N images.
    names : mapping of int to str, N long
        How to call each image, by its place in the training set.
    threshold : float
        Calibrated on their scores.

    Raises
    ------
    OddImagesError
        Where a limit would be theirs alone.

    Warns
    -----
    OddImagesWarning
        Where they stand apart and the limit does not depend on them.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.calibration.odd import Judgement, check_odd
    >>> scores = np.array([*np.linspace(1.0, 1.4, 20), 90.0])
    >>> check_odd([Judgement("score", scores, None, True)], {i: f"{i}.png" for i in range(21)}, 55.0)
    Traceback (most recent call last):
    ...
    fastdefect.errors.OddImagesError: images: expected good images of one material, received 1 of 21 that ...
    """
    reasons: dict[int, list[str]] = {}
    alone = False
    for judgement in judgements:
        values = judgement.values
        apart = _apart(values, judgement.below)
        for index in np.flatnonzero(apart):
            middle = float(np.median(values))
            text = f"{judgement.what} {values[index]:.3g}, of all in the middle {middle:.3g}"
            reasons.setdefault(int(index), []).append(text)
        if apart.any():
            limit = threshold if judgement.limit is None else judgement.limit
            alone = alone or limit > _ALONE * float(values[~apart].max())
    if not reasons:
        return
    order, places = sorted(reasons), [*names]
    odd = tuple(places[i] for i in order)
    listed = "; ".join(f"{names[places[i]]} ({', '.join(reasons[i])})" for i in order[:_NAMED])
    rest = f"; and {len(order) - _NAMED} more" if len(order) > _NAMED else ""
    stand = "stands" if len(order) == 1 else "stand"
    found = f"{len(order)} of {len(names)} that {stand} apart: {listed}{rest}"
    remedy = "look at them, and leave out what is not good or not of this material"
    if alone:
        raise OddImagesError(
            f"images: expected good images of one material, received {found}; the threshold would be theirs alone: {remedy}",
            odd,
        )
    warnings.warn(OddImagesWarning(f"images: {found}; {remedy}", odd), stacklevel=3)


def _apart(values: Floats, below: bool) -> NDArray[np.bool_]:
    logs = np.log(np.maximum(values, _LEAST))
    away = logs - np.median(logs)
    scale = 1.4826 * float(np.median(np.abs(away)))
    limit = max(max(_APART, math.log(len(values)) + _MORE) * scale, _FACTOR)
    return (np.abs(away) if below else away) > limit
