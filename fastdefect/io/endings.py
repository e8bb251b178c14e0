"""Which files are images: one list for everything that looks through folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from fastdefect.io.formats import FORMATS
from fastdefect.io.paths import PathLike, checked_path

# Endings of the formats that are read; a file that is named outright may have any.
IMAGE_ENDINGS = frozenset(ending for each in FORMATS for ending in each.endings)


def is_image(path: PathLike) -> bool:
    """Say whether a file counts as an image where a folder or a pattern is searched.

    Parameters
    ----------
    path : str or os.PathLike

    Returns
    -------
    bool
        True for an existing file with an ending of `IMAGE_ENDINGS` in upper or lower case; False for hidden files, among
        them the ``._photo.png`` that macOS leaves on foreign disks. Nothing is opened.
    """
    name = checked_path("path", path)
    return (
        name.suffix.lower() in IMAGE_ENDINGS
        and not name.name.startswith(".")
        and os.path.isfile(name)
    )


def list_images(folder: PathLike) -> list[Path]:
    """List the image files of a folder, see `is_image`, by name; not those of its subfolders.

    Parameters
    ----------
    folder : str or os.PathLike

    Returns
    -------
    list of Path

    Raises
    ------
    OSError
        There is no such folder, or it cannot be read.
    """
    return sorted(path for path in checked_path("folder", folder).iterdir() if is_image(path))


def list_unused(folder: PathLike) -> list[Path]:
    """List what of a folder `list_images` leaves out and someone may have meant: files of other endings, and subfolders.

    Parameters
    ----------
    folder : str or os.PathLike

    Returns
    -------
    list of Path
        By name; of subfolders those with images in them. Hidden ones are no one's.
    """
    entries = sorted(checked_path("folder", folder).iterdir())
    return [
        entry
        for entry in entries
        if not entry.name.startswith(".")
        and (_holds_images(entry) if entry.is_dir() else not is_image(entry))
    ]


def folders_within(folder: PathLike) -> Iterator[Path]:
    """Find a folder and all that are in it, at any depth.

    Parameters
    ----------
    folder : str or os.PathLike

    Yields
    ------
    Path
        By name, a folder before those in it. Hidden folders, links to folders and those that may not be looked into are left
        out.
    """
    for place, inner, _files in os.walk(checked_path("folder", folder)):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        yield Path(place)


def _holds_images(folder: Path) -> bool:
    try:
        return any(is_image(path) for path in folder.iterdir())
    except OSError:  # a folder that may not be looked into
        return True
