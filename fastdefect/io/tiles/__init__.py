"""Images that are read and written in parts: sources of windows, and files of blocks."""

from fastdefect.io.tiles.block_tiff import BlockTiff
from fastdefect.io.tiles.source import ArraySource, Source, open_source

__all__ = ["ArraySource", "BlockTiff", "Source", "open_source"]
