"""A grey image as BGR, or the other way round, window by window."""

from __future__ import annotations

from fastdefect.io.channels import with_channels
from fastdefect.io.tiles.source import Source
from fastdefect.typing import ByteImage


class OtherChannels:
    """An image as one of other channels.

    Parameters
    ----------
    source : Source
    channels : int
        1 for grey, 3 for BGR.
    """

    def __init__(self, source: Source, channels: int) -> None:
        self._source, self.channels = source, channels
        self.shape, self.name = source.shape, source.name

    def read(self, rows: slice, columns: slice) -> ByteImage:
        pixels = self._source.read(rows, columns)
        if self.channels == 3:
            return pixels[:, :, None].repeat(3, axis=2)
        return with_channels(pixels, 1)
