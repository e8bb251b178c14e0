"""An image and its defects as OME-Zarr, version 0.5: levels of one image, and of labels, in chunks of one tile each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.errors import OutputError
from fastdefect.io.paths import reason
from fastdefect.optional import require
from fastdefect.typing import Shape

_VERSION = "0.5"
_RED = [255, 74, 43, 170]
_CHANNELS = ("FF0000", "00FF00", "0000FF")


class OmeZarr:
    """A store that takes the tiles of a pyramid.

    A chunk is a tile, and no chunk shares a file with another: two writers in one shard lose pixels without a word.

    Parameters
    ----------
    path : Path
        Its folder; what is there is replaced if it is a store of Zarr, and refused else.
    shapes : sequence of (int, int)
        Height and width of each level.
    channels : int
        1 for grey, 3 for BGR.
    side : int
        Of a tile in pixels.

    Raises
    ------
    MissingPackageError
        zarr is not installed.
    OutputError
        It cannot be written.
    """

    def __init__(self, path: Path, shapes: Sequence[Shape], channels: int, side: int) -> None:
        zarr = require("zarr", "OME-Zarr is written by", "zarr")
        self._path, self._side = path, side
        if path.exists() and not (path / "zarr.json").is_file():
            raise OutputError(
                f"{path}: expected a new folder or a store of Zarr, received something else; choose another"
            )
        self._colour = channels == 3
        front = (3,) if self._colour else ()
        axes = ["c", "y", "x"] if self._colour else ["y", "x"]
        try:
            group = zarr.open_group(str(path), mode="w", zarr_format=3)
            group.attrs["ome"] = _described(axes, shapes) | (
                {"omero": {"channels": [_channel(colour) for colour in _CHANNELS]}}
                if self._colour
                else {}
            )
            labels = group.create_group("labels")
            labels.attrs["ome"] = {"version": _VERSION, "labels": ["defects"]}
            marks = labels.create_group("defects")
            colours = [{"label-value": 1, "rgba": _RED}]
            shown = {"colors": colours, "source": {"image": "../../"}}
            marks.attrs["ome"] = _described(["y", "x"], shapes) | {"image-label": shown}
            self._image = [
                self._array(group, k, (*front, *shape)) for k, shape in enumerate(shapes)
            ]
            self._marks = [self._array(marks, k, shape) for k, shape in enumerate(shapes)]
        except OSError as error:
            raise self._refused(error) from error

    def _array(self, group: Any, level: int, shape: tuple[int, ...]) -> Any:
        chunks = (*(1 for _ in shape[:-2]), self._side, self._side)
        chunks = tuple(min(pair) for pair in zip(chunks, shape, strict=True))
        axes = ("c", "y", "x")[-len(shape) :]
        return group.create_array(
            str(level),
            shape=shape,
            chunks=chunks,
            dtype="uint8",
            fill_value=0,
            dimension_names=axes,
        )

    def _refused(self, error: Exception) -> OutputError:
        return OutputError(
            f"{self._path}: cannot be written ({reason(error)}); make room and permission there"
        )

    def put(
        self, level: int, place: tuple[int, int], image: NDArray[np.uint8], mask: NDArray[np.uint8]
    ) -> None:
        """Take a tile; BGR becomes red, green and blue planes, and 255 of the mask the label 1. From any thread.

        Raises
        ------
        OutputError
            It cannot be written.
        """
        rows, columns = (
            slice(each * self._side, each * self._side + size)
            for each, size in zip(place, mask.shape, strict=True)
        )
        try:
            if self._colour:
                self._image[level][:, rows, columns] = image[:, :, ::-1].transpose(2, 0, 1)
            else:
                self._image[level][rows, columns] = image
            self._marks[level][rows, columns] = mask // 255
        except OSError as error:
            raise self._refused(error) from error


def _described(axes: list[str], shapes: Sequence[Shape]) -> dict[str, Any]:
    """What stands in the attributes of an image of several levels."""
    named = [{"name": axis, "type": "channel" if axis == "c" else "space"} for axis in axes]
    listed = []
    for level in range(len(shapes)):
        # a pixel of a level is a square of the first one's, whose middle it stands for
        scale = [1.0 if axis == "c" else float(2**level) for axis in axes]
        shift = [0.0 if axis == "c" else (2**level - 1) / 2 for axis in axes]
        places = [{"type": "scale", "scale": scale}, {"type": "translation", "translation": shift}]
        listed.append({"path": str(level), "coordinateTransformations": places})
    return {
        "version": _VERSION,
        "multiscales": [{"axes": named, "datasets": listed, "name": "image"}],
    }


def _channel(colour: str) -> dict[str, Any]:
    window = {"start": 0, "end": 255, "min": 0, "max": 255}
    return {"color": colour, "active": True, "window": window}
