"""The options of commands that calibrate on good images, each once, and the images that they name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from fastdefect.cli.inputs import note_unused
from fastdefect.cli.parameters import THREADS_OPTION
from fastdefect.cli.progress import Bar
from fastdefect.io.paths import printable

if TYPE_CHECKING:
    from fastdefect.cli.fit.training_images import Groups

_Command = TypeVar("_Command", bound=Callable[..., Any])


def rate(ctx: click.Context, param: click.Parameter, value: str) -> float:
    """Read ``0.01`` or ``1%``."""
    try:
        rate = float(value.removesuffix("%")) / (100 if value.endswith("%") else 1)
    except ValueError:
        rate = -1.0
    if not 1e-6 <= rate <= 0.2:
        raise click.BadParameter(
            f"expected a rate from 0.000001 to 0.2, such as 0.01 or 1%, received {value!r}"
        )
    return rate


DATA = click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
_OPTIONS = (
    click.option(
        "--false-alarms",
        metavar="RATE",
        callback=rate,
        default="1%",
        show_default=True,
        help="Share of good images that may be called defective: 0.01 or 1%.",
    ),
    click.option(
        "--ignore",
        type=click.Path(exists=True, path_type=Path),
        multiple=True,
        metavar="MASK",
        help="Pixels that don't count in training: a mask image of the images' size that is not black there, for all "
        "images; or a folder of such, named as the images. Repeatable.",
    ),
    click.option(
        "--groups",
        metavar="RULE",
        default="auto",
        show_default=True,
        help="How images are grouped by sheet, see above: auto, none, folder or a regular expression.",
    ),
    click.option(
        "--leave-out",
        metavar="IMAGE",
        multiple=True,
        help="An image that is not to be learned, by name or path: one that stands apart from the rest. Repeatable.",
    ),
    click.option(
        "--skip-unreadable",
        is_flag=True,
        help="Leave out files that cannot be read, each named, instead of stopping.",
    ),
    click.option(
        "--approve",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write what the model makes of up to 12 of these images and 12 of DATA/test: `fastdefect validate` "
        "compares with it wherever the model runs.",
    ),
    click.option(
        "--drift",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Write what good images are like, for `fastdefect detect --drift FILE`, which tells when passed frames leave "
        "that.",
    ),
    THREADS_OPTION,
)


def with_good_images(command: _Command) -> _Command:
    """Give a command these options."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True)
class Chosen:
    """Good images that a command line names, checked.

    Attributes
    ----------
    paths : list of Path
    sheets : Groups
    masks : object
        What does not count, as a detector's ``fit`` takes it.
    shape : (int, int)
        Height and width of all images.
    coloured : bool
        Whether any of them has colour.
    """

    paths: list[Path]
    sheets: Groups
    masks: Any
    shape: tuple[int, int]
    coloured: bool


def choose_images(
    data: Path,
    groups: str,
    ignore: Sequence[Path],
    leave_out: Sequence[str],
    skip_unreadable: bool,
    *,
    grey: bool,
    folders: Sequence[Path],
) -> Chosen:
    """Find the images, leave out what is not wanted, group them, and read each once.

    ``folders`` are made in between: before the work, and not for images that are not there.
    """
    from fastdefect.cli.fit.odd_images import without
    from fastdefect.cli.fit.training_images import check_images, find_good, group_images, read_masks
    from fastdefect.evaluation.dataset import readable, unused_in_training
    from fastdefect.io import make_folder

    found = find_good(data, groups)
    note_unused(unused_in_training(data, found))
    paths = without(found, leave_out, data)
    if skip_unreadable:
        paths, bad = readable(paths)
        for _path, reason in bad:
            click.echo(f"Left out: {printable(reason)}", err=True)
    sheets = group_images(paths, groups)
    for folder in folders:
        make_folder(folder)
    with Bar(len(paths), "checking") as bar:
        shape, coloured = check_images(paths, grey, bar.step)
        masks = read_masks(ignore, paths, shape)
    return Chosen(paths, sheets, masks, shape, coloured)
