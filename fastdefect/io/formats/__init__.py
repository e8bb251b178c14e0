"""What an image file says of itself, before a decoder sees it: a table of formats, each with one look at its bytes."""

from fastdefect.io.formats.header import Header
from fastdefect.io.formats.table import FORMATS, look

__all__ = ["FORMATS", "Header", "look"]
