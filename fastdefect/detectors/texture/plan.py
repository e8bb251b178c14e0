"""A texture model made ready for one image shape."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter_ns
from typing import Any, Protocol

import numpy as np

from fastdefect.backends import load
from fastdefect.backends.texture_strips import ROWS
from fastdefect.checks import check_int, check_kind
from fastdefect.defects.find import find_defects
from fastdefect.defects.params import RegionParams
from fastdefect.detectors.good_images import check_mask
from fastdefect.detectors.result import Detection
from fastdefect.detectors.texture.params import TextureParams
from fastdefect.errors import ArgumentValueError
from fastdefect.operations.texture import SIDE_MIN, FittedTexture, TextureStructure
from fastdefect.ops import value_channel
from fastdefect.roi.area import AreaLike, inspected_area
from fastdefect.roi.mirror import Mirror
from fastdefect.tiling.non_reentrant import NonReentrant
from fastdefect.tiling.workers import check_threads
from fastdefect.typing import BoolImage, ByteImage


class Model(Protocol):
    """What a plan asks of its model; thresholds may change between calls."""

    params: TextureParams
    threshold: float
    mask_threshold: float
    channels: int | None

    def check(self, img: ByteImage) -> ByteImage:
        """The image as kernels take it."""

    def constants_for(self, image: ByteImage, ignore: BoolImage | None = None) -> FittedTexture:
        """Learned, or of what counts in this image."""


class TexturePlan:
    """A texture model made ready for one image shape; made by `TextureModel.plan`."""

    def __init__(
        self,
        model: Model,
        shape: tuple[int, int],
        *,
        threads: int | None = None,
        rows: int = ROWS,
        roi: AreaLike | None = None,
        ignore: AreaLike | None = None,
        regions: RegionParams | None = None,
    ) -> None:
        if not isinstance(shape, (tuple, list)) or len(shape) != 2:
            raise ArgumentValueError(
                f"shape: expected (height, width), received {shape!r}; pass img.shape[:2]"
            )
        height, width = (check_int("shape", side, SIDE_MIN, 2**31 - 1) for side in shape)
        self._model = model
        self._shape = height, width
        self._workers = check_threads(threads)
        self._rows = check_int("rows", rows, 1, 2**31 - 1)
        self._maps: Any = None
        self._score: Any = None
        self._mask: Any = None
        self._entered = NonReentrant("plan")
        self._regions = check_kind("regions", regions, RegionParams)
        self._inside = inspected_area(self._shape, roi, ignore)
        self._mirrored: tuple[bytes, Mirror] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Height and width of the images."""
        return self._shape

    @property
    def threads(self) -> int:
        """Threads that work on an image, the caller's included."""
        return self._workers.threads

    @property
    def nbytes(self) -> int:
        """Bytes that the plan holds between calls; 0 before the first."""
        held = sum(a.nbytes for a in (self._score, self._mask) if a is not None)
        return held + (0 if self._maps is None else self._maps.nbytes)

    def warmup(self) -> Mapping[str, float]:
        """Compile, or load from the cache, everything that a call runs; milliseconds per stage of that call."""
        channels = () if self._model.channels == 1 else (3,)
        noise = np.random.default_rng(0).integers(0, 256, (*self._shape, *channels), np.uint8)
        return self(noise, copy=False).speed

    def __call__(
        self, img: ByteImage, *, copy: bool = True, ignore: BoolImage | None = None
    ) -> Detection:
        """Inspect one image, see `TextureModel.__call__`.

        With ``copy=False`` map and mask are the plan's own and live until the next call.
        """
        image = self._model.check(img)
        if image.shape[:2] != self._shape:
            raise ArgumentValueError(
                f"img: expected shape {self._shape} as the plan was made for, received {image.shape[:2]}; "
                "make a plan for that shape, or call the model"
            )
        inside = self._inside
        if ignore is not None:
            skip = check_mask("ignore", ignore, self._shape)
            inside = ~skip if inside is None else inside & ~skip
        with self._entered:
            return self._run(image, copy, inside)

    def _mirror(self, image: ByteImage, inside: BoolImage) -> ByteImage:
        """The image with its inside mirrored outside; the places are kept for the next call with the same area."""
        key = inside.tobytes()
        if self._mirrored is None or self._mirrored[0] != key:
            self._mirrored = key, Mirror(inside, self._model.params.halo)
        return self._mirrored[1](image)

    def _run(self, image: ByteImage, copy: bool, inside: BoolImage | None) -> Detection:
        begin = perf_counter_ns()
        ignore = None if inside is None else ~inside
        if inside is not None and inside.any():
            image = self._mirror(image, inside)
        elif copy:
            image = (
                image.copy()
            )  # for contrast, which is taken later; the caller may use the memory again
        constants = self._model.constants_for(image, ignore)
        if self._maps is None:
            structure = TextureStructure.of(constants, 3 if image.ndim == 3 else 1)
            plan = load().texture_map
            self._maps = plan(self._shape, structure, self._workers, rows=self._rows)
        if copy or self._score is None:
            self._score = np.empty(self._shape, np.float32)
            self._mask = np.empty(self._shape, np.bool_)
        score, mask = self._score, self._mask
        learned = perf_counter_ns()
        value = self._maps(image, constants, ignore, score)
        mapped = perf_counter_ns()
        threshold = self._model.threshold
        if value > threshold:
            np.greater(score, np.float32(self._model.mask_threshold), out=mask)
        else:
            mask[:] = False
        if copy:
            self._score = self._mask = None
        end = perf_counter_ns()
        rules = self._regions
        speed = {
            "constants": (learned - begin) / 1e6,
            "map": (mapped - learned) / 1e6,
            "mask": (end - mapped) / 1e6,
            "total": (end - begin) / 1e6,
        }
        return Detection(
            is_defective=value > threshold,
            score=value,
            threshold=threshold,
            mask=mask,
            speed=speed,
            inside=inside,
            makers={
                "score_map": lambda: score,
                "defects": lambda: find_defects(
                    mask, rules, score_map=score, grey=_grey(image), inside=inside
                ),
            },
        )


def _grey(image: ByteImage) -> ByteImage:
    """The value channel, against which contrast is taken."""
    return image if image.ndim == 2 else value_channel(image, threads=1)
