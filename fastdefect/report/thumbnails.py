"""What the page shows of an image, small enough for hundreds: a thumbnail, the photograph, the score map, the outlines."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import cv2
import numpy as np

from fastdefect.detectors.result import Detection
from fastdefect.report.picture import as_bgr, darken_outside, shrunk
from fastdefect.typing import ByteImage

_THUMBNAIL = 240  # pixels on the longer side; the gallery shows up to 200
_SCORE_MAP = 320  # a map is smooth by the windows that made it
# Longer side and JPEG quality, tried in turn until the photograph fits its share of the page.
_LADDER = (
    (1600, 85),
    (1280, 80),
    (1024, 80),
    (800, 75),
    (640, 75),
    (512, 70),
    (400, 65),
    (320, 60),
)
_MOST_CORNERS = 20_000  # of all outlines of an image: 100 KB of text


@dataclass(frozen=True)
class Thumbnails:
    """Parts of the page for one image; pictures as data URIs.

    Attributes
    ----------
    thumbnail, photo : str
    score : str or None
        The score map in false colours, None where the detector makes none.
    score_range : (float, float) or None
        Scores of its darkest and lightest colour.
    outlines : str
        SVG path in pixels of the image.
    outlined : int
        How many of the largest defects have an outline.
    """

    thumbnail: str
    photo: str
    score: str | None
    score_range: tuple[float, float] | None
    outlines: str
    outlined: int


def thumbnails(image: ByteImage, detection: Detection, share: int) -> Thumbnails:
    """Make the parts of an image that take about ``share`` bytes together, or the least that can be seen."""
    picture = as_bgr(image, detection)
    darken_outside(picture, detection)
    outlines, outlined = _outlines(detection)
    score, score_range = _score(detection)
    thumbnail = jpeg(picture, _THUMBNAIL, 70)
    rest = share - len(thumbnail) - len(score or "") - len(outlines)
    photo = thumbnail
    for side, quality in _LADDER:
        photo = jpeg(picture, side, quality)
        if len(photo) <= rest:
            break
    return Thumbnails(thumbnail, photo, score, score_range, outlines, outlined)


def _outlines(detection: Detection) -> tuple[str, int]:
    """Outlines of the largest defects as one path; corners take turns in both directions, so steps are enough."""
    parts: list[str] = []
    corners = outlined = 0
    for defect in sorted(detection.defects or (), key=lambda d: -d.area):
        rings = defect.polygon or ()
        corners += sum(map(len, rings))
        if corners > _MOST_CORNERS and outlined:
            break
        outlined += 1
        for ring in rings:
            (row, column), *others = ring.tolist()
            parts.append(f"M{column} {row}")
            for y, x in others:
                parts.append(f"h{x - column}" if y == row else f"v{y - row}")
                row, column = y, x
            parts.append("z")
    return "".join(parts), outlined


def _score(detection: Detection) -> tuple[str | None, tuple[float, float] | None]:
    if detection.score_map is None:
        return None, None
    whole = np.nan_to_num(detection.score_map)
    seen = whole if detection.inside is None else whole[detection.inside]
    low, high = float(seen.min()), float(seen.max())
    scores = shrunk(whole, _SCORE_MAP).clip(low, high)
    grey = ((scores - low) * (255 / max(high - low, 1e-30))).astype(np.uint8)
    return jpeg(cv2.applyColorMap(grey, cv2.COLORMAP_INFERNO), _SCORE_MAP, 75), (low, high)


def jpeg(picture: ByteImage, side: int, quality: int) -> str:
    """A picture as a data URI, scaled down to ``side`` pixels on its longer side."""
    options = [cv2.IMWRITE_JPEG_QUALITY, quality]
    _, data = cv2.imencode(".jpg", shrunk(picture, side), options)
    return "data:image/jpeg;base64," + base64.b64encode(data).decode("ascii")
