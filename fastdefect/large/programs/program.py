"""What a detector does in passes over the tiles, where one number of all of them comes between."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from fastdefect.detectors.detector import Detector
from fastdefect.detectors.score_map import ScoreMapDetector
from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.large.programs.domain import Sampler
from fastdefect.tiling.workers import Workers
from fastdefect.typing import BoolImage, Shape

Numbers = dict[str, Any]
Planes = Mapping[str, NDArray[Any]]
Read = Callable[[str], NDArray[Any]]
IMAGE = "image"


class Compute(Protocol):
    """A pass, planned for one shape of tile.

    Attributes
    ----------
    nbytes : int
        What it holds.
    """

    nbytes: int

    def __call__(self, read: Read, inside: BoolImage | None) -> Planes:
        """What the tile gives, by plane; ``read`` gives one of those that the pass reads, by its name."""


class Fold(Protocol):
    """What is to be known of all blocks together, by joining facts in any order."""

    def measure(self, planes: Planes, inside: BoolImage | None) -> Any:
        """Facts of one block; from any thread."""

    def join(self, facts: Sequence[Any]) -> Any:
        """Facts of several blocks, one at least."""

    def numbers(self, facts: Any, folder: Path | None) -> Numbers:
        """What the passes that follow are told; a file without a name may lie in the folder meanwhile."""


class Folded:
    """A fold with the facts so far."""

    def __init__(self, fold: Fold) -> None:
        self.measure = fold.measure
        self._fold = fold
        self._facts: list[Any] = []

    def add(self, facts: Sequence[Any]) -> None:
        """Take the facts of some blocks."""
        if facts:
            self._facts = [self._fold.join([*self._facts, *facts])]

    def numbers(self, folder: Path) -> Numbers:
        """What the passes that follow are told."""
        return self._fold.numbers(self._facts[0], folder)


@dataclass(frozen=True)
class Pass:
    """One pass over the image.

    Attributes
    ----------
    name : str
        For progress.
    reads : tuple of str
        `IMAGE` alone, or planes of earlier passes.
    makes : mapping of str to dtype
        Planes.
    halo, grid : int
        What a tile sees around it, and where it may begin.
    reach : int
        Of the whole detector: how far beyond the inspected area pixels count.
    plan : callable
        ``plan(shape, workers, inside, numbers)`` makes a `Compute`.
    fold : Fold
    """

    name: str
    reads: tuple[str, ...]
    makes: Mapping[str, Any]
    halo: int
    grid: int
    reach: int
    plan: Callable[[Shape, Workers, BoolImage | None, Numbers], Compute]
    fold: Fold


class Verdict(NamedTuple):
    """What is known of the whole image.

    Attributes
    ----------
    is_defective, is_unusable, notes, score, threshold, otsu_threshold, zero_count
        As in `fastdefect.Detection`.
    """

    is_defective: bool
    is_unusable: bool
    notes: tuple[str, ...]
    score: float
    threshold: float
    otsu_threshold: int | None
    zero_count: int | None

    def numbers(self) -> Numbers:
        """As plain data, which certificates hold."""
        verdict = "unusable" if self.is_unusable else "defective" if self.is_defective else "good"
        found = self._asdict()
        del found["is_unusable"]
        return {"verdict": verdict, **found, "notes": list(self.notes)}


class Program(Protocol):
    """A detector in passes.

    Attributes
    ----------
    passes : sequence of Pass
        The last makes ``"mask"``, uint8 of 0 and 255; some make ``"score_map"``, float32.
    grey : str
        What contrasts are taken from: `IMAGE` or a plane.
    settings : dict
        Plain data that says what the detector is.
    is_exact : bool
        Whether values depend on no tile and no number of threads. One that is not is computed in tiles of one block each,
        by one thread.
    """

    passes: tuple[Pass, ...]
    grey: str
    settings: dict[str, Any]
    is_exact: bool

    def sampled(self, shape: Shape, folder: Path | None) -> Sampler | None:
        """What is to be kept of the image for its domain; None for nothing."""

    def verdict(self, numbers: Numbers) -> Verdict:
        """What the numbers of all passes mean."""


def program_of(detector: Detector) -> Program:
    """The passes of a detector.

    Raises
    ------
    ArgumentTypeError
        It is no detector.
    ArgumentValueError
        It does not say how its score comes from its map.
    """
    from fastdefect.detectors.article.detector import ArticleDetector
    from fastdefect.detectors.joined.model import Joined

    if isinstance(detector, ArticleDetector):
        from fastdefect.large.programs.article import ArticleProgram

        return ArticleProgram(detector)
    if isinstance(detector, Joined):
        from fastdefect.large.programs.joined import JoinedProgram

        return JoinedProgram(detector)
    if isinstance(detector, ScoreMapDetector):
        from fastdefect.large.programs.score_map import ScoreMapProgram

        return ScoreMapProgram(detector)
    if isinstance(detector, Detector):
        raise ArgumentValueError(
            f"detector: expected one with a score map, whose parts can be inspected one by one, received the kind "
            f"{detector.kind!r}; call it on images that memory holds"
        )
    raise ArgumentTypeError(
        f"detector: expected a fastdefect.Detector, received {type(detector).__name__}; pass for example "
        "fastdefect.load_detector('model.json')"
    )


def whole_mask(mask: NDArray[Any]) -> NDArray[np.uint8]:
    """0 and 255 of a mask of 0 and 1, in place."""
    bits: NDArray[np.uint8] = mask.view(np.uint8)
    np.multiply(bits, 255, out=bits)
    return bits
