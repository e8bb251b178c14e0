"""Yarns: where each runs, how thick and how bright it is, and the fibres on it.

Positions are integers in 1/256 pixel, so that a pixel 10⁹ pixels from the origin finds the same
yarn, and the same place on it, whatever window it is made in.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bench_images import noise
from bench_images.weave import CELLS

#: Position units per pixel.
UNITS = 256

#: Length in pixels after which the fibres on a yarn repeat; each yarn starts at a place of its own.
FIBRE_LENGTH = 1024

# Streams of noise; warp and weft take `stream + axis`, axis 1 for the warp, 0 for the weft.
_WANDER, _DRIFT, _SHIFT, _THICK, _TONE, _UNEVEN, _BAND, _FIBRE, _PHASE = range(10, 100, 10)


@dataclass(frozen=True)
class Run:
    """The coordinates of one set of yarns, warp or weft, over a window.

    Attributes
    ----------
    first : int
        Number of the yarn that `yarn` counts from.
    yarn : numpy.ndarray
        (height, width) int32, the yarn at each pixel, relative to `first`.
    offset : numpy.ndarray
        (height, width) int32, distance from the yarn's left or upper edge in 1/256 pixel, below
        the pitch.
    """

    first: int
    yarn: np.ndarray
    offset: np.ndarray


def locate(
    seed: int,
    axis: int,
    pitch: int,
    lean: int,
    wander: float,
    y0: int,
    x0: int,
    height: int,
    width: int,
) -> Run:
    """Find the yarn under every pixel of a window.

    Parameters
    ----------
    seed : int
        The roll.
    axis : int
        1 for the warp, which runs down the image, 0 for the weft, which runs across.
    pitch : int
        Distance of two yarns in 1/256 pixel.
    lean : int
        How far the yarns lean, in 1/65536 pixel per pixel along them.
    wander : float
        Amplitude in pixels of the yarns' common waviness.
    y0, x0, height, width : int
        The window. More than 8 million pixels a side do not fit the 32-bit arithmetic; `Fabric`
        asks for tiles.
    """
    y = np.arange(y0, y0 + height, dtype=np.int64)
    x = np.arange(x0, x0 + width, dtype=np.int64)
    across, along = (x, y) if axis else (y, x)
    leaning = (along * lean) >> 8
    origin = (int(across[0]) * UNITS + int(leaning.min())) // pitch - 64 * UNITS // pitch - 1
    across = (across * UNITS - origin * pitch).astype(np.int32)
    straight = np.add.outer(leaning, across) if axis else np.add.outer(across, leaning)
    waves = noise.smooth(seed, _DRIFT + axis, y0, x0, height, width, 230)
    waves *= np.float32(4.0)
    waves += noise.smooth(seed, _WANDER + axis, y0, x0, height, width, 43)
    waves *= np.float32(wander * UNITS)
    position = straight.astype(np.int32)
    position += np.rint(waves).astype(np.int32)
    yarn = position // np.int32(pitch)
    return Run(origin, yarn, position - yarn * np.int32(pitch))


@dataclass(frozen=True)
class Thread:
    """One yarn treated differently along a run.

    Attributes
    ----------
    axis : int
        1 for a warp yarn, 0 for a weft yarn.
    number : int
        The yarn.
    thick : tuple of (int, int, float) or None
        None: the yarn is missing. Otherwise the centre of a swelling and half its length, in pixels
        along the yarn, and the width at its centre in units of the yarn's own.
    """

    axis: int
    number: int
    thick: tuple[int, int, float] | None = None


def swell(
    thread: Thread, run: Run, across: np.ndarray, start: int
) -> tuple[np.ndarray, np.ndarray]:
    """Let a swollen thread cover its neighbours.

    Parameters
    ----------
    thread : Thread
        One with `thick`.
    run : Run
        The yarns of its set over a window.
    across : numpy.ndarray
        (height, width) float32, place of each pixel across its yarn, −1 … 1.
    start : int
        Where the window begins along the yarn, in pixels.

    Returns
    -------
    yarn, across : numpy.ndarray
        As `run.yarn` and `across`, with the swollen thread in.
    """
    assert thread.thick is not None
    centre, half, width = thread.thick
    axis, yarn = thread.axis, run.yarn
    along = np.arange(start, start + yarn.shape[1 - axis], dtype=np.int64) - centre
    t = along.astype(np.float32) / np.float32(half)
    bulge = np.maximum(np.float32(1.0) - t * t, np.float32(0.0))
    bulge = np.float32(1.0) + np.float32(width - 1.0) * bulge
    number = np.int32(thread.number - run.first)
    distance = (yarn - number).astype(np.float32) * np.float32(2.0) + across
    distance /= bulge[:, None] if axis else bulge[None, :]
    inside = (distance >= -1) & (distance < 1)
    return np.where(inside, number, yarn), np.where(inside, distance, across)


@dataclass(frozen=True)
class Traits:
    """What the yarns of a window are like, one value per yarn and pixel along it.

    Attributes
    ----------
    numbers : numpy.ndarray
        (n,) int64, the yarns.
    shift, slimness, tone : numpy.ndarray
        (length, n) float32: sideways shift in half pitches, reciprocal thickness, brightness
        about 1.
    phase : numpy.ndarray
        (n,) int64, where on the table of fibres each yarn starts.
    """

    numbers: np.ndarray
    shift: np.ndarray
    slimness: np.ndarray
    tone: np.ndarray
    phase: np.ndarray


def traits(
    seed: int,
    axis: int,
    first: int,
    count: int,
    start: int,
    length: int,
    jitter: float,
    tone: float,
    band: float,
) -> Traits:
    """The traits of yarns `first` … over `length` pixels from `start` along them.

    `jitter` is the amplitude of shift and thickness in half pitches, `tone` that of the yarns'
    brightness, `band` that of neighbouring yarns together, as a reed or a bobbin leaves it.
    """
    numbers = np.arange(first, first + count, dtype=np.int64)
    one = np.zeros(1, np.int64)
    shift = noise.along_yarns(seed, _SHIFT + axis, numbers, start, length, 19) * np.float32(jitter)
    thick = noise.along_yarns(seed, _THICK + axis, numbers, start, length, 31) * np.float32(jitter)
    own = noise.uniform(noise.grid(seed, _TONE + axis, one, numbers)) * np.float32(tone)
    uneven = noise.along_yarns(seed, _UNEVEN + axis, numbers, start, length, 57) * np.float32(
        0.8 * tone
    )
    bands = noise.smooth(seed, _BAND + axis, 0, first, 1, count, 17) * np.float32(band)
    phase = noise.grid(seed, _PHASE + axis, one, numbers)[0].astype(np.int64) % FIBRE_LENGTH
    return Traits(
        numbers,
        shift,
        np.float32(1.0) / (np.float32(1.0) + thick),
        uneven + (np.float32(1.0) + own + bands),
        phase,
    )


@lru_cache(maxsize=64)
def fibres(seed: int, fuzz: float) -> np.ndarray:
    """Twisted fibres on a yarn, (`FIBRE_LENGTH`, `CELLS`) float32 about 1; the ends join."""
    strands = 8
    lines = np.arange(FIBRE_LENGTH // 2 + 1, dtype=np.int64) % (FIBRE_LENGTH // 2)
    lattice = noise.uniform(noise.grid(seed, _FIBRE, lines, np.arange(strands, dtype=np.int64)))
    lattice = (
        lattice[np.arange(FIBRE_LENGTH + 1) // 2] + lattice[(np.arange(FIBRE_LENGTH + 1) + 1) // 2]
    )
    wide = np.repeat(lattice[:FIBRE_LENGTH], CELLS // strands, axis=1)
    lying = np.arange(FIBRE_LENGTH)[:, None] + np.arange(CELLS)[None, :] // 3
    twisted = np.take_along_axis(wide, lying % FIBRE_LENGTH, axis=0)
    result = (np.float32(1.0) + np.float32(0.5 * fuzz) * twisted).astype(np.float32)
    result.flags.writeable = False
    return result
