"""A folder that holds the material not itself, but in its folders: which of them, for a sentence to the user."""

from __future__ import annotations

from pathlib import Path

from fastdefect.io import is_folder, list_images

_NAMED = 3  # folders that the sentence names; the rest is counted


def where_images_are(folder: Path) -> str | None:
    """Say in which folders of ``folder`` one can train: kinds of material, or folders with images.

    Returns
    -------
    str or None
        A clause with its remedy; None where there are none.
    """
    if not is_folder(folder):
        return None
    inner = sorted(p for p in folder.iterdir() if is_folder(p) and not p.name.startswith("."))
    kinds = [place for place in inner if is_folder(place / "train" / "good")]
    if kinds:
        return f"a folder of kinds: {_names(kinds)}; train each for itself, for example {kinds[0]}"
    filled = [place for place in inner if list_images(place)]
    if filled:
        return (
            f"one whose images lie in its folders {_names(filled)}; name the one with good images, or, where all are good, "
            "take each as a group (fastdefect fit --groups folder)"
        )
    return None


def _names(places: list[Path]) -> str:
    more = f" and {len(places) - _NAMED} more" if len(places) > _NAMED else ""
    return ", ".join(place.name for place in places[:_NAMED]) + more
