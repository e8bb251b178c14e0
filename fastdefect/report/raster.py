"""A result as pictures: the mask as PNG, the score map as TIFF of floats."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np

from fastdefect.detectors.result import Detection
from fastdefect.errors import ArgumentValueError
from fastdefect.io import PathLike, write_bytes, write_image
from fastdefect.optional import require


def write_mask(path: PathLike, detection: Detection) -> Path:
    """Write the mask, 255 where a defect is and 0 elsewhere."""
    return write_image(path, detection.mask.astype(np.uint8) * np.uint8(255))


def write_score_map(
    path: PathLike, detection: Detection, mm_per_px: tuple[float, float] | None = None
) -> Path:
    """Write the score map as an uncompressed TIFF of 32-bit floats.

    Parameters
    ----------
    path : str or os.PathLike
    detection : Detection
    mm_per_px : (float, float), optional
        Millimetres per pixel (row, column), kept as the file's resolution.

    Raises
    ------
    ArgumentValueError
        The detector makes no score map.
    MissingPackageError
        tifffile is not installed.
    OutputError
        The file cannot be written there.
    """
    tifffile = load_tifffile()
    if detection.score_map is None:
        raise ArgumentValueError(
            "detection: expected one with a score map, received one without; leave score maps out "
            "for this detector"
        )
    scale = {}
    if mm_per_px is not None:
        row, column = mm_per_px
        scale = {"resolution": (10 / column, 10 / row), "resolutionunit": "CENTIMETER"}
    file = io.BytesIO()
    tifffile.imwrite(file, detection.score_map, photometric="minisblack", metadata=None, **scale)
    return write_bytes(path, file.getvalue())


def load_tifffile() -> Any:
    """Return tifffile, or raise `MissingPackageError` with the pip command."""
    return require("tifffile", "score maps are written by", "report")
