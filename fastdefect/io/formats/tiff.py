"""TIFF and BigTIFF: the directories of its pages, as far as reading needs them."""

from __future__ import annotations

from dataclasses import dataclass
from struct import unpack_from
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.io.formats.header import Header

# Tags
SUBFILE, OLD_SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC = (
    254,
    255,
    256,
    257,
    258,
    259,
    262,
)
OFFSETS, SAMPLES, ROWS, COUNTS, PLANAR, COLOUR_MAP = 273, 277, 278, 279, 284, 320
TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, SAMPLE_FORMAT = 322, 323, 324, 325, 339
_WANTED = frozenset(
    {SUBFILE, OLD_SUBFILE, WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, OFFSETS, SAMPLES, ROWS, COUNTS}
    | {PLANAR, COLOUR_MAP, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS, SAMPLE_FORMAT}
)  # fmt: skip
# Size of a value by type; those read here have a NumPy type.
_SIZES = {
    1: 1,
    2: 1,
    3: 2,
    4: 4,
    5: 8,
    6: 1,
    7: 1,
    8: 2,
    9: 4,
    10: 8,
    11: 4,
    12: 8,
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
_NUMBERS = {1: "u1", 3: "u2", 4: "u4", 13: "u4", 16: "u8"}
_REDUCED, _MASK = 1, 4  # bits of NewSubfileType
_OLD_REDUCED = 2
_ALL_ROWS = 2**32 - 1
_FLOATS, _COMPLEX = 3, 6
_PALETTE = 3


@dataclass(frozen=True)
class Page:
    """A directory: where it stands, its number in the file, and its tags as arrays of integers."""

    at: int
    index: int
    tags: dict[int, NDArray[Any]]

    def get(self, tag: int, default: int) -> int:
        """The first value of a tag."""
        values = self.tags.get(tag)
        return default if values is None or not len(values) else int(values[0])

    @property
    def counts(self) -> bool:
        """Whether the file does not mark it as a smaller version of another page or as a mask."""
        marked = self.get(SUBFILE, 0) & (_REDUCED | _MASK)
        return not marked and self.get(OLD_SUBFILE, 0) != _OLD_REDUCED

    @property
    def tiled(self) -> bool:
        """Whether it consists of tiles instead of strips."""
        return TILE_WIDTH in self.tags

    @property
    def block(self) -> tuple[int, int]:
        """Width and height of a strip or tile."""
        width, height = self.get(WIDTH, 0), self.get(HEIGHT, 0)
        if self.tiled:
            return self.get(TILE_WIDTH, 0), self.get(TILE_HEIGHT, 0)
        rows = self.get(ROWS, _ALL_ROWS)
        return width, height if rows in (0, _ALL_ROWS) else rows

    def rows_of(self, index: int) -> int:
        """Rows of a strip or tile; the last strip of a plane may have fewer than the others."""
        rows, height = self.block[1], self.get(HEIGHT, 0)
        if self.tiled:
            return rows
        return min(rows, height - index % -(-height // rows) * rows)

    @property
    def samples(self) -> str:
        """What a sample is, where it isn't an integer of at most 8 bits without a sign, or one that is packed."""
        bits, form = self.get(BITS, 1), self.get(SAMPLE_FORMAT, 1)
        if form == _FLOATS:
            return f"{bits}-bit floats"
        if form >= _COMPLEX - 1:
            return "complex numbers"
        if form == 2:
            return f"{bits}-bit integers with a sign"
        packed = bits not in (1, 8) and not (bits == 4 and self.get(PHOTOMETRIC, 1) == _PALETTE)
        return f"{bits}-bit integers" if packed else ""

    @property
    def block_count(self) -> int:
        """Strips or tiles that the picture consists of."""
        width, height = self.block
        across, down = -(-self.get(WIDTH, 0) // width), -(-self.get(HEIGHT, 0) // height)
        return across * down * (self.get(SAMPLES, 1) if self.get(PLANAR, 1) == 2 else 1)

    def blocks(self) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
        """Where the strips or tiles begin, and how many bytes each has."""
        tags = (TILE_OFFSETS, TILE_COUNTS) if self.tiled else (OFFSETS, COUNTS)
        offsets, counts = (self.tags.get(tag, np.empty(0)).astype(np.uint64) for tag in tags)
        return offsets[: self.block_count], counts[: self.block_count]


def pages(data: bytes) -> list[Page]:
    """List the pages that count, in the order of the file.

    Raises
    ------
    ValueError, struct.error
        A directory or value lies outside the file, or the directories form a ring.
    """
    order = "<" if data.startswith(b"II") else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    at = unpack_from(f"{order}Q" if big else f"{order}I", data, 8 if big else 4)[0]
    found: list[Page] = []
    seen = 0  # bytes of directories: more than the file has are a ring, or overlap
    while at:
        count = unpack_from(f"{order}Q" if big else f"{order}H", data, at)[0]
        start, size = (at + 8, 20) if big else (at + 2, 12)
        end = start + size * count
        seen += end - at
        if end > len(data) or seen > len(data):
            raise ValueError("a directory outside the file")
        tags = dict(_entries(data, order, big, start, count))
        found.append(Page(at, len(found), tags))
        at = unpack_from(f"{order}Q" if big else f"{order}I", data, end)[0]
    return [page for page in found if page.counts]


def with_first(data: bytes, page: Page) -> bytes:
    """Return the file with another page in front, for decoders that read the first alone."""
    order = "little" if data.startswith(b"II") else "big"
    at, size = (8, 8) if data[2:4] in (b"+\0", b"\0+") else (4, 4)
    first = page.at.to_bytes(size, order)  # type: ignore[arg-type]
    return data if data[at : at + size] == first else data[:at] + first + data[at + size :]


def _entries(data: bytes, order: str, big: bool, start: int, count: int) -> Any:
    head, inline, size = ("HHQ", 8, 20) if big else ("HHI", 4, 12)
    for entry in range(start, start + size * count, size):
        tag, kind, number = unpack_from(order + head, data, entry)
        length = _SIZES.get(kind, 0) * number
        at = entry + size - inline
        if length > inline:
            at = unpack_from(f"{order}Q" if big else f"{order}I", data, at)[0]
        if at + length > len(data):
            raise ValueError("a value outside the file")
        if tag in _WANTED and kind in _NUMBERS:
            yield tag, np.frombuffer(data, order + _NUMBERS[kind], number, at)


def look_tiff(data: bytes, number: int = 1) -> Header:
    """What the page of that number, from 1, says of itself, and how many there are."""
    found = pages(data)
    if not found:
        return Header("TIFF", 0, 0, is_whole=True, frames=0)
    page = found[min(number, len(found)) - 1]
    width, height = page.get(WIDTH, 0), page.get(HEIGHT, 0)
    block_width, block_height = page.block
    return Header(
        "TIFF",
        width,
        height,
        _has_its_blocks(page, len(data)) and _has_its_colours(page),
        frames=len(found),
        samples=page.samples,
        scratch_pixels=block_width * block_height,
    )


def _has_its_colours(page: Page) -> bool:
    """Whether the colours that a page names by numbers are there; without them OpenCV takes the numbers for grey levels."""
    if page.get(PHOTOMETRIC, 1) != _PALETTE:
        return True
    bits = page.get(BITS, 1)
    # more bits are refused for what they are
    return bits > 8 or len(page.tags.get(COLOUR_MAP, ())) >= 3 << bits


def _has_its_blocks(page: Page, size: int) -> bool:
    """Whether every strip or tile has bytes, and within the file."""
    if not all(page.block):
        return False
    offsets, counts = page.blocks()
    if not len(offsets) == len(counts) == page.block_count:
        return False
    # in this order, because the sum of two may wrap
    return bool((counts > 0).all() and (counts <= size).all() and (offsets <= size - counts).all())
