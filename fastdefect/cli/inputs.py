"""What the user names on the command line: files, folders, patterns; and names for the results."""

from __future__ import annotations

import glob
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from fastdefect.io import is_folder, is_image, list_images, list_unused, printable

_STREAM = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")  # whose slashes a path would lose
_NAMED = 3  # unused files that a sentence names; the rest is counted


@dataclass(frozen=True)
class Inputs:
    """Image files in the order named, each once, a sentence for each name that has none, and what lay there unused."""

    images: tuple[Path, ...]
    faults: tuple[str, ...]
    unused: tuple[Path, ...] = ()


def find_images(names: Iterable[str]) -> Inputs:
    """Resolve what stands on the command line.

    Parameters
    ----------
    names : iterable of str
        Each a file, a folder (the image files directly in it, by name) or a pattern for `glob`,
        in which ``**`` means any number of folders. An existing file or folder of that very name
        goes before the pattern.

    Returns
    -------
    Inputs
        Nothing is opened. A name that is neither is taken for a file, so that reading it gives the
        error.
    """
    images: dict[str, Path] = {}
    faults: list[str] = []
    unused: list[Path] = []
    for name in names:
        if not name:
            faults.append("IMAGE: expected the name of a file, received an empty one; name a file")
            continue
        if _STREAM.match(name) and not os.path.exists(name):
            faults.append(
                f"{name}: expected files, folders or patterns, received an address; save its pictures as files first"
            )
            continue
        path = Path(name)
        if is_folder(path):
            found, what = list_images(path), "a folder with images"
            unused += list_unused(path)
        elif not os.path.exists(path) and glob.has_magic(name):
            fitting = sorted(map(Path, glob.iglob(name, recursive=True)))
            found, what = [fit for fit in fitting if is_image(fit)], "a pattern that fits images"
            unused += [fit for fit in fitting if fit.is_file() and not is_image(fit)]
        else:
            found, what = [path], ""
        if not found:
            faults.append(f"{name}: expected {what}, found none; check the path")
        for image in found:
            images.setdefault(os.path.realpath(image), image)
    return Inputs(tuple(images.values()), tuple(faults), tuple(dict.fromkeys(unused)))


def note_unused(paths: Sequence[Path]) -> None:
    """Say on standard error what lies in a folder and is not used: the first names, and how many more."""
    if not paths:
        return
    names = ", ".join(printable(path) for path in paths[:_NAMED])
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    click.echo(f"Note: there and not used: {names}{more}", err=True)


def result_names(images: Sequence[Path]) -> list[str]:
    """Name the results of each image, so that no two share a name.

    Parameters
    ----------
    images : sequence of Path
        Different files.

    Returns
    -------
    list of str
        The file's name without its ending where that is unique among ``images``; else with its
        ending, else with its folder's name before it, else with a number after it. Upper and lower
        case count as the same.
    """
    names = [image.stem for image in images]
    for longer in (lambda p: p.name.replace(".", "_"), _with_folder):
        clashing = _clashing(names)
        names = [
            longer(image) if name.casefold() in clashing else name
            for image, name in zip(images, names, strict=True)
        ]
    taken: set[str] = set()
    for index, name in enumerate(names):
        number, candidate = 1, name
        while candidate.casefold() in taken:
            number += 1
            candidate = f"{name}_{number}"
        taken.add(candidate.casefold())
        names[index] = candidate
    return names


def _with_folder(image: Path) -> str:
    folder = Path(os.path.realpath(image)).parent.name
    return f"{folder}_{image.name.replace('.', '_')}"


def _clashing(names: Sequence[str]) -> set[str]:
    counts = Counter(name.casefold() for name in names)
    return {name for name, count in counts.items() if count > 1}
