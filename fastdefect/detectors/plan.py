"""A detector made ready for one image shape: buffers, threads, area, times, copies."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import islice
from operator import itemgetter
from time import perf_counter_ns
from typing import TYPE_CHECKING, Any

import numpy as np

from fastdefect.backends import load
from fastdefect.backends.table import Step
from fastdefect.checks import check_image, check_kind, check_shape
from fastdefect.defects.params import RegionParams
from fastdefect.detectors.lending.lease import Lease
from fastdefect.detectors.result import Detection
from fastdefect.detectors.stage import Context, Stage
from fastdefect.errors import ArgumentValueError
from fastdefect.roi.area import AreaLike, inspected_area
from fastdefect.roi.mirror import Mirror
from fastdefect.tiling.non_reentrant import NonReentrant
from fastdefect.tiling.workers import check_threads
from fastdefect.typing import ByteImage

if TYPE_CHECKING:
    from fastdefect.detectors.detector import Detector
    from fastdefect.perf.profile import Profile

_Entry = tuple[str, Step, Callable[[Any], Any], bool, str | None]


class Plan:
    """A detector made ready for images of one shape; one thread at a time.

    Parameters
    ----------
    detector : Detector
    shape : (int, int)
        Height and width of the images in pixels.
    threads : int, optional
        1 ... 256, by default what the process may use (affinity and container quota).
    roi, ignore : optional
        What is inspected and what is left out of it, see `fastdefect.roi.area.inspected_area`. Pixels outside never count
        and never change anything inside: filters see the inside mirrored there, statistics leave them out.
    regions : RegionParams, optional
        How pixels become defects: scale, least size, merging, severity.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad argument or an image of another shape.
    EngineBusyError
        When a second thread enters a plan that is at work: make one plan per thread.

    Notes
    -----
    Everything that a call needs is made here, once. A call that copies its results makes these arrays besides. After
    `warmup`, a call with ``copy=False`` makes no array, starts no thread and compiles nothing; defects, contours and the
    article's score map are made when a result is first asked for them, and lie outside this promise. So do images that
    are not C-contiguous or have alpha, which are copied, and zero-shot models, which learn from each image.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> plan = fastdefect.ArticleDetector().plan((48, 64))
    >>> image = np.zeros((48, 64, 3), np.uint8)
    >>> plan(image).mask.shape
    (48, 64)
    >>> list(plan.warmup()) == [*plan.paths(), "total"]
    True
    >>> plan.profile(image, seconds=0.01).shape
    (48, 64)
    """

    def __init__(
        self,
        detector: Detector,
        shape: tuple[int, int],
        *,
        threads: int | None = None,
        roi: AreaLike | None = None,
        ignore: AreaLike | None = None,
        regions: RegionParams | None = None,
    ) -> None:
        self.detector = detector
        self.shape = check_shape(shape)
        detector.check_shape(self.shape)
        self.regions = check_kind("regions", regions, RegionParams)
        self.inside = inspected_area(self.shape, roi, ignore)
        self._workers = check_threads(threads)
        self._backend = load()
        self._context = Context(self.shape, self._workers, self._backend, self.inside)
        self._entrance = NonReentrant(type(self).__name__.lower())
        self._lease = Lease()
        outside = None if self.inside is None else ~self.inside
        self._values: dict[str, Any] = {"backend": self._backend.name, "outside": outside}
        self._steps: dict[Stage, Step] = {}
        self._shown: dict[int, tuple[list[_Entry], list[str]]] = {}
        self.stages = detector.stages(self.inside is not None)
        first: list[_Entry] = []
        self._mirror: Mirror | None = None
        if self.inside is not None:
            self.inside.flags.writeable = False
            self._mirror = Mirror(self.inside, detector.reach)
            channels = 1 if detector.channels == 1 else 3
            self._mirrored = np.zeros(self.shape[0] * self.shape[1] * channels, np.uint8)
            first.append(("mirror_edge", self._reflect, itemgetter("source"), True, "image"))
        self._program = [*first, *map(self._entry, self.stages)]
        returned = ("mask", "score_map", *detector.keeps)
        self._returned = [s.image for s in self.stages if s.image in returned]

    @property
    def threads(self) -> int:
        """Threads that work on an image at the same time, the caller's included."""
        return self._workers.threads

    @property
    def backend(self) -> str:
        """Name of the table that the plan was made from."""
        return self._backend.name

    @property
    def nbytes(self) -> int:
        """Bytes of the images between the stages and of the stages' own memory where they tell."""
        images = sum(getattr(value, "nbytes", 0) for value in self._values.values())
        area = 0 if self._mirror is None else self._mirror.nbytes + self._mirrored.nbytes
        return images + area + sum(getattr(step, "nbytes", 0) for step in self._steps.values())

    def paths(self) -> Mapping[str, str]:
        """What runs each stage.

        Returns
        -------
        mapping of str to str
            By the stage's name; empty where a step has no choice or does not tell.
        """
        return {s.name: str(getattr(self._steps[s], "path", "")) for s in self.stages}

    def __call__(self, img: ByteImage, *, copy: bool = True, stages: bool = False) -> Detection:
        """Inspect one image.

        Parameters
        ----------
        img : ndarray of uint8, (H, W, 3), (H, W, 4) or (H, W)
            BGR, BGR with alpha (ignored), or grey. Never modified.
        copy : bool, default: True
            If False, the arrays of the result are the plan's own: the next call overwrites them, and reading them from the
            older result raises `StaleResultError`. Such a call makes no array; keep ``img`` as it is until you have read
            the defects.
        stages : bool, default: False
            Also make the images that only show what the detector does, and return them in ``Detection.stages``.

        Returns
        -------
        Detection

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            The image is of another shape than the plan, or none that the detector takes.
        EngineBusyError
            Another thread is in the plan.
        """
        image = check_image("img", img)
        if image.shape[:2] != self.shape:
            name = type(self).__name__.lower()
            raise ArgumentValueError(
                f"img: expected shape {self.shape} as the {name} was made for, received "
                f"{image.shape[:2]}; make one for that shape, or call the detector itself"
            )
        self.detector.check(image)
        return self._inspect(image, copy, stages)

    def _inspect(self, image: ByteImage, copy: bool, stages: bool) -> Detection:
        """Inspect an image that has been checked, see `__call__`."""
        found: Detection = self._entrance.call(self._run, image, copy, stages)
        return found

    def warmup(self, *, stages: bool = False, like: ByteImage | None = None) -> Mapping[str, float]:
        """Compile, or load from the cache, everything that a call runs.

        Parameters
        ----------
        stages : bool, default: False
            Also what ``stages=True`` needs.
        like : ndarray of uint8, (H, W, 3), (H, W, 4) or (H, W), optional
            Only what images of this one's channels need, without what flat ones take besides. The rest is made ready when
            an image comes that needs it.

        Returns
        -------
        mapping of str to float
            Milliseconds that each stage's first call took, and their sum as ``"total"``.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            ``like`` is no image, or none that the detector takes.
        """
        samples = self.detector.samples(self.shape)
        if like is not None:
            check_image("like", like)
            self.detector.check(like)
            samples = islice((image for image in samples if image.ndim == like.ndim), 1)
        speeds = [self(image, copy=False, stages=stages).speed for image in samples]
        return speeds[0]

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

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            For a bad time or image.
        """
        from fastdefect.perf.profile import profile_plan

        return profile_plan(self, img, seconds)

    def _entry(self, stage: Stage) -> _Entry:
        step = self._steps[stage] = stage.plan(self._context)
        if stage.image is not None:
            channels = (stage.channels,) if stage.channels > 1 else ()
            # filled rather than zeros: the system gives the memory now, not in the first call
            self._values[stage.image] = np.full((*self.shape, *channels), 0, stage.dtype)
        names = stage.arguments
        # `map` would make its tuples longer and cut them, and the interpreter keeps up to 2,000 of the cut ones
        return stage.name, step, itemgetter(*names), len(names) == 1, stage.number

    def _reflect(self, source: ByteImage) -> ByteImage:
        assert self._mirror is not None
        return self._mirror(source, self._mirrored[: source.size].reshape(source.shape))

    def _with_pictures(self, channels: int) -> tuple[list[_Entry], list[str]]:
        """The program with the pictures of images of so many channels, and what it returns; planned when first asked for."""
        if channels not in self._shown:
            pictures = self.detector.pictures(channels)
            program = [*self._program, *map(self._entry, pictures)]
            made = [s.image for s in (*self.stages, *pictures) if s.image is not None]
            self._shown[channels] = program, made
        return self._shown[channels]

    def _run(self, image: ByteImage, copy: bool, stages: bool) -> Detection:
        program, returned = self._program, self._returned
        if stages:
            program, returned = self._with_pictures(1 if image.ndim == 2 else 3)
        # the plan's own mapping for the call that has to make nothing, a copy where arrays are replaced
        values = self._values.copy() if copy or stages else self._values
        self._lease.calls += 1
        if copy:
            for name in returned:
                values[name] = np.empty_like(values[name])
        values["source"] = values["image"] = image
        speed: dict[str, float] = {}
        begin = start = perf_counter_ns()
        for name, step, fetch, single, number in program:
            found = fetch(values)
            value = step(found) if single else step(*found)
            if number is not None:
                values[number] = value
            stop = perf_counter_ns()
            speed[name] = (stop - start) / 1e6
            start = stop
        speed["total"] = (start - begin) / 1e6
        kept = self.detector.kept(values, returned) if stages else self.detector.keeps
        fields = {
            "mask": values["mask"].view(np.bool_),
            "speed": speed,
            "inside": self.inside,
            # a comprehension would be one more Python call before 3.12
            "stages": dict(zip(kept, map(values.__getitem__, kept), strict=True)),
            "regions": self.regions,
            "lease": None if copy else self._lease,
        }
        found = self.detector.conclude(values, fields)
        values["source"] = values["image"] = None  # the caller's image is not kept
        return found
