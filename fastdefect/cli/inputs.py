"""What the user names on the command line: files, folders, patterns; and names for the results."""

from __future__ import annotations

import glob
import os
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import click

from fastdefect.io import folders_within, is_folder, is_image, list_images, list_unused, printable

_STREAM = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")  # whose slashes a path would lose
_NAMED = 3  # unused files that a sentence names; the rest is counted
_LARGEST = 64 * 2**20  # bytes of a list of names; a million of them take as much


@dataclass(frozen=True)
class Inputs:
    """What the names on the command line stand for.

    Attributes
    ----------
    images : tuple of Path
        Image files in the order named, each once.
    faults : tuple of str
        A sentence for each name that has none.
    unused : tuple of Path
        What lay there besides.
    faulty : tuple of str
        The names of ``faults``.
    """

    images: tuple[Path, ...]
    faults: tuple[str, ...]
    unused: tuple[Path, ...] = ()
    faulty: tuple[str, ...] = ()


def find_images(
    names: Iterable[str], *, recursive: bool = False, besides: Path | None = None
) -> Inputs:
    """Resolve what stands on the command line.

    Parameters
    ----------
    names : iterable of str
        Each a file, a folder (the image files directly in it, by name) or a pattern for `glob`,
        in which ``**`` means any number of folders. An existing file or folder of that very name
        goes before the pattern. ``-`` is a list of such names, see `read_names`.
    recursive : bool
        Take folders with all that are in them.
    besides : Path or None
        A folder that is not looked into on the way: that of the pictures, which would be inspected the next time.

    Returns
    -------
    Inputs
        Nothing is opened. A name that is neither is taken for a file, so that reading it gives the
        error.
    """
    images: dict[str, Path] = {}
    faults: dict[str, str] = {}
    unused: list[Path] = []
    for name in _listed(names):
        if not name:
            faults[name] = "IMAGE: expected the name of a file, received an empty one; name a file"
            continue
        if name == "-":
            faults[name] = (
                "-: expected names of images on standard input, received none; write one on each line"
            )
            continue
        if _STREAM.match(name) and not os.path.exists(name):
            faults[name] = (
                f"{name}: expected files, folders or patterns, received an address; save its pictures as files first"
            )
            continue
        path = Path(name)
        if is_folder(path):
            found, left = _in_folder(path, recursive, besides)
            what = "a folder with images"
            unused += left
        elif not os.path.exists(path) and glob.has_magic(name):
            fitting = sorted(map(Path, glob.iglob(name, recursive=True)))
            found, what = [fit for fit in fitting if is_image(fit)], "a pattern that fits images"
            unused += [fit for fit in fitting if fit.is_file() and not is_image(fit)]
        else:
            found, what = [path], ""
        if not found:
            faults[name] = f"{name}: expected {what}, found none{_remedy(path)}"
        for image in found:
            images.setdefault(os.path.realpath(image), image)
    return Inputs(
        tuple(images.values()), tuple(faults.values()), tuple(dict.fromkeys(unused)), tuple(faults)
    )


def _listed(names: Iterable[str]) -> Iterator[str]:
    """The names, with those on standard input in the place of a dash; the dash itself where there are none."""
    for name in names:
        yield from (read_names() or [name]) if name == "-" else [name]


def read_names() -> list[str]:
    """Read names from standard input: one a line, or with null characters between, as ``find -print0`` writes them.

    Raises
    ------
    click.UsageError
        For more than 64 MiB, which no list of images has.
    """
    data = sys.stdin.buffer.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise click.UsageError(
            f"-: expected at most {_LARGEST} bytes of names on standard input, received more; inspect fewer images at a time"
        )
    parts = data.split(b"\0") if b"\0" in data else data.splitlines()
    return [os.fsdecode(part) for part in parts if part]


def _in_folder(
    folder: Path, recursive: bool, besides: Path | None
) -> tuple[list[Path], list[Path]]:
    """The images of a folder and what lies there besides."""
    if not recursive:
        return list_images(folder), list_unused(folder)
    places = list(folders_within(folder))
    kept_out = None if besides is None else Path(os.path.realpath(besides))
    if kept_out is not None and not Path(os.path.realpath(folder)).is_relative_to(kept_out):
        places = [
            place for place in places if not Path(os.path.realpath(place)).is_relative_to(kept_out)
        ]
    unused = [path for place in places for path in list_unused(place) if not is_folder(path)]
    return [image for place in places for image in list_images(place)], unused


def _remedy(name: Path) -> str:
    """What to do where no image was found: of a folder, which of its own folders hold some."""
    if not is_folder(name):
        return "; check the path"
    holding = (place for place in folders_within(name) if list_images(place))
    deeper = [place.relative_to(name) for place in islice(holding, _NAMED + 1)]
    if not deeper:
        return "; check the path"
    more = " and others" if len(deeper) > _NAMED else ""
    places = ", ".join(map(str, deeper[:_NAMED]))
    return f" in it, but some in {places}{more}; name these, or take all with --recursive"


def note_unused(paths: Sequence[Path], remedy: str = "") -> None:
    """Say on standard error what lies in a folder and is not used: the first names, how many more, and what to do."""
    if not paths:
        return
    names = ", ".join(printable(path) for path in paths[:_NAMED])
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    click.echo(f"Note: there and not used: {names}{more}{remedy}", err=True)


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
