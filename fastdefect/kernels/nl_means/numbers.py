"""What a vector kernel of NL-means takes: its specialization, its numbers and its memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fastdefect.kernels.simd.specialization import Specialization


@dataclass(frozen=True)
class NlMeansSpecialization(Specialization):
    """What a kernel is compiled for.

    Attributes
    ----------
    cpu : str
        Whose instructions may be named: ``avx512``, ``avx2`` or ``portable``.
    lanes, rows : int
        16-bit lanes of a vector, image rows of a block.
    t : int
        Half size of the template window.
    sums : str
        ``plain`` sums wrap, ``saturating`` ones stop at 65535, ``split`` ones have two parts.
    weights : str
        ``registers`` or ``polynomial``.
    """

    cpu: str
    lanes: int
    rows: int
    t: int
    sums: str = "plain"
    weights: str = "registers"

    @property
    def parts(self) -> int:
        return 2 if self.sums == "split" else 1

    @property
    def slots(self) -> int:
        """Columns of sums kept at a time: a power of two above 2t."""
        return 1 << (2 * self.t).bit_length()

    @property
    def saturating(self) -> bool:
        return self.sums == "saturating"


class Geometry(NamedTuple):
    """Numbers that the kernel needs, all int."""

    t: int
    s: int
    k: int  # vectors of a tile's row
    rows: int  # rows of a layout, with padding
    used_rows: int  # rows of a layout that are filled
    height: int  # rows of the sums: the tile's, rounded up to blocks
    ring: int  # rows of the ring of weights
    plain_bias: int  # added to each column sum
    other_bias: int
    limit: int  # largest range of grey values for which plain sums are exact
    largest: int  # weight of distance 0


class Scratch(NamedTuple):
    """Memory of one thread."""

    single: npt.NDArray[np.int16]
    single_pixels: npt.NDArray[np.int32]  # the same memory, an element per pixel
    pair: npt.NDArray[np.int16]
    swap: npt.NDArray[np.int16]
    low: npt.NDArray[np.uint8]
    high: npt.NDArray[np.uint8]
    ring: npt.NDArray[np.int16]
    window: npt.NDArray[np.int16]
    weighted: npt.NDArray[np.int32]
    weights: npt.NDArray[np.int32]
    line: npt.NDArray[np.int32]
    extended: npt.NDArray[np.int32]  # a row of the tile with its border
    ordered: npt.NDArray[np.uint8]  # a block of results, (rows, columns)
