"""What a detector returns: plain data that knows no plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from fastdefect.defects.find import find_defects
from fastdefect.defects.params import RegionParams
from fastdefect.defects.table import Defects
from fastdefect.detectors.lending.borrowed import Borrowing
from fastdefect.detectors.lending.lease import Lease
from fastdefect.detectors.shown import Shown
from fastdefect.typing import BoolImage, ByteImage, FloatImage

_RULES = RegionParams()


class Detection(Shown, Borrowing):
    """Verdict, map and defects of one image; the same class for every detector, or a subclass of it.

    Parameters
    ----------
    is_defective, score, threshold, mask, speed, otsu_threshold, zero_count, inside, stages, score_map, regions, \
is_unusable, notes
        The attributes.
    grey : (ndarray of uint8, (int, int)), optional
        What ``Defect.contrast`` is taken from, grey or the value of BGR: all of the image, or the part around the mask
        whose upper left pixel stands beside.
    details : object, optional
        What a subclass computes its own attributes from; has to be picklable.
    lease : Lease, optional
        Of the plan whose memory the arrays are, for results made with ``copy=False``.

    Attributes
    ----------
    is_defective : bool
        ``score > threshold``; True for an unusable image too, so that code which reads this alone never passes one.
    is_unusable : bool
        The image shows nothing above the threshold, but it is no picture of the material that the detector knows: black,
        blurred, overexposed, another material. Always False for a detector that has no domain.
    notes : tuple of str
        Why the image is unusable, and in what else it differs from good images: size, bit depth, compression.
    score : float
        The image's score in the detector's unit; for the article's detector the number of dark pixels.
    threshold : float
        The image is defective above it, same unit. A calibrated detector sets it so that the share of good images
        that the user named scores higher.
    mask : ndarray of bool, (H, W)
        True where a defect is.
    score_map : ndarray of float32, (H, W), or None
        Score of each pixel, higher is worse; for the article the darkness 0 ... 255.
    speed : mapping of str to float
        Milliseconds per stage, in order, and their sum as ``"total"``.
    otsu_threshold : int or None
        Article: grey level that splits the filtered image.
    zero_count : int or None
        Article: number of pixels that are 0 after dilation.
    inside : ndarray of bool, (H, W), or None
        True where the image was inspected; None if that is everywhere. Shared by all results of a plan, read-only.
    stages : mapping of str to ndarray
        The images of the stages that were kept, by name; all of them when asked for, see `fastdefect.detect`.
    regions : RegionParams
        How the mask becomes defects.

    Raises
    ------
    StaleResultError
        When ``mask``, ``score_map``, ``stages``, ``defects`` or ``contours`` of a result made with ``copy=False`` is first
        read after the next call of its plan, which has overwritten them. Numbers stay readable.

    Notes
    -----
    What a field has no meaning for is None. Defects and contours are computed from the result's own arrays when they are
    first read, and then kept. A result owns its arrays: it can be pickled, copied, sent to another process and kept;
    pickling or copying one made with ``copy=False`` copies its arrays, so that the copy owns them.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> image = np.full((64, 64, 3), 200, np.uint8)
    >>> image[20:40, 20:40] = 50
    >>> found = fastdefect.detect(image)
    >>> found.is_defective, found.defects[0].area
    (True, 353)
    >>> found.output(image).shape, found.overlay().shape, list(found.to_dict())[:2]
    ((64, 64, 3), (64, 64, 3), ['verdict', 'is_defective'])
    """

    is_defective: bool
    is_unusable: bool
    notes: tuple[str, ...]
    score: float
    threshold: float
    mask: BoolImage
    speed: Mapping[str, float]
    otsu_threshold: int | None
    zero_count: int | None
    inside: BoolImage | None
    stages: Mapping[str, ByteImage]
    regions: RegionParams
    details: Any
    score_map: FloatImage | None
    _grey: tuple[ByteImage, tuple[int, int]] | None
    _maps_later: ClassVar[bool] = (
        False  # True in a subclass that computes its map when it is first read
    )

    def __init__(
        self,
        *,
        is_defective: bool,
        score: float,
        threshold: float,
        mask: BoolImage,
        speed: Mapping[str, float],
        otsu_threshold: int | None = None,
        zero_count: int | None = None,
        inside: BoolImage | None = None,
        stages: Mapping[str, ByteImage] | None = None,
        score_map: FloatImage | None = None,
        grey: tuple[ByteImage, tuple[int, int]] | None = None,
        regions: RegionParams = _RULES,
        is_unusable: bool = False,
        notes: tuple[str, ...] = (),
        details: Any = None,
        lease: Lease | None = None,
    ) -> None:
        state = self.__dict__
        state["is_defective"] = is_defective or is_unusable
        state["is_unusable"] = is_unusable
        state["notes"] = notes
        state["score"] = score
        state["threshold"] = threshold
        state["speed"] = speed
        state["otsu_threshold"] = otsu_threshold
        state["zero_count"] = zero_count
        state["inside"] = inside
        state["regions"] = regions
        state["details"] = details
        arrays: dict[str, Any] = {"mask": mask, "stages": stages or {}, "_grey": grey}
        if not self._maps_later:
            arrays["score_map"] = score_map
        self._lend(arrays, lease)

    def __repr__(self) -> str:
        names = ("verdict", "score", "threshold", "otsu_threshold", "zero_count")
        return f"{type(self).__name__}({', '.join(f'{n}={getattr(self, n)!r}' for n in names)})"

    @property
    def verdict(self) -> str:
        """``"good"``, ``"defective"``, or ``"unusable"`` for an image that cannot be judged; `notes` say why."""
        if self.is_unusable:
            return "unusable"
        return "defective" if self.is_defective else "good"

    @property
    def words(self) -> str:
        """The verdict for people, with the reason why an image is unusable."""
        return f"unusable: {self.notes[0]}" if self.is_unusable and self.notes else self.verdict

    @cached_property
    def defects(self) -> Defects:
        """Connected regions of the mask, from top to bottom, merged and measured by ``regions``."""
        image, corner = self._grey or (None, (0, 0))
        grey = image if image is None or image.ndim == 2 else _value(image)
        return find_defects(
            self.mask,
            self.regions,
            score_map=self.score_map,
            grey=grey,
            corner=corner,
            inside=self.inside,
        )

    @cached_property
    def contours(self) -> tuple[NDArray[np.int32], ...] | None:
        """Article: outlines of the bright regions of the dilated image, as ``cv2.findContours`` gives them."""
        return None

    def with_speed(self, speed: Mapping[str, float]) -> Self:
        """Return the same result, arrays shared, with other times: those of a caller who knows what else they hold.

        Parameters
        ----------
        speed : mapping of str to float
            Milliseconds per stage, and ``"total"``.

        Returns
        -------
        Detection

        Examples
        --------
        >>> found = fastdefect.detect(np.zeros((8, 8), np.uint8))
        >>> found.with_speed({"total": 1.0}).speed["total"]
        1.0
        """
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__, speed=speed)
        return made

    def with_note(self, note: str) -> Self:
        """Return the same result, arrays shared, with one note more: what its caller knows of it.

        Parameters
        ----------
        note : str

        Returns
        -------
        Detection

        Examples
        --------
        >>> fastdefect.detect(np.zeros((8, 8), np.uint8)).with_note("roll 7").notes
        ('roll 7',)
        """
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__, notes=(*self.notes, note))
        return made

    def to_dict(self) -> dict[str, Any]:
        """Verdict, times and defects as plain data.

        Returns
        -------
        dict of str to object
            Ready for JSON; what is not finite is None.
        """
        return {
            "verdict": self.verdict,
            "is_defective": bool(self.is_defective),
            "notes": list(self.notes),
            "score": _finite(self.score),
            "threshold": _finite(self.threshold),
            "otsu_threshold": self.otsu_threshold,
            "zero_count": self.zero_count,
            "defects": self.defects.to_dict(),
            "speed": {stage: _finite(ms) for stage, ms in self.speed.items()},
        }

    def to_supervision(self, *, masks: bool = True) -> Any:
        """The defects as ``supervision.Detections``, for its annotators and trackers.

        Parameters
        ----------
        masks : bool, default: True
            Also a full-size mask for each, H x W bytes.

        Returns
        -------
        supervision.Detections
            ``xyxy`` as its corners in pixels, ``confidence`` the peak score over the highest of the image, ``class_id`` 0,
            ``data`` the numbers of `fastdefect.defects.table.COLUMNS` by name.

        Raises
        ------
        MissingPackageError
            supervision is not installed.

        Examples
        --------
        >>> import numpy as np, fastdefect
        >>> fastdefect.detect(np.zeros((20, 30, 3), np.uint8)).to_supervision().xyxy.tolist()
        [[0.0, 0.0, 30.0, 20.0]]
        """
        from fastdefect.detectors.supervision import detections

        return detections(self, masks)


def _value(bgr: ByteImage) -> ByteImage:
    """Value channel of a BGR image."""
    return np.maximum(np.maximum(bgr[:, :, 0], bgr[:, :, 1]), bgr[:, :, 2])


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
