"""The results of many images as one HTML file that needs no other and no network. Needs Jinja2 (extra ``report``)."""

from __future__ import annotations

import json
import math
import statistics
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastdefect.defects.defect import Defect
from fastdefect.detectors.detector import Detector
from fastdefect.detectors.result import Detection
from fastdefect.io import PathLike, checked_path, exported_name, plain, printable, write_text
from fastdefect.report.conclusion.verdicts import common_folder, conclude
from fastdefect.report.conclusion.words import detector_words
from fastdefect.report.histogram import histogram
from fastdefect.report.html import load_jinja, render
from fastdefect.report.thumbnails import thumbnails
from fastdefect.report.view.link import link, summary
from fastdefect.typing import ByteImage

if TYPE_CHECKING:
    from fastdefect.large.result import LargeDetection

# A file of 60 MB is what mail and browsers still take; the rest is for tables and the page itself.
_PICTURES = 45 * 10**6
_LARGEST_SHARE = 700_000  # bytes of one image, more than a screen shows
# Columns of the table of defects: what it is called on the page, unit, digits.
_PIXELS = (
    ("severity", "Severity", "", 0), ("row", "Row", "px", 1), ("column", "Column", "px", 1), ("area", "Area", "px", 0),
    ("feret_diameter_max", "Length", "px", 1), ("axis_minor_length", "Width", "px", 1),
    ("perimeter", "Perimeter", "px", 1), ("contrast", "Contrast", "", 3), ("mean_score", "Mean score", "", 2),
    ("peak_score", "Peak score", "", 2),
)  # fmt: skip
_MILLIMETRES = (
    ("severity", "Severity", "", 0), ("row_mm", "Row", "mm", 2), ("column_mm", "Column", "mm", 2),
    ("area_mm2", "Area", "mm²", 3), ("feret_diameter_max_mm", "Length", "mm", 2),
    ("axis_minor_length_mm", "Width", "mm", 2), ("perimeter_mm", "Perimeter", "mm", 2), ("area", "Area", "px", 0),
    ("contrast", "Contrast", "", 3), ("mean_score", "Mean score", "", 2), ("peak_score", "Peak score", "", 2),
)  # fmt: skip

# Those that a telephone shows at first, and "All columns" besides.
_NARROW = ("severity", "area_mm2", "feret_diameter_max_mm", "feret_diameter_max")


class PageExport:
    """Takes one result after another, keeps what the page shows of it, and writes the page.

    Parameters
    ----------
    count : int
        Images to come: their pictures share 45 MB.
    settings, versions : mapping of str to object
        Shown at the end of the page.
    detector : Detector, optional
        What judges; the page says what it is and what its threshold rests on.

    Raises
    ------
    MissingPackageError
        Jinja2 is not installed.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect import detect
    >>> from fastdefect.report import PageExport
    >>> image = np.full((64, 64, 3), 200, np.uint8)
    >>> page = PageExport(1, {"threads": 2}, {"fastdefect": "1.0"})
    >>> page.add("cloth.png", image, detect(image))
    >>> page.fail("torn.png: expected a whole image file")
    >>> "cloth.png" in page.html(), "torn.png" in page.html()
    (True, True)
    >>> import fastdefect.large, pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     page.write(pathlib.Path(folder, "report.html")).name
    'report.html'

    An image that memory does not hold:

    >>> from fastdefect.report import write_view
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = fastdefect.large.detect(image, fastdefect.ArticleDetector(), out=folder)
    ...     page.add_large("roll.tif", found, write_view(found, image, folder + "/view"))
    >>> "None of 2 images has a defect" in page.html()
    True
    """

    def __init__(
        self,
        count: int,
        settings: Mapping[str, object],
        versions: Mapping[str, object],
        detector: Detector | None = None,
    ) -> None:
        load_jinja()
        self._share = min(_PICTURES // max(count, 1), _LARGEST_SHARE)
        self._settings, self._versions = dict(settings), dict(versions)
        self._detector = None if detector is None else detector_words(detector)
        self._images: list[dict[str, Any]] = []
        self._thumbnails: list[str] = []
        self._defects: list[tuple[int, Defect]] = []
        self._faults: list[str] = []
        self._large: list[tuple[dict[str, Any], Path]] = []

    def add(self, name: str, image: ByteImage, detection: Detection) -> None:
        """Take the result of an image.

        Parameters
        ----------
        name : str
            Shown beside it, for example the file's name.
        image : ndarray of uint8, (H, W, 3) or (H, W)
        detection : Detection
        """
        shown = thumbnails(image, detection, self._share)
        defects = detection.defects or ()
        number = len(self._images)
        self._images.append(
            {
                "name": name,
                "width": image.shape[1],
                "height": image.shape[0],
                "verdict": detection.verdict,
                "bad": detection.verdict == "defective",
                "notes": [printable(note) for note in detection.notes],
                "score": plain(detection.score),
                "threshold": plain(detection.threshold),
                "defects": len(defects),
                "outlined": shown.outlined,
                "whole": detection.inside is None,
                "ms": detection.speed["total"],
            }
        )
        self._thumbnails.append(
            # base64, digits and letters of paths: nothing that HTML could mistake for a tag
            json.dumps(
                {
                    "thumbnail": shown.thumbnail,
                    "photo": shown.photo,
                    "score": shown.score,
                    "range": shown.score_range,
                    "outlines": shown.outlines,
                }
            )
        )
        self._defects += ((number, defect) for defect in defects)

    def add_large(self, name: str, result: LargeDetection, view: PathLike) -> None:
        """Take the result of an image that was inspected in parts: the page says what it is and leads to one of its own.

        Parameters
        ----------
        name : str
            As for `add`.
        result : LargeDetection
        view : str or os.PathLike
            What `fastdefect.report.write_view` wrote. The link is relative, so both may move together.
        """
        self._large.append((summary(name, result), checked_path("view", view).resolve()))

    def fail(self, sentence: str) -> None:
        """Take the reason why an image has no result.

        Parameters
        ----------
        sentence : str
        """
        self._faults.append(sentence)

    def write(self, path: PathLike) -> Path:
        """Write the page, whole or not at all.

        Parameters
        ----------
        path : str or os.PathLike

        Returns
        -------
        Path

        Raises
        ------
        OutputError
            The file cannot be written there.
        """
        return write_text(path, self._html(checked_path("path", path).resolve().parent))

    def html(self) -> str:
        """Return the page.

        Returns
        -------
        str
            HTML that loads nothing.
        """
        return self._html(Path.cwd())

    def _html(self, beside: Path) -> str:
        """The page as it stands in a folder."""
        names = [image["name"] for image in self._images]
        folder = common_folder(names)
        images = [
            image | {"name": exported_name(name.removeprefix(folder))}
            for image, name in zip(self._images, names, strict=True)
        ]
        scaled = any(defect.params.spacing for _, defect in self._defects)
        columns: tuple[tuple[str, str, str, int], ...] = _MILLIMETRES if scaled else _PIXELS
        # the score of an unusable image says nothing
        usable = [i for i in images if i["verdict"] != "unusable"]
        scores = [math.nan if i["score"] is None else i["score"] for i in usable]
        severities = Counter(d.severity for _, d in self._defects if d.severity is not None)
        # where all are of one class, as all small ones are by limits for whole rolls, it says nothing
        graded = len(severities) > 1
        columns = columns[0 if graded else 1 :]
        large = [shown | {"href": link(view, beside)} for shown, view in self._large]
        verdicts = [each["verdict"] for each in (*images, *large)]
        found = conclude(
            images,
            len(self._faults),
            self._largest(images, scaled),
            [each["verdict"] for each in large],
        )
        narrow = _NARROW if scaled else (*_NARROW, "area")
        rank = {number: place for place, number in enumerate(found.order)}
        return render(
            "defects.html",
            data={
                "images": images,
                "order": found.order,
                "columns": [
                    {"title": title, "unit": unit, "digits": digits, "narrow": name in narrow}
                    for name, title, unit, digits in columns
                ],
                "rows": [
                    [number, d.label, *d.bbox, *(_value(d, column[0]) for column in columns)]
                    for number, d in sorted(
                        self._defects, key=lambda each: (rank[each[0]], -each[1].area)
                    )
                ],
            },
            conclusion=found,
            detector=self._detector,
            folder=exported_name(folder),
            thumbnails=self._thumbnails,
            images=images,
            large=large,
            inspected=len(verdicts),
            bad=verdicts.count("defective"),
            unusable=verdicts.count("unusable"),
            listed=len(self._defects),
            defects=len(self._defects) + sum(each["defects"] for each in large),
            severities=sorted(severities.items()) if graded else [],
            area=sum(d.area_mm2 or 0 for _, d in self._defects) if scaled else None,
            milliseconds=statistics.median(i["ms"] for i in images) if images else None,
            histogram=histogram(
                scores,
                [image["bad"] for image in usable],
                [i["threshold"] for i in usable if i["threshold"] is not None],
            ),
            faults=self._faults,
            settings=self._settings,
            versions=self._versions,
        )

    def _largest(self, images: list[dict[str, Any]], scaled: bool) -> tuple[str, float, str] | None:
        """Image, length and unit of the longest defect; the length in millimetres where all have a scale."""
        if not self._defects:
            return None
        measure = "feret_diameter_max_mm" if scaled else "feret_diameter_max"
        number, defect = max(self._defects, key=lambda each: getattr(each[1], measure) or 0.0)
        return images[number]["name"], getattr(defect, measure), "mm" if scaled else "px"


def _value(defect: Defect, name: str) -> float | None:
    if name in ("row", "column"):
        value = defect.centroid[name == "column"]
    elif name in ("row_mm", "column_mm"):
        place = defect.centroid_mm
        value = math.nan if place is None else place[name == "column_mm"]
    else:
        value = getattr(defect, name)
    # four digits after the point are more than any unit here means, and a third of the bytes
    return None if value is None else plain(round(float(value), 4))
