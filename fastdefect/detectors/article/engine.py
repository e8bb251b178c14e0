"""A plan for one image shape: buffers, threads, warm-up, times."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, partial
from time import perf_counter_ns
from typing import Any

import numpy as np

from fastdefect.backends import load
from fastdefect.backends.table import Step
from fastdefect.checks import check_image, check_kind, check_real, check_shape
from fastdefect.defects.find import find_defects
from fastdefect.defects.params import RegionParams
from fastdefect.detectors.article import pipeline
from fastdefect.detectors.article.params import ArticleParams
from fastdefect.detectors.article.pipeline import Stage
from fastdefect.detectors.article.roi_stages import stages_within
from fastdefect.detectors.result import Detection
from fastdefect.errors import ArgumentValueError
from fastdefect.perf.latency import Latency
from fastdefect.perf.profile import Profile, StageProfile
from fastdefect.reference.contours import find_contours
from fastdefect.roi.area import AreaLike, inspected_area
from fastdefect.tiling.non_reentrant import NonReentrant
from fastdefect.tiling.workers import check_threads
from fastdefect.typing import BoolImage, ByteImage


class Engine:
    """The article's detector, planned for one image shape.

    Parameters
    ----------
    shape : (int, int)
        Height and width of the images in pixels; grey and BGR images of that size are taken alike.
    params : ArticleParams, optional
        By default the article's constants.
    threads : int, optional
        1 ... 256, by default what the process may use (affinity and container quota).
    roi, ignore : optional
        What is inspected and what is left out of it, see `fastdefect.roi.area`. Pixels outside never count and
        never change anything inside: blur and NL-means see the inside mirrored there, Otsu's histogram leaves them out.
    regions : RegionParams, optional
        How pixels become defects: scale, least size, merging, severity.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad argument or an image of another shape.
    EngineBusyError
        When a second thread enters an engine that is at work: make one engine per thread.

    Notes
    -----
    All images between the stages are made here, once. Besides them, a call that copies its results makes a mask and a
    filtered image of H x W bytes each. After `warmup`, a call with ``copy=False`` makes no array, starts no thread and
    compiles nothing; three things are made when they are first asked for and lie outside this promise: the regions,
    the score map and the contours of a `Detection`. So are images that are not C-contiguous, or have alpha: they are
    copied.
    """

    def __init__(
        self,
        shape: tuple[int, int],
        params: ArticleParams | None = None,
        threads: int | None = None,
        *,
        roi: AreaLike | None = None,
        ignore: AreaLike | None = None,
        regions: RegionParams | None = None,
    ) -> None:
        self.shape = check_shape(shape)
        self.params = check_kind("params", params, ArticleParams)
        self.regions = check_kind("regions", regions, RegionParams)
        self.inside = inspected_area(self.shape, roi, ignore)
        self._sequence = pipeline.DETECT if self.inside is None else stages_within(self.inside)
        self._workers = check_threads(threads)
        self._backend = load()
        self._images: dict[str, ByteImage] = {}
        self._steps: dict[Stage, Step] = {}
        self._entered = NonReentrant("engine")
        self._plan(self._sequence)

    @property
    def threads(self) -> int:
        """Threads that work on an image at the same time, the caller's included."""
        return self._workers.threads

    @property
    def nbytes(self) -> int:
        """Bytes of the images between the stages and of the stages' own memory where they tell."""
        images = sum(image.nbytes for image in self._images.values())
        return images + sum(getattr(step, "nbytes", 0) for step in self._steps.values())

    def __call__(self, img: ByteImage, *, copy: bool = True, stages: bool = False) -> Detection:
        """Inspect one image.

        Parameters
        ----------
        img : ndarray of uint8, (H, W, 3), (H, W, 4) or (H, W)
            BGR, BGR with alpha (ignored), or grey, which is its own value channel. Never modified.
        copy : bool, default: True
            If False, the arrays of the result are views of the engine's memory that the next call overwrites, and the call
            makes no array.
        stages : bool, default: False
            Also make ``hsv`` (of a colour image), ``value``, ``binary``, ``erosion`` and ``dilation`` and return them in
            ``Detection.stages``.

        Returns
        -------
        Detection
        """
        image = check_image("img", img)
        if image.shape[:2] != self.shape:
            raise ArgumentValueError(
                f"img: expected shape {self.shape} as the engine was made for, received "
                f"{image.shape[:2]}; make an engine for that shape, or call fastdefect.detect"
            )
        with self._entered:
            return self._run(image, copy, stages)

    def warmup(self, *, stages: bool = False) -> Mapping[str, float]:
        """Compile, or load from the cache, everything that a call runs.

        Parameters
        ----------
        stages : bool, default: False
            Also what ``stages=True`` needs.

        Returns
        -------
        mapping of str to float
            Milliseconds that each stage's first call took, and their sum as ``"total"``.
        """
        noise = np.random.default_rng(0).integers(0, 256, (*self.shape, 3), np.uint8)
        first = self(noise, copy=False, stages=stages).speed
        # flat tiles and grey images take other kernels
        self(np.zeros((*self.shape, 3), np.uint8), copy=False, stages=stages)
        self(noise[:, :, 0], copy=False, stages=stages)
        return first

    def profile(self, img: ByteImage, *, seconds: float = 1.0) -> Profile:
        """Warm up, then inspect one image again and again without copies and take the times.

        Parameters
        ----------
        img : ndarray of uint8
            As for a call.
        seconds : float, default: 1.0
            Time to measure, positive; at least 20 calls are made.

        Returns
        -------
        Profile
            Percentiles of the whole call as its caller sees it, and of each stage.
        """
        check_real("seconds", seconds, minimum=0.0)
        self.warmup()
        self(img, copy=False)
        calls: list[float] = []
        stages: dict[str, list[float]] = {stage.name: [] for stage in self._sequence}
        begin = perf_counter_ns()
        while len(calls) < 20 or perf_counter_ns() - begin < seconds * 1e9:
            start = perf_counter_ns()
            found = self(img, copy=False)
            calls.append((perf_counter_ns() - start) / 1e6)
            for name, times in stages.items():
                times.append(found.speed[name])
        whole = sum(calls)
        return Profile(
            shape=self.shape,
            threads=self.threads,
            backend=self._backend.name,
            buffers=self.nbytes,
            latency=Latency.of(calls),
            milliseconds=tuple(calls),
            stages={s.name: self._stage(s, stages[s.name], whole) for s in self._sequence},
        )

    def _stage(self, stage: Stage, milliseconds: list[float], whole: float) -> StageProfile:
        latency = Latency.of(milliseconds)
        per_second = self.shape[0] * self.shape[1] / (latency.p50 / 1000)
        return StageProfile(
            latency=latency,
            share=sum(milliseconds) / whole,
            bytes_per_second=per_second * stage.bytes_moved,
            operations_per_second=per_second * stage.operations(self.params),
            path=str(getattr(self._steps[stage], "path", "")),
        )

    def _plan(self, stages: tuple[Stage, ...]) -> None:
        for stage in stages:
            if stage in self._steps:
                continue
            self._steps[stage] = stage.plan(self._backend, self.shape, self._workers, self.params)
            if stage.image is not None:
                channels = (stage.channels,) if stage.channels > 1 else ()
                self._images[stage.image] = np.zeros((*self.shape, *channels), np.uint8)

    def _run(self, image: ByteImage, copy: bool, stages: bool) -> Detection:
        sequence = self._sequence
        if stages:
            sequence += tuple(s for s in pipeline.PICTURES if s.image != "hsv" or image.ndim == 3)
            self._plan(sequence)
        values: dict[str, Any] = {"source": image}
        speed: dict[str, float] = {}
        begin = start = perf_counter_ns()
        for stage in sequence:
            inputs = [values[name] for name in stage.reads]
            if stage.image is not None:
                values[stage.image] = self._images[stage.image]
                inputs.append(values[stage.image])
            number = self._steps[stage](*inputs)
            if stage.number is not None:
                values[stage.number] = number
            stop = perf_counter_ns()
            speed[stage.name] = (stop - start) / 1e6
            start = stop
        speed["total"] = (start - begin) / 1e6
        return self._detection(values, speed, copy, stages)

    def _detection(
        self, values: dict[str, Any], speed: dict[str, float], copy: bool, stages: bool
    ) -> Detection:
        names = ("blurred", "filtered", "hsv", "binary", "erosion", "dilation")
        kept = {
            name: values[name].copy() if copy else values[name]
            for name in (names if stages else ("filtered",))
            if name in values
        }
        if stages:
            kept["value"] = kept["hsv"][:, :, 2] if "hsv" in kept else values["source"].copy()
        mask = values["mask"].view(np.bool_)
        if copy:
            mask = mask.copy()
        filtered, dark = kept["filtered"], values["zero_count"]
        inside, regions = self.inside, self.regions
        score = cache(partial(_darkness, filtered, self.params.structuring_ksize, inside))
        return Detection(
            is_defective=dark > self.params.max_dark_pixels,
            score=float(dark),
            threshold=float(self.params.max_dark_pixels),
            mask=mask,
            speed=speed,
            otsu_threshold=values["otsu_threshold"],
            zero_count=dark,
            inside=inside,
            stages=kept,
            makers={
                "defects": lambda: find_defects(
                    mask, regions, score_map=score(), grey=filtered, inside=inside
                ),
                "score_map": score,
                # the dilation is 0 in the mask and 255 elsewhere
                "contours": lambda: find_contours(mask.view(np.uint8) - np.uint8(1)),
            },
        )


def _darkness(filtered: ByteImage, ksize: tuple[int, int], inside: BoolImage | None) -> Any:
    """255 less the dilated grey level: at least ``255 - otsu_threshold`` exactly in the mask; 0 outside."""
    shape = filtered.shape[0], filtered.shape[1]
    spread = np.empty_like(filtered)
    load().dilate(shape, ksize, check_threads(1))(filtered, spread)
    score = np.subtract(255, spread, dtype=np.float32)
    if inside is not None:
        score[~inside] = 0
    return score
