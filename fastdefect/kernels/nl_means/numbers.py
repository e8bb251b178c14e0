"""What the vector kernel of NL-means takes: what its passes are compiled for, its numbers and its memory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from fastdefect.kernels.nl_means.columns import Columns
from fastdefect.kernels.nl_means.gather import Gather
from fastdefect.kernels.nl_means.rows import Rows


class Recipe(NamedTuple):
    """What the passes are compiled for."""

    smooth: Columns  # for blocks whose range of grey values proves that sums fit in 16 bits
    narrow: Columns  # for blocks whose grey values span less than 128
    wide: Columns  # for all others
    split: Columns  # where `other` takes split sums: for sums that leave 16 bits
    plain: Rows  # for sums that fit in 16 bits
    other: Rows  # for all others
    gather: Gather


class Geometry(NamedTuple):
    """Numbers that the kernel needs, all int."""

    t: int
    s: int
    k: int  # vectors of a tile's row
    vectors: int  # of a layout's row: those and the border on both sides, and one more
    used_rows: int  # rows of a layout
    height: int  # rows of the sums: the tile's, rounded up to blocks
    plain_bias: int  # added to each patch distance
    other_bias: int
    limit: int  # largest range of grey values of which it is known that sums fit in 16 bits
    most: int  # largest column sum of which it is known that sums fit in 16 bits
    rough: int  # largest upper part of a split column sum after which plain sums are tried again
    largest: int  # weight of distance 0
    ring_size: int  # bytes of the ring for one part of the weights
    sums_size: int  # bytes of the sums for one part of the weights


class Scratch(NamedTuple):
    """Memory of one thread that is filled and read as arrays."""

    low: npt.NDArray[np.uint8]  # least and largest grey value of each row
    high: npt.NDArray[np.uint8]
    extended: npt.NDArray[np.uint8]  # a row of the tile with its border
    lanes: npt.NDArray[np.uint8]  # two rows in strided lanes, (2, vectors * lanes)
    pairs: npt.NDArray[np.uint16]  # pairs of rows, (parity, pair, vectors * lanes)
    pixels: npt.NDArray[np.int16]  # pairs of columns
    columns: npt.NDArray[np.int16]  # column sums of a block
    ring: npt.NDArray[np.int16]
    active: npt.NDArray[
        np.int64
    ]  # of two rows of the ring, a bit for each pair of shifts that weighs anything
    chosen: npt.NDArray[np.int64]  # those that any of the rows in question needs
    sums: npt.NDArray[np.int32]
    turns: npt.NDArray[np.int64]  # mirrored positions of the shifts of dy = 0, then of the others
    line: npt.NDArray[np.int32]  # a vector of results
    ordered: npt.NDArray[np.uint8]  # two rows of results
    means: npt.NDArray[np.int32]  # column sums of a flat tile


class Places(NamedTuple):
    """Addresses of the parts of a `Scratch`, and distances in them, all int.

    For what `sum_tile` calls: a helper with arrays as arguments counts their references, with a locked instruction each, and
    fifteen of them cost as much as a tenth of the work on two rows.
    """

    low: int
    high: int
    pairs: int
    half: int  # pairs of rows of one parity
    pixels: int
    columns: int
    ring: int
    active: int
    chosen: int
    sums: int
    turns: int
    turns_step: int  # bytes from the table of dy = 0 to that of the others
