"""What a reader of a page wants to know first: how many images, how bad, where to look."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastdefect.report.numbers import count_text, score_text

_LOOK = 5  # images that the conclusion names
_CLASSES = ("defective", "unusable", "good")  # in the order of concern


@dataclass(frozen=True)
class Conclusion:
    """The first lines of a page.

    Attributes
    ----------
    headline : str
        How many images have which verdict.
    order : list of int
        Numbers of the images, the worst first: by verdict, then by score.
    look : list of int
        The first few of them that are not good.
    worst : str or None
        The largest defect in words.
    """

    headline: str
    order: list[int]
    look: list[int]
    worst: str | None


def conclude(
    images: Sequence[Mapping[str, Any]],
    faults: int,
    largest: tuple[str, float, str] | None,
    others: Sequence[str] = (),
) -> Conclusion:
    """Conclude from images as the page keeps them.

    Parameters
    ----------
    images : sequence of mapping
        With ``verdict`` and ``score``.
    faults : int
        Files that were not inspected.
    largest : (str, float, str) or None
        Name of the image with the longest defect, its length and the unit.
    others : sequence of str
        Verdicts of images that the page shows elsewhere; they count in the headline.
    """
    verdicts = [image["verdict"] for image in images]
    order = sorted(
        range(len(images)),
        key=lambda i: (_CLASSES.index(verdicts[i]), -(images[i]["score"] or 0.0)),
    )
    look = [i for i in order if verdicts[i] != "good"][:_LOOK]
    worst = None
    if largest is not None:
        name, length, unit = largest
        worst = (
            f"The longest defect measures {score_text(float(f'{length:.3g}'))} {unit}, in {name}."
        )
    return Conclusion(_headline([*verdicts, *others], faults), order, look, worst)


def _headline(verdicts: Sequence[str], faults: int) -> str:
    count = len(verdicts)
    bad, unusable = verdicts.count("defective"), verdicts.count("unusable")
    parts = []
    if bad:
        parts.append(
            f"{bad} of {count_text(count, 'image')} {'has' if bad == 1 else 'have'} defects"
        )
    elif count:
        parts.append(
            "The image has no defect" if count == 1 else f"None of {count} images has a defect"
        )
    if count == unusable == 1:
        parts = []
    if unusable:
        parts.append(f"{unusable} {'is' if unusable == 1 else 'are'} unusable")
    if faults:
        parts.append(
            f"{count_text(faults, 'file')} {'was' if faults == 1 else 'were'} not inspected"
        )
    if not parts:
        return "No image was inspected"
    return ", ".join(parts)[0].upper() + ", ".join(parts)[1:]


def common_folder(names: Sequence[str]) -> str:
    """The folder that all files have in common, with a separator at its end; empty where there is none."""
    try:
        folder = os.path.commonpath([os.path.dirname(name) for name in names])
    except ValueError:  # no names, several drives, or some from the root and some from here
        return ""
    return os.path.join(folder, "") if folder else ""
