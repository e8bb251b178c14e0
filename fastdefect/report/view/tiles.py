"""The pictures of a page that zooms: a JPEG of each tile of the image, a PNG of each tile with defects."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from fastdefect.errors import OutputError
from fastdefect.io import make_folder, write_bytes
from fastdefect.large.layout import Place
from fastdefect.report.view.pyramid import Pictures

_QUALITY = 88  # of JPEG: 0.9 bytes a pixel of cloth with its noise
_MARK = 43, 74, 255, 170  # BGR and opacity


class TileFolder:
    """Takes tiles of a pyramid and writes their pictures.

    Parameters
    ----------
    folder : Path
        Made with one folder for each level in it.
    levels : int

    Attributes
    ----------
    marked : list of set of (int, int)
        For each level the tiles that have defects, and so a second picture.

    Raises
    ------
    OutputError
        A picture cannot be written.
    """

    def __init__(self, folder: Path, levels: int) -> None:
        self._folders = [make_folder(folder / str(level)) for level in range(levels)]
        self.marked: list[set[Place]] = [set() for _ in range(levels)]

    def __call__(self, level: int, place: Place, pictures: Pictures) -> None:
        stem = f"{place[0]}_{place[1]}"
        folder = self._folders[level]
        picture = _encoded(".jpg", pictures.image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        write_bytes(folder / f"{stem}.jpg", picture)
        marks = folder / f"{stem}.png"
        if not pictures.mask.any():
            marks.unlink(missing_ok=True)  # of an earlier page
            return
        layer = np.zeros((*pictures.mask.shape, 4), np.uint8)
        layer[pictures.mask != 0] = _MARK
        write_bytes(marks, _encoded(".png", layer, [cv2.IMWRITE_PNG_COMPRESSION, 3]))
        self.marked[level].add(place)


def _encoded(ending: str, picture: np.ndarray, settings: list[int]) -> bytes:
    done, data = cv2.imencode(ending, picture, settings)
    if not done:  # of no array that a pyramid makes
        raise OutputError(
            f"{ending}: expected a picture that OpenCV encodes, received {picture.shape}; report this"
        )
    return data.tobytes()
