"""Whether an image shows the material at all: the stage that measures it, and what it says in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastdefect.backends.table import Step
from fastdefect.calibration.domain import DIM, Domain, domain_around, learn_domain
from fastdefect.detectors.stage import Context, Stage
from fastdefect.kernels import domain as measures
from fastdefect.kernels._numba import Bound
from fastdefect.typing import BoolImage, ByteImage, Shape

_Floats = NDArray[np.float64]
_measure, _distance = Bound(measures.measure), Bound(measures.distance)
_is_usual = Bound(measures.is_usual)
# What lies below and above good images, by statistic.
WORDS = {
    measures.NOISE: (
        "less fine texture than good images have (out of focus, moved, overexposed or another material)",
        "more noise or fine texture than good images have (more gain, or another material)",
    ),
    measures.COARSE: (
        "less texture than good images have (out of focus, or another material)",
        "more texture than good images have (another material, or dirt all over)",
    ),
    measures.SHARP_X: (
        "less sharp along the rows than good images (moved, out of focus, or another material)",
        "sharper along the rows than good images (another focus, or another material)",
    ),
    measures.SHARP_Y: (
        "less sharp along the columns than good images (moved, out of focus, or another material)",
        "sharper along the columns than good images (another focus, or another material)",
    ),
    measures.SLANT: (
        "smoother along the rows than along the columns (moved, turned, or another material)",
        "smoother along the columns than along the rows (moved, turned, or another material)",
    ),
    measures.BEND: (
        "smoother from pixel to pixel than good images (enlarged, denoised or compressed)",
        "rougher from pixel to pixel than good images (reduced, sharpened, or another material)",
    ),
    measures.BLOCK_X: ("without the steps of 8 pixels that good images have", "steps every 8 pixels"),
    measures.BLOCK_Y: ("without the steps of 8 pixels that good images have", "steps every 8 pixels"),
    measures.RED: ("less red", "redder"),
    measures.BLUE: ("less blue", "bluer"),
    measures.RED_NOISE: ("less fine texture in red", "more fine texture in red"),
    measures.BLUE_NOISE: ("less fine texture in blue", "more fine texture in blue"),
}  # fmt: skip
_COLOURS = " than good images (another material or dye, other light or white balance)"
_FINE_COLOURS = (
    " than good images (another compression: JPEG keeps colours coarser; or another material)"
)


class Judged(NamedTuple):
    """What an image is besides its score.

    Attributes
    ----------
    reasons : tuple of str
        Why it cannot be judged; empty inside the domain.
    notes : tuple of str
        In what else it differs from the images of the calibration.
    """

    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


UNREMARKABLE = Judged()


class Meter:
    """Measures images of one shape; all memory is made here.

    Parameters
    ----------
    shape : (int, int)
        Height and width.
    channels : int
        1 or 3.
    """

    def __init__(self, shape: Shape, channels: int) -> None:
        rows, width = shape[0] - measures.FAR, shape[1]
        step = max(1, -(-rows // measures.MOST_ROWS))
        self._geometry = np.array([0, width, channels, step + (1 - step % 2)])
        self._sums = np.zeros((measures.SUMS, width * channels), np.uint16)
        self._counts = np.zeros(measures.COUNTS, np.int64)
        self._none_outside = np.zeros((1, 1), np.uint8)
        self.found: _Floats = np.zeros(measures.FOUND)

    @property
    def nbytes(self) -> int:
        """Bytes held between calls."""
        return self._sums.nbytes

    @property
    def pixels(self) -> int:
        """Pixels of the last image that counted."""
        return int(self._counts[0])

    def __call__(self, image: ByteImage, outside: NDArray[np.uint8] | None) -> None:
        """Measure an image to `found`; pixels where ``outside`` is not 0 don't count."""
        self._geometry[0] = outside is not None
        skip = self._none_outside if outside is None else outside
        flat = image.reshape(-1)
        _measure(flat, skip, self._geometry, self._sums, self._counts, self.found)


class DomainCheck:
    """Judges images of one shape by a domain; call it with ``(image, outside)``.

    Parameters
    ----------
    domain : Domain
    shape : (int, int)
        Height and width.
    """

    def __init__(self, domain: Domain, shape: Shape) -> None:
        self._domain, self._meter = domain, Meter(shape, domain.channels)
        self._limits, self._deviations = domain.limits, np.zeros(domain.frame.shape[1])
        size = _size_note(domain, shape)
        self._usual = UNREMARKABLE if size is None else Judged(notes=(size,))

    @property
    def nbytes(self) -> int:
        """Bytes held between calls."""
        return self._meter.nbytes

    def __call__(self, image: ByteImage, outside: BoolImage | None) -> Judged:
        domain, meter, deviations = self._domain, self._meter, self._deviations
        meter(image, None if outside is None else outside.view(np.uint8))
        found = meter.found
        away = _distance(found, domain.frame, deviations)
        usual = _is_usual(found, deviations, self._limits)
        far = away > domain.limit and away > domain.limit_for(meter.pixels)
        if usual and not far:
            return self._usual
        values, away_by, limits = found.tolist(), deviations.tolist(), self._limits.tolist()
        # lists first: of a tuple made from a generator the interpreter cuts the end off and keeps it
        reasons, marks = (
            [*_broken_rules(domain, values, limits)],
            [*_marks(domain, values, away_by, limits)],
        )
        notes = [*self._usual.notes]
        if not far and not reasons:
            return Judged(notes=tuple(marks + notes))
        if far:
            marks.append(_words(away_by))
        return Judged(tuple(reasons + marks), tuple(notes))


def domain_stage(domain: Domain) -> Stage:
    """The step that makes ``"judged"``, a `Judged`."""

    def plan(context: Context) -> Step:
        return DomainCheck(domain, context.shape)

    return Stage(name="domain", plan=plan, reads=("image", "outside"), number="judged")


class DomainLearner:
    """Measures good images on their way through a training, and learns their domain.

    Parameters
    ----------
    shape : (int, int)
        Height and width of the images.
    channels : int
        1 or 3.
    count : int
        Images to come.
    slots : int
        Threads that take them.
    """

    def __init__(self, shape: Shape, channels: int, count: int, slots: int) -> None:
        self._shape, self._channels = shape, channels
        self._meters = [Meter(shape, channels) for _ in range(slots)]
        self._measured = np.zeros((count, 2, measures.MEASURED))
        self._pixels = [0] * count
        self._dim = np.rint(DIM * np.arange(256)).astype(np.uint8)

    def take(self, index: int, slot: int, image: ByteImage, ignore: NDArray[np.uint8]) -> None:
        """Measure an image as it is and with less light; pixels where ``ignore`` is not 0 don't count."""
        meter, skip = self._meters[slot], ignore if ignore.any() else None
        for place, shown in enumerate((np.ascontiguousarray(image), self._dim[image])):
            meter(shown, skip)
            self._measured[index, place] = meter.found[: measures.MEASURED]
        self._pixels[index] = meter.pixels

    def learn(self, folds: Sequence[int], false_alarms: float) -> tuple[Domain, _Floats]:
        """The domain, and how far each image lies from that of the others, see `learn_domain`."""
        return learn_domain(
            self._measured, self._pixels, folds, self._shape, self._channels, false_alarms
        )

    def around(self) -> Domain:
        """The domain around the one image that was taken, see `domain_around`."""
        return domain_around(self._measured[0], self._pixels[0], self._shape, self._channels)


def _broken_rules(domain: Domain, found: list[float], limits: list[float]) -> Iterator[str]:
    """What is wrong with the light."""
    mean, (low, high) = found[measures.MEAN], domain.mean
    if not limits[measures.DARKEST] <= mean <= limits[measures.BRIGHTEST]:
        word = "darker" if mean < low else "brighter"
        yield f"{word} than good images: mean grey level {mean:.0f}, good ones have {low:.0f} ... {high:.0f}"
    white, black = found[measures.WHITE_SHARE], found[measures.BLACK_SHARE]
    if white > limits[measures.MOST_WHITE]:
        yield f"overexposed: {white:.0%} of the values are 255, of good images at most {domain.white:.1%}"
    if black > limits[measures.MOST_BLACK]:
        yield f"underexposed: {black:.0%} of the values are 0, of good images at most {domain.black:.1%}"


def _marks(
    domain: Domain, found: list[float], deviations: list[float], limits: list[float]
) -> Iterator[str]:
    """Traces of another bit depth or compression."""
    used = found[measures.LEVELS]
    if used < limits[measures.LEAST_LEVELS]:
        yield f"fewer bits than good images: {used:.0%} of the grey levels in use, of good ones at least {domain.levels:.0%}"
    blocks = max(deviations[measures.BLOCK_X], deviations[measures.BLOCK_Y])
    if blocks > limits[measures.MOST_BLOCKS]:
        yield f"another compression than good images: steps every 8 pixels, as JPEG leaves them ({blocks:.0f} deviations)"


def _words(deviations: list[float]) -> str:
    """The plainest statistic that lies at least half as far away as the furthest."""
    half = max(map(abs, deviations)) / 2.0
    worst = next(i for i, away in enumerate(deviations) if abs(away) >= half)
    words = WORDS[worst][int(deviations[worst] > 0)]
    if worst >= measures.RED:
        words += _COLOURS if worst < measures.RED_NOISE else _FINE_COLOURS
    return f"{words}: {abs(deviations[worst]):.0f} deviations away"


def _size_note(domain: Domain, shape: Shape) -> str | None:
    """What to know of an image of another size: the score is that of its worst pixels, so more pixels score higher."""
    if tuple(shape) == tuple(domain.shape):
        return None
    (height, width), (rows, columns) = shape, domain.shape
    return (
        f"another size than that of the calibration: {width} x {height} pixels, good images had {columns} x {rows}, "
        "and the rate of false alarms holds for that size"
    )
