"""What every format's look at its bytes gives."""

from __future__ import annotations

from dataclasses import dataclass

# No photograph packs more pixels into a byte; a picture of one grey level can, in formats that code runs of any length.
MOST_PIXELS_PER_BYTE = 4096
# So many pixels are decoded of any file, however short: 12 MB.
ALWAYS_PIXELS = 1 << 22


@dataclass(frozen=True)
class Header:
    """A file's promises, and whether its bytes can keep them.

    Parameters
    ----------
    format : str
        What people call it: ``"PNG"``.
    width, height : int
        Pixels of what is decoded.
    is_whole : bool
        False where a length, a mark or a sum shows that bytes are missing.
    pixels_per_byte : float, optional
        Most pixels that a byte of this format can stand for; with None up to `ALWAYS_PIXELS` need no byte at all.
    frames : int
        Pictures in the file that are to be looked at.
    samples : str
        What a pixel is made of where it isn't 8-bit integers: ``"16-bit integers"``.
    scratch_pixels : int
        Pixels of the largest part that a decoder holds besides the picture.
    """

    format: str
    width: int
    height: int
    is_whole: bool = True
    pixels_per_byte: float | None = None
    frames: int = 1
    samples: str = ""
    scratch_pixels: int = 0

    @property
    def pixels(self) -> int:
        """The most pixels that decoding takes memory for."""
        return max(self.width * self.height, self.scratch_pixels)

    def fits_into(self, size: int) -> bool:
        """Say whether ``size`` bytes can hold the picture, so that work is bounded by the size of the file."""
        if self.pixels_per_byte is not None:
            return self.pixels <= self.pixels_per_byte * size
        return self.pixels <= max(ALWAYS_PIXELS, MOST_PIXELS_PER_BYTE * size)


def bits_name(bits: int) -> str:
    """Name the samples of a format of integers; empty for the 8 bits, or fewer, that are read."""
    return "" if bits <= 8 else f"{bits}-bit integers"
