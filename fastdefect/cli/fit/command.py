"""``fastdefect fit``: good images in, one model file out."""

from __future__ import annotations

from inspect import signature
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fastdefect.cli.inputs import note_unused
from fastdefect.cli.parameters import THREADS
from fastdefect.cli.progress import Bar
from fastdefect.io.paths import printable
from fastdefect.optional import load_opencv

if TYPE_CHECKING:
    from fastdefect.cli.fit.training_images import Groups

# Below these a threshold is said to be uncertain; the interval cannot know a sheet of another kind.
_FEW_IMAGES = 20
_FEW_GROUPS = 5
_AUTO = "auto"


class TrainableKind(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic in newer releases of click only
    """The kind of a detector that can be trained; the registry is read when one is named."""

    name = "kind"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the kind, or refuse it with the list of all."""
        from fastdefect.detectors.registry import trainable_kinds

        known, wanted = trainable_kinds(), str(value).split("+")
        if value == _AUTO:
            return _AUTO
        if len(wanted) > 2 or len({*wanted}) < len(wanted) or not {*wanted} <= {*known}:
            self.fail(
                f"expected {_AUTO}, one of {', '.join(known)}, or two of them joined by a plus, received {value!r}",
                param,
                ctx,
            )
        return str(value)


def _rate(ctx: click.Context, param: click.Parameter, value: str) -> float:
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


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--detector",
    "kind",
    type=TrainableKind(),
    metavar="KIND",
    help="What to train, for example texture; the first of the installed kinds if not given. auto takes the one that suits "
    "how much good images vary. Two kinds joined by a plus share the rate of false alarms: an image is defective where "
    "either says so.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="MODEL",
    help="File to write; its folder is made if missing, an older model is replaced.",
)
@click.option(
    "--false-alarms",
    metavar="RATE",
    callback=_rate,
    default="1%",
    show_default=True,
    help="Share of good images that may be called defective: 0.01 or 1%.",
)
@click.option(
    "--grey", is_flag=True, help="Brightness only: about six times as fast on one thread."
)
@click.option(
    "--ignore",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    metavar="MASK",
    help="Pixels that don't count in training: a mask image of the images' size that is not black there, for all "
    "images; or a folder of such, named as the images. Repeatable.",
)
@click.option(
    "--groups",
    metavar="RULE",
    default="auto",
    show_default=True,
    help="How images are grouped by sheet, see above: auto, none, folder or a regular expression.",
)
@click.option(
    "--leave-out",
    metavar="IMAGE",
    multiple=True,
    help="An image that is not to be learned, by name or path: one that stands apart from the rest. Repeatable.",
)
@click.option(
    "--skip-unreadable",
    is_flag=True,
    help="Leave out files that cannot be read, each named, instead of stopping.",
)
@click.option(
    "--threads",
    type=THREADS,
    metavar="N",
    help="Threads to use; as many as this process may use if not given. Changes no result.",
)
def fit(
    data: Path,
    kind: str | None,
    out: Path,
    false_alarms: float,
    grey: bool,
    ignore: tuple[Path, ...],
    groups: str,
    leave_out: tuple[str, ...],
    skip_unreadable: bool,
    threads: int | None,
) -> None:
    """Train a detector on good images only, and calibrate its threshold.

    DATA is a folder of good images, or one with train/good in it (MVTec-AD layout). At least 4
    images of one size; 20 and more, of several sheets, make a threshold worth its name. Train on
    images of the size that will be inspected: the score depends on it.

    The threshold is set so that a share of --false-alarms of good images exceeds it. It is
    calibrated with whole groups left out, because images of one sheet (roll, day) are more alike
    than those of the next. --groups says which belong together:

    \b
      auto     the file name up to its first "_" (03_7.png is of sheet 03);
               if that makes no groups, each image on its own
      none     each image on its own
      folder   each subfolder of DATA is a group
      else     a regular expression, searched for in the file name: the
               group is what fits, or what fits its first parentheses

    Images that stand apart from the rest, by a score much higher or lower or by their look as a
    whole, are named with the command that leaves them out. Where the threshold would be theirs
    alone, nothing is written. Images that repeat others count once.

    Without --detector a line says how much the good images vary by themselves and which detector
    that asks for; --detector auto trains that one.

    Prints the images and groups, and the threshold with the interval that 90 % of such thresholds
    would fall into. Nothing is written where anything is wrong with the images.

    \b
    Examples
      fastdefect fit good/ --out cloth.model
      fastdefect fit good/ --out cloth.model --false-alarms 0.1% --grey
      fastdefect fit scans/ --out paper.model --groups "^roll(\\d+)"
      fastdefect fit mvtec/leather --out leather.model --ignore edges.png
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    from fastdefect.io import make_folder

    load_opencv()
    from fastdefect.cli.fit.odd_images import naming_odd, without
    from fastdefect.cli.fit.training_images import check_images, find_good, group_images, read_masks
    from fastdefect.detectors.choice.advice import advise
    from fastdefect.evaluation.dataset import readable, unused_in_training

    detector = _untrained(None if kind == _AUTO else kind, false_alarms, grey)
    found_paths = find_good(data, groups)
    note_unused(unused_in_training(data, found_paths))
    paths = without(found_paths, leave_out, data)
    if skip_unreadable:
        paths, bad = readable(paths)
        for _path, reason in bad:
            click.echo(f"Left out: {printable(reason)}", err=True)
    sheets = group_images(paths, groups)
    make_folder(out.parent)  # fails now rather than after the training
    with Bar(len(paths), "checking") as bar:
        shape, coloured = check_images(paths, grey, bar.step)
        masks = read_masks(ignore, paths, shape)
    advice = advise(paths, masks, colour=not grey) if kind in (None, _AUTO) else None
    if advice is not None and kind == _AUTO:
        detector = _untrained(advice.kind, false_alarms, grey)
    with naming_odd(paths, data), Bar(len(paths), "learning") as bar:
        bar.say("loading kernels")
        detector = detector.fit(paths, sheets.names, masks, threads=threads, progress=bar.at)
    detector.save(out)
    if advice is not None:
        click.echo(f"material   {advice.words}")
    _report(detector, shape, sheets, out, colour=coloured and not grey)
    if advice is not None and advice.kind != detector.kind:
        click.echo(
            f"Note: this is a model of the kind {detector.kind}; take --detector {advice.kind}, or auto.",
            err=True,
        )


def _untrained(kind: str | None, false_alarms: float, grey: bool) -> Any:
    from fastdefect.detectors.registry import trainable_kinds

    kinds = (kind or trainable_kinds()[0]).split("+")
    first, *others = [_one_untrained(each, false_alarms, grey) for each in kinds]
    if not others:
        return first
    from fastdefect.detectors.joined.model import Joined

    return Joined(first, others[0], false_alarms)


def _one_untrained(kind: str, false_alarms: float, grey: bool) -> Any:
    from fastdefect.detectors.registry import detector_class

    make: Any = detector_class(kind)
    if not grey:
        return make(false_alarms=false_alarms)
    if "colour" not in signature(make).parameters:
        raise click.UsageError(
            f"--grey: expected a detector that can do without colour, received the kind {kind!r}, which has no "
            "such setting; leave --grey out"
        )
    return make(false_alarms=false_alarms, colour=False)


def _report(
    detector: Any, shape: tuple[int, int], sheets: Groups, out: Path, *, colour: bool
) -> None:
    """Print what the calibration rests on, and what it lacks."""
    found = getattr(detector, "calibration", None)
    kind = "colour" if colour else "grey"
    if found is None:
        click.echo(f"threshold  {detector.threshold:.4g}, of a detector without a calibration")
        return
    low, high = found.interval
    domain = getattr(detector, "domain", None)
    parts = [found.false_alarms] if domain is None else [found.false_alarms, domain.false_alarms]
    rate = f"{100 * sum(parts):g} % false alarms"
    click.echo(
        f"images     {found.images} good ones of {shape[1]} x {shape[0]} pixels, judged in {kind}"
    )
    click.echo(f"groups     {found.groups}, {sheets.how}")
    click.echo(
        f"threshold  {found.threshold:.4g} for {rate} (90 % interval {low:.4g} - {high:.4g})"
    )
    if domain is not None:
        click.echo(
            f"domain     {domain.limit:.3g} deviations as a whole, {100 * domain.false_alarms:g} of these "
            f"{100 * sum(parts):g} %; images beyond are unusable"
        )
    click.echo(f"model      {printable(out)}, {out.stat().st_size / 1e3:.1f} kB")
    few = []
    if found.images < _FEW_IMAGES:
        few.append(f"{found.images} images")
    if found.groups < _FEW_GROUPS:
        few.append(f"{found.groups} groups")
    if few:
        click.echo(
            f"Note: {' in '.join(few)} are few; a sheet of another kind may score beyond the interval.",
            err=True,
        )
    if sheets.names is None:
        click.echo(
            "Note: without groups the threshold holds for the sheets seen only; see --groups.",
            err=True,
        )
