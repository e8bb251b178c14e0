"""The domain of good images: what they look like as a whole, so that a frame that shows something else is told apart.

A score says how a part differs from good material; black, blurred or foreign frames have no such part. They are told by
statistics of the whole image that do not depend on the light: contrasts of neighbours near and far, their relation along
rows and columns, blocks of compression, proportions of the colours.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fastdefect.calibration.threshold import fit_tail
from fastdefect.kernels import domain as measures

Floats = NDArray[np.float64]

DOMAIN_SHARE = 0.1
"""What the domain takes of the named rate of false alarms; the threshold of the score has the rest."""
DIM = 0.6
"""Share of the light at which good images are measured besides, so that rounding in the dark is no foreign noise."""
# How far the mean grey level may lie below the darkest and above the brightest good image, and by how much the share of
# values at 255, or at 0, may exceed that of any.
_LEAST_LIGHT, _MOST_LIGHT, _MORE_CLIPPED = 0.5, 2.0, 0.05
# An image of 4 bits in place of 8 uses a sixteenth of the levels.
_FEWER_LEVELS = 0.5
# Blocks of compression stand out from here on, in deviations; 90 % of good images stay below 1.5.
_MOST_BLOCKS = 3.0
# Deviations that good images of one sheet may always have, as logarithms: their spread is never believed to be less.
LEAST_SPREAD = np.array([0.02, 0.02, 0.01, 0.01, 0.01, 0.01, 0.05, 0.05, 0.004, 0.004, 0.01, 0.01])
# Correlations are drawn to 0 by this share: 24 images alone do not say how 12 statistics go together. On paper, 0.2 and
# 0.5 keep all 30 pairs of kinds apart; without correlations one pair in six passes.
_DRAWN = 0.2
# A root mean square deviation of this is inside whatever the calibration found.
_LEAST_LIMIT = 1.5
# One image alone: spreads of sheets of paper are up to three times the least ones.
_ALONE_SPREAD, _ALONE_LIMIT = 5.0, 3.0


@dataclass(frozen=True, eq=False)
class Domain:
    """What good images look like as a whole, and how far from it an image may lie.

    Attributes
    ----------
    shape : (int, int)
        Height and width of the good images.
    channels : int
        1 or 3.
    pixels : int
        Pixels that their statistics were taken from, on average.
    frame : ndarray of float64, (3 + N, N)
        Of each statistic of `fastdefect.kernels.domain`, 8 without colour and 12 with: its middle, half of what 60 % of
        the light changes, its standard deviation; then the lower triangle that makes deviations independent.
    limit : float
        The root mean square deviation that a good image exceeds at the rate ``false_alarms``.
    false_alarms : float
    mean : (float, float)
        Mean grey level of the darkest and of the brightest good image.
    white, black : float
        Largest share of values at 255 and at 0.
    levels : float
        Least share of grey levels in use, which an image of fewer bits falls below.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect import TextureModel
    >>> noise = np.random.default_rng(0).normal(128, 9, (24, 64, 64))
    >>> model = TextureModel(colour=False, window=31).fit(list(noise.clip(0, 255).astype(np.uint8)))
    >>> domain = model.domain
    >>> domain.shape, domain.channels, domain.frame.shape
    ((64, 64), 1, (11, 8))
    >>> found = model(np.full((64, 64), 128, np.uint8))
    >>> found.verdict, found.score < found.threshold
    ('unusable', True)
    >>> domain.limit_for(domain.pixels) == domain.limit < domain.limit_for(100)
    True
    """

    shape: tuple[int, int]
    channels: int
    pixels: int
    frame: Floats
    limit: float
    false_alarms: float
    mean: tuple[float, float]
    white: float
    black: float
    levels: float

    def limit_for(self, pixels: int) -> float:
        """Limit for an image of which so many pixels were measured; of fewer pixels statistics scatter more.

        Parameters
        ----------
        pixels : int

        Returns
        -------
        float
        """
        return self.limit * math.sqrt(max(1.0, self.pixels / max(pixels, 1)))

    @property
    def limits(self) -> Floats:
        """Limits of light, clipping, levels and blocks, float64 (6,), for `fastdefect.kernels.domain.is_usual`."""
        low, high = self.mean
        light = _LEAST_LIGHT * low, _MOST_LIGHT * high
        clipped = self.white + _MORE_CLIPPED, self.black + _MORE_CLIPPED
        return np.array([*light, *clipped, _FEWER_LEVELS * self.levels, _MOST_BLOCKS])


def learn_domain(
    measured: Floats,
    pixels: Sequence[int],
    folds: Sequence[int],
    shape: tuple[int, int],
    channels: int,
    false_alarms: float,
) -> tuple[Domain, Floats]:
    """Learn the domain of good images.

    Parameters
    ----------
    measured : ndarray of float64, (N, 2, MEASURED)
        Statistics of each image as it is, and at `DIM` of the light.
    pixels : sequence of int, N long
        How many pixels they were taken from.
    folds : sequence of int, N long
        Which images are left out together when the limit is calibrated.
    shape, channels
        Of the images.
    false_alarms : float
        Wanted rate of good images outside.

    Returns
    -------
    (Domain, ndarray of float64, (N,))
        The domain, and how far each image lies from that of the others.

    Notes
    -----
    Distances of images with their group left out are fitted by the distribution of maxima, as scores are, but as they
    stand and not as logarithms: they are root mean squares of deviations, whose tails are short.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.calibration import learn_domain
    >>> from fastdefect.kernels.domain import MEASURED
    >>> measured = np.random.default_rng(0).normal(0.5, 0.1, (24, 1, MEASURED)).repeat(2, axis=1)
    >>> domain, distances = learn_domain(measured, [900] * 24, range(24), (64, 64), 1, 0.001)
    >>> bool(distances.max() < domain.limit), domain.pixels
    (True, 900)
    """
    count = measures.STATISTICS if channels == 3 else measures.GREY_STATISTICS
    plain, dim = measured[:, 0, :count], measured[:, 1, :count]
    members = np.asarray(folds)
    distances = np.zeros(len(measured))
    for fold in np.unique(members):
        out = members == fold
        frame = _frame(plain[~out], dim[~out])
        distances[out] = np.maximum(_distances(frame, plain[out]), _distances(frame, dim[out]))
    limit = max(math.log(fit_tail(distances).level(false_alarms)), _LEAST_LIMIT)
    frame = _frame(plain, dim)
    mean_pixels = round(float(np.mean(pixels)))
    return _domain(measured, frame, mean_pixels, shape, channels, limit, false_alarms), distances


def domain_around(measured: Floats, pixels: int, shape: tuple[int, int], channels: int) -> Domain:
    """The domain around a single image, of which nobody knows how much others differ: a wide one, and no rate.

    Parameters
    ----------
    measured : ndarray of float64, (2, MEASURED)
    pixels, shape, channels
        As for `learn_domain`.

    Returns
    -------
    Domain
        Its limit is a choice.
    """
    count = measures.STATISTICS if channels == 3 else measures.GREY_STATISTICS
    frame = _frame(measured[:1, :count], measured[1:, :count])
    frame[2] = _ALONE_SPREAD * LEAST_SPREAD[:count]
    return _domain(measured[None], frame, pixels, shape, channels, _ALONE_LIMIT, 0.0)


def _domain(
    measured: Floats,
    frame: Floats,
    pixels: int,
    shape: tuple[int, int],
    channels: int,
    limit: float,
    false_alarms: float,
) -> Domain:
    means = measured[:, 0, measures.MEAN]
    return Domain(
        shape,
        channels,
        pixels,
        frame,
        limit,
        false_alarms,
        mean=(float(means.min()), float(means.max())),
        white=float(measured[:, 0, measures.WHITE_SHARE].max()),
        black=float(measured[:, 0, measures.BLACK_SHARE].max()),
        levels=float(measured[:, 0, measures.LEVELS].min()),
    )


def _frame(plain: Floats, dim: Floats) -> Floats:
    """Centre, slack, spread and whitening of some images, see `Domain`."""
    bright, dark = plain.mean(0), dim.mean(0)
    rest = plain - bright
    covariance = rest.T @ rest / len(plain) + np.diag(LEAST_SPREAD[: rest.shape[1]] ** 2)
    spread = np.sqrt(np.diag(covariance))
    together = (1.0 - _DRAWN) * covariance / np.outer(spread, spread) + _DRAWN * np.eye(len(spread))
    whitening = np.tril(np.linalg.inv(np.linalg.cholesky(together)))
    return np.vstack([(bright + dark) / 2.0, np.abs(bright - dark) / 2.0, spread, whitening])


def _distances(frame: Floats, values: Floats) -> Floats:
    deviations = np.empty(values.shape[1])
    return np.array([measures.distance(v, frame, deviations) for v in values])
