"""A trained texture model as one flat file for the engine in C, ``*.fdm``.

    python -m fastdefect.freezer.texture_file MODEL.json MODEL.fdm

Little-endian, without gaps: `MAGIC` (16 bytes); bytes of all that follows the next word, and its CRC-32 (each uint32); then
`NUMBERS` in order, and the column profile, int16, as many as its length says. C reads the same
(``frozen/source/texture_file.c``).
"""

from __future__ import annotations

import os
import struct
import sys
import warnings
import zlib
from typing import Any

import numpy as np

from fastdefect.detectors.texture.model import TextureModel
from fastdefect.errors import ArgumentValueError
from fastdefect.io import write_bytes

MAGIC = b"fastdefect.fdm.1"
_WHOLE = (
    ("colour", 1), ("geometric", 1), ("window", 1), ("scales", 4), ("channels", 1), ("clips", 3), ("line_clip", 1),
    ("bar_clip", 1), ("energy_clip", 1), ("energy_neutral", 1), ("profile_width", 1),
)  # fmt: skip
_FLOATS = (
    ("grey_weights", 4), ("chroma_weights", 4), ("line_weight", 1), ("bar_weights", 2), ("bar_gains", 2),
    ("bar_offsets", 2), ("energy_floor", 1), ("energy_gains", 2), ("energy_weights", 2), ("side_gain", 1),
    ("side_offset", 1),
)  # fmt: skip
NUMBERS = (
    *((name, "<i4", count) for name, count in _WHOLE),
    *((name, "<f4", count) for name, count in _FLOATS),
    ("threshold", "<f8", 1),
    ("mask_threshold", "<f4", 1),
)
"""Name, type and number of what the file holds: fields of `FittedTexture`, and those of the model."""


def packed(model: TextureModel) -> bytes:
    """The bytes of a model's file.

    Raises
    ------
    ArgumentValueError
        The model is not trained, or learns from each image.
    """
    constants, channels = model.constants, model.channels
    if constants is None or channels is None:
        raise ArgumentValueError(
            "model: expected one that was trained on good images, received one without constants; call fit, or freeze a "
            "zero-shot model"
        )
    profile = np.zeros(0, np.int16) if constants.profile is None else constants.profile
    own: dict[str, Any] = {
        "channels": channels,
        "profile_width": len(profile),
        "threshold": model.threshold,
        "mask_threshold": model.mask_threshold,
    }
    parts = [
        np.asarray(own.get(name, getattr(constants, name, None)), kind).reshape(count).tobytes()
        for name, kind, count in NUMBERS
    ]
    content = b"".join([*parts, profile.astype("<i2").tobytes()])
    return MAGIC + struct.pack("<II", len(content), zlib.crc32(content)) + content


def export_texture(model: TextureModel, path: str | os.PathLike[str]) -> None:
    """Write a trained texture model for ``fd_texture_create``.

    The domain of its good images is not taken along: C does not tell images that show something else.

    Parameters
    ----------
    model : TextureModel
    path : str or os.PathLike

    Raises
    ------
    ArgumentValueError
        The model is not trained, or learns from each image.
    OutputError
        The file cannot be written.
    """
    if model.domain is not None:
        warnings.warn(
            "the domain of the model's good images is not in the file: the engine in C does not tell images that show "
            "something else",
            UserWarning,
            stacklevel=2,
        )
    write_bytes(path, packed(model))


if __name__ == "__main__":
    export_texture(TextureModel.load(sys.argv[1]), sys.argv[2])
