"""One network ready for images of one shape: fixed buffers, tiles, score."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastdefect.backends.opencv_regions import resize
from fastdefect.detectors.onnx.recipe import Recipe
from fastdefect.detectors.onnx.session import (
    check_outputs,
    input_of,
    keep_for_ever,
    open_session,
    run_once,
)
from fastdefect.errors import ArgumentValueError, ModelFileError
from fastdefect.kernels._numba import Bound
from fastdefect.kernels.texture import top
from fastdefect.kernels.texture.numbers import Rows
from fastdefect.tiling.geometry import Tile
from fastdefect.tiling.one_size import tiles_of_one_size
from fastdefect.typing import BoolImage, ByteImage, FloatImage, Shape

_clear_outside, _top_values = Bound(top.clear_outside), Bound(top.top_values)
# Highest values of a map whose mean is the image's score.
TOP = 20
# Pixels of a side of a tile, its halo included: a network's layers take some 200 bytes a pixel.
SIDE = 1024


@dataclass(frozen=True)
class NetworkPath:
    """What a plan runs.

    Attributes
    ----------
    provider : str
    tiles : int
    shape : (int, int)
        What the network is given at a time.
    """

    provider: str
    tiles: int
    shape: tuple[int, int]

    def __str__(self) -> str:
        parts = "" if self.tiles == 1 else f"{self.tiles} tiles of "
        return f"{self.provider}, {parts}{self.shape[1]} x {self.shape[0]}"


class NetworkStep:
    """The step ``(image, outside, score_map) -> score`` of a network.

    Parameters
    ----------
    network : bytes
        The ONNX file.
    recipe : Recipe
    shape : (int, int)
        Height and width of the images.
    threads : int
    provider : str
    side : int
        Most height and width of what the network is given at a time, where it may be given tiles.

    Raises
    ------
    MissingPackageError
        onnxruntime is not installed.
    ModelFileError
        The network is none that this runtime runs, or another than the recipe says.
    """

    def __init__(
        self,
        network: bytes,
        recipe: Recipe,
        shape: Shape,
        threads: int,
        provider: str,
        side: int = SIDE,
    ) -> None:
        self._network, self._recipe, self._shape = network, recipe, shape
        self._threads, self._provider = threads, provider
        stride = recipe.stride
        self._side = max(side // stride, 3 * (recipe.halo or 0) // stride + 1) * stride
        height, width = (-(-length // stride) * stride for length in shape)
        self._size = (height, width) if recipe.size is None else recipe.size
        whole = Tile(*3 * ((slice(0, self._size[0]), slice(0, self._size[1])),))
        halo = recipe.halo
        self._tiles = (whole,) if halo is None else tiles_of_one_size(self._size, halo, self._side)
        first = self._tiles[0].outer
        self._given = first[0].stop - first[0].start, first[1].stop - first[1].start
        channels = recipe.channels
        self._values = np.zeros((channels, *self._size), np.float32)
        self._fitted = np.zeros((*self._size, channels)[: 2 + (channels > 1)], np.uint8)
        self._map = np.zeros(self._size, np.float32)
        self._top = np.zeros(TOP, np.float32)
        self._rows = Rows(shape[0], 0, 0, shape[0])
        factors = [1.0 / (recipe.scale * each) for each in recipe.deviations]
        offsets = [-m / d for m, d in zip(recipe.means, recipe.deviations, strict=True)]
        self._factors, self._offsets = (
            np.array(each, np.float32)[:, None, None] for each in (factors, offsets)
        )
        self._plain = not self._offsets.any() and bool((self._factors == 1).all())
        self._open()

    @property
    def path(self) -> NetworkPath:
        """What runs, for profiles and reports."""
        return NetworkPath(self._provider, len(self._tiles), self._given)

    @property
    def nbytes(self) -> int:
        """Bytes of its own buffers; what the runtime holds comes on top."""
        arrays: list[NDArray[Any]] = [self._values, self._fitted, self._map, self._input]
        arrays += self._outputs
        return sum(each.nbytes for each in arrays)

    def _open(self) -> None:
        """Make the session, learn from one run what it returns, and fix the buffers."""
        recipe = self._recipe
        names = [recipe.map] if recipe.score is None else [recipe.map, recipe.score]
        session = open_session(self._network, self._threads, self._provider)
        check_outputs(session, names)
        name, dtype, declared = input_of(session)
        channels = recipe.channels
        nchw = recipe.layout == "nchw"
        axes = (1, channels, *self._given) if nchw else (1, *self._given, channels)
        if len(declared) != 4:
            raise ModelFileError(
                f"network: expected an input of 4 axes ({recipe.layout}), received one of {len(declared)}; "
                "export it for images"
            )
        self._input = np.zeros(axes, dtype)
        self._inside = self._input[0] if nchw else self._input[0].transpose(2, 0, 1)
        found = run_once(session, names, name, self._input)
        for output, array, wanted in zip(names, found, (self._given[0] * self._given[1], 1), strict=False):  # fmt: skip
            if array.size != wanted:
                raise ModelFileError(
                    f"network: expected {wanted} numbers of the output {output!r}, received shape {array.shape}; "
                    "name the output that is the map (one number a pixel), or the score (one)"
                )
        self._outputs = [np.zeros(array.shape, np.float32) for array in found]
        binding = session.io_binding()
        binding.bind_input(name, "cpu", 0, dtype, axes, self._input.ctypes.data)
        for output, array in zip(names, self._outputs, strict=True):
            binding.bind_output(output, "cpu", 0, np.float32, array.shape, array.ctypes.data)
        self._session, self._binding, self._process = session, binding, os.getpid()

    def __call__(self, image: ByteImage, outside: BoolImage | None, score_map: FloatImage) -> float:
        if self._process != os.getpid():
            # the runtime's threads did not come along into a forked child, and its end would wait for them: it is let be
            keep_for_ever(self._session)
            self._open()
        self._prepare(image)
        for tile in self._tiles:
            rows, columns = tile.outer
            np.copyto(self._inside, self._values[:, rows, columns], casting="unsafe")
            self._session.run_with_iobinding(self._binding)
            self._map[tile.core] = self._outputs[0].reshape(self._given)[tile.inner]
        height, width = self._shape
        if self._recipe.size is None or self._size == self._shape:
            np.maximum(self._map[:height, :width], 0, out=score_map)
        else:
            resize(np.maximum(self._map, 0, out=self._map), score_map)
        if outside is not None:
            _clear_outside(score_map, outside.view(np.uint8), self._rows)
        if self._recipe.score is None:
            _top_values(score_map, score_map.view(np.int32), self._rows, self._top, self._top.view(np.int32))  # fmt: skip
            score = float(self._top[max(0, TOP - score_map.size) :].mean())
        else:
            score = max(0.0, float(self._outputs[1].reshape(-1)[0]))
        if not np.isfinite(score + float(score_map.sum())):  # nothing below 0 that could cancel
            raise ArgumentValueError(
                "img: expected an image that the network has finite scores for, received one with others; mend the network, "
                "or the scaling that is written beside it"
            )
        return score

    def _prepare(self, image: ByteImage) -> None:
        """Fill the values of the whole image: channels apart and in order, scaled, repeated at the lower and right edge."""
        values, recipe = self._values, self._recipe
        if recipe.size is not None and self._size != self._shape:
            resize(image, self._fitted)
            image = self._fitted
        height, width = image.shape[:2]
        if image.ndim == 2:
            values[0, :height, :width] = image
        else:
            planes: NDArray[Any] = image.transpose(2, 0, 1)
            values[:, :height, :width] = planes[::-1] if recipe.colour == "rgb" else planes
        if not self._plain:
            part = values[:, :height, :width]
            part *= self._factors
            part += self._offsets
        values[:, height:, :width] = values[:, height - 1 : height, :width]
        values[:, :, width:] = values[:, :, width - 1 : width]
