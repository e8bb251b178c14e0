"""SHA-256 of images, block by block: the same whatever file they lie in and whatever tiles computed them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.defects.table import Defects
from fastdefect.large.layout import BLOCK, Blocks


def block_digest(pixels: NDArray[Any]) -> str:
    """SHA-256 of a block: its pixels row by row, little-endian, nothing between them.

    Parameters
    ----------
    pixels : ndarray

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    little = np.ascontiguousarray(pixels, pixels.dtype.newbyteorder("<"))
    return hashlib.sha256(little.data.cast("B")).hexdigest()


def list_digest(digests: Iterable[str]) -> str:
    """SHA-256 over the SHA-256s of all blocks, row by row of blocks.

    Parameters
    ----------
    digests : iterable of str

    Returns
    -------
    str
    """
    return hashlib.sha256(b"".join(map(bytes.fromhex, digests))).hexdigest()


def image_digest(image: NDArray[Any], block: int = BLOCK) -> str:
    """What a certificate says of an image that lies in memory.

    Parameters
    ----------
    image : ndarray, (H, W) or (H, W, 3)
        A mask as uint8 of 0 and 255, a map as float32, an image as uint8.
    block : int
        Side of a block in pixels.

    Returns
    -------
    str

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.large.hashes import image_digest
    >>> import hashlib
    >>> one = hashlib.sha256(bytes(12)).digest()
    >>> image_digest(np.zeros((3, 4), np.uint8)) == hashlib.sha256(one).hexdigest()
    True
    """
    blocks = Blocks((image.shape[0], image.shape[1]), block)
    return list_digest(block_digest(image[blocks.window(place)]) for place in blocks)


def table_digest(defects: Defects) -> str:
    """SHA-256 of a table of defects: its columns one after another.

    Parameters
    ----------
    defects : Defects

    Returns
    -------
    str

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.defects import find_defects
    >>> from fastdefect.large import table_digest
    >>> len(table_digest(find_defects(np.eye(5, dtype=bool))))
    64
    """
    total = hashlib.sha256()
    columns: dict[str, NDArray[Any]] = defects.columns._asdict()
    for name, column in columns.items():
        total.update(f"{name} {column.shape} ".encode())
        for start in range(0, max(len(column), 1), 1 << 16):
            part = column[start : start + (1 << 16)]
            total.update(np.ascontiguousarray(part, part.dtype.newbyteorder("<")).tobytes())
    return total.hexdigest()


def document_digest(document: Any) -> str:
    """SHA-256 of plain data, however it is written.

    Parameters
    ----------
    document : object

    Returns
    -------
    str
    """
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
