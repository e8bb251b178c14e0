"""The photograph with its defects marked: tint, outline, boxes and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import cv2
import numpy as np

from fastdefect.defects.find import find_places
from fastdefect.detectors.result import Detection
from fastdefect.report.numbers import count_text
from fastdefect.report.picture import as_bgr, darken_outside
from fastdefect.typing import BoolImage, ByteImage

# BGR. Vermilion stands apart from the greys, blues and greens of most cloth; the line keeps its
# place on red cloth by its dark casing.
_MARK = (36, 66, 240)
_GOOD = (92, 158, 60)
_UNUSABLE = (0, 120, 190)
_CASING = (18, 18, 18)
_PAPER = (255, 255, 255)
_TINT = 0.38
_FONT = cv2.FONT_HERSHEY_DUPLEX
_LETTERS = 0.42  # font scale, and
_PAD = 3  # margin around letters in pixels, both per unit of line width
_TEXT_FROM = 200  # pixels on the shorter side; below it boxes and letters would hide the picture

Corners: TypeAlias = tuple[int, int, int, int]  # left, top, right, bottom


def overlay(image: ByteImage, detection: Detection, *, boxes: int = 12) -> ByteImage:
    """Draw what was found on a copy of the image.

    Parameters
    ----------
    image : ndarray of uint8, (H, W, 3), (H, W, 4) or (H, W)
        The image that was inspected: BGR, BGR with alpha (ignored), or grey; not changed.
    detection : Detection
        Its result.
    boxes : int
        How many of the largest defects get a box with their rank by area, if the shorter side has
        at least 200 pixels; 0 for none. All get tint and outline.

    Returns
    -------
    ndarray of uint8, (H, W, 3)
        BGR, what was not inspected at half its brightness. Lines and letters grow with the image; the
        outline runs around a region, not over it. From 200 pixels on, a strip in the upper left
        corner names the verdict.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        The image is no uint8 image of the shape of ``detection.mask``.

    Notes
    -----
    An image without a verdict of "defective" is returned with the strip only, whatever its mask
    holds.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect import detect
    >>> from fastdefect.report import overlay
    >>> image = np.full((64, 64, 3), 200, np.uint8)
    >>> image[20:40, 20:40] = 30
    >>> overlay(image, detect(image)).shape
    (64, 64, 3)
    """
    canvas = as_bgr(image, detection)
    darken_outside(canvas, detection)
    unit = max(1, round(min(canvas.shape[:2]) / 300))
    if detection.verdict == "defective":
        _tint(canvas, detection.mask)
        _outline(canvas, detection.mask, unit)
    if min(canvas.shape[:2]) < _TEXT_FROM:
        return canvas
    if detection.verdict != "defective":
        _strip(canvas, detection, 0, unit)
        return canvas
    # not the defects themselves, whose scores, edges and contrasts take longer than the picture
    found = find_places(detection.mask, detection.regions)
    taken = [_strip(canvas, detection, len(found.labels), unit)]
    if boxes > 0:
        largest = np.argsort(-found.sums[:, 0], kind="stable")[:boxes]
        corners = [_box(canvas, box, unit) for box in found.boxes[largest].tolist()]
        for rank, corner in enumerate(corners, 1):
            others = [other for other in corners if other != corner]
            taken.append(_rank(canvas, str(rank), corner, unit, [*taken, *others]))
    return canvas


def _tint(canvas: ByteImage, mask: BoolImage) -> None:
    """Mix the marked pixels with the colour, by a table per channel: no float image is made."""
    grey = np.arange(256)
    for channel, colour in enumerate(_MARK):
        table = np.rint(grey * (1 - _TINT) + colour * _TINT).astype(np.uint8)
        plane = canvas[:, :, channel]
        np.copyto(plane, table[plane], where=mask)


def _outline(canvas: ByteImage, mask: BoolImage, unit: int) -> None:
    around = np.ones((2 * unit + 1, 2 * unit + 1), np.uint8)
    grown = cv2.dilate(mask.astype(np.uint8), around)
    outlines = cv2.findContours(grown, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)[0]
    cv2.drawContours(canvas, outlines, -1, _CASING, unit + 2)
    cv2.drawContours(canvas, outlines, -1, _MARK, unit)


def _box(canvas: ByteImage, box: Sequence[int], unit: int) -> Corners:
    height, width = canvas.shape[:2]
    top, left, bottom, right = box
    gap = 5 * unit
    x0, y0 = max(left - gap, 0), max(top - gap, 0)
    x1, y1 = min(right - 1 + gap, width - 1), min(bottom - 1 + gap, height - 1)
    cv2.rectangle(canvas, (x0, y0), (x1, y1), _CASING, unit + 2)
    cv2.rectangle(canvas, (x0, y0), (x1, y1), _PAPER, unit)
    return x0, y0, x1, y1


def _rank(
    canvas: ByteImage, text: str, box: Corners, unit: int, taken: Sequence[Corners]
) -> Corners:
    """Write a number at the first corner of its box where it fits and covers no other."""
    height, width = canvas.shape[:2]
    wide, high = _tag_size(text, unit)
    x0, y0, x1, y1 = box
    places = [
        (x0, y0 - high), (x1 - wide, y0 - high), (x0, y1), (x1 - wide, y1),
        (x1, y0), (x0 - wide, y0), (x0, y0), (x1 - wide, y1 - high),
    ]  # fmt: skip
    for x, y in places:
        inside = x >= 0 and y >= 0 and x + wide <= width and y + high <= height
        if inside and all(
            x >= right or y >= low or x + wide <= left or y + high <= top
            for left, top, right, low in taken
        ):
            return _tag(canvas, text, (x, y), _MARK, unit)
    return _tag(canvas, text, (max(x0, 0), max(y0 - high, 0)), _MARK, unit)


def _strip(canvas: ByteImage, detection: Detection, count: int, unit: int) -> Corners:
    if detection.is_unusable:
        return _tag(canvas, "UNUSABLE", (0, 0), _UNUSABLE, unit)
    if not detection.is_defective:
        return _tag(canvas, "no defect", (0, 0), _GOOD, unit)
    regions = f", {count_text(count, 'region')}" if count else ""
    return _tag(canvas, f"DEFECT{regions}", (0, 0), _MARK, unit)


def _tag(
    canvas: ByteImage, text: str, at: tuple[int, int], fill: tuple[int, int, int], unit: int
) -> Corners:
    """Write white letters on a field of colour whose upper left corner is ``at``."""
    wide, high = _tag_size(text, unit)
    (x, y), pad = at, _PAD * unit
    cv2.rectangle(canvas, (x, y), (x + wide - 1, y + high - 1), fill, cv2.FILLED)
    start = x + pad, y + high - 1 - pad
    cv2.putText(canvas, text, start, _FONT, _LETTERS * unit, _PAPER, unit, cv2.LINE_AA)
    return x, y, x + wide, y + high


def _tag_size(text: str, unit: int) -> tuple[int, int]:
    (width, height), _ = cv2.getTextSize(text, _FONT, _LETTERS * unit, unit)
    return width + 2 * _PAD * unit, height + 2 * _PAD * unit
