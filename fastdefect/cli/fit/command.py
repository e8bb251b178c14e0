"""``fastdefect fit``: good images in, one model file out."""

from __future__ import annotations

from inspect import signature
from pathlib import Path
from typing import Any

import click

from fastdefect.cli.fit.drifting import write_drift
from fastdefect.cli.fit.networks import (
    TrainingOptions,
    report_training,
    train_network,
    with_training,
)
from fastdefect.cli.fit.options import DATA, Chosen, choose_images, with_good_images
from fastdefect.cli.fit.summary import report
from fastdefect.cli.progress import Bar
from fastdefect.cli.validate.approving import write_approval
from fastdefect.optional import load_opencv

_AUTO = "auto"


class TrainableKind(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic in newer releases of click only
    """The kind of a detector that can be trained; the registry is read when one is named."""

    name = "kind"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the kind, or refuse it with the list of all."""
        from fastdefect.detectors.registry import network_kinds, trainable_kinds

        known, networks, wanted = trainable_kinds(), network_kinds(), str(value).split("+")
        if value == _AUTO or value in networks:
            return str(value)
        if len(wanted) > 2 or len({*wanted}) < len(wanted) or not {*wanted} <= {*known}:
            self.fail(
                f"expected {_AUTO}, one of {', '.join(known)}, or two of them joined by a plus; or a network: "
                f"{', '.join(networks)}; received {value!r}",
                param,
                ctx,
            )
        return str(value)


@click.command()
@DATA
@click.option(
    "--detector",
    "kind",
    type=TrainableKind(),
    metavar="KIND",
    help="What to train, for example texture; the first of the installed kinds if not given. auto takes the one that suits "
    "how much good images vary. Two kinds joined by a plus share the rate of false alarms: an image is defective where "
    "either says so. Networks (lenet, autoencoder, gan, resnet, fcn) take a minute and need the extra learn "
    "(pip install torch onnx onnxscript onnxruntime).",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="MODEL",
    help="File to write; its folder is made if missing, an older model is replaced.",
)
@click.option(
    "--grey", is_flag=True, help="Brightness only: about six times as fast on one thread."
)
@with_good_images
@with_training
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
    approve: Path | None,
    drift: Path | None,
    threads: int | None,
    training: TrainingOptions,
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

    Networks are trained in steps, a third of the groups left out: by these the training is watched
    and scores of the others are put right, before the threshold is calibrated on all. lenet,
    resnet and fcn learn from defective images too: DATA then has test/<defect> with the images and
    ground_truth/<defect> with a mask for each, as MVTec AD has them. What they learned from is no
    test of them any more.

    \b
    Examples
      fastdefect fit good/ --out cloth.model
      fastdefect fit good/ --out cloth.model --false-alarms 0.1% --grey
      fastdefect fit scans/ --out paper.model --groups "^roll(\\d+)"
      fastdefect fit mvtec/leather --out leather.model --ignore edges.png
      fastdefect fit mvtec/leather --out leather.onnx --detector fcn
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    load_opencv()
    from fastdefect.cli.fit.odd_images import naming_odd
    from fastdefect.detectors.choice.advice import advise
    from fastdefect.detectors.registry import network_kinds

    network = kind if kind in network_kinds() else None
    if network is None:
        training.refuse(kind)
        detector = _untrained(None if kind == _AUTO else kind, false_alarms, grey)
    folders = [place.parent for place in (out, approve, drift) if place is not None]
    good = choose_images(
        data, groups, ignore, leave_out, skip_unreadable, grey=grey, folders=folders
    )
    paths, masks = good.paths, good.masks
    advice = advise(paths, masks, colour=not grey) if kind in (None, _AUTO) else None
    if advice is not None and kind == _AUTO:
        detector = _untrained(advice.kind, false_alarms, grey)
    with naming_odd(paths, data):
        if network is not None:
            detector = train_network(
                network, data, good, groups, false_alarms, training, grey=grey, threads=threads
            )
        else:
            detector = _trained(detector, good, threads)
    detector.save(out)
    if network is not None:
        report_training(detector)
    if advice is not None:
        click.echo(f"material   {advice.words}")
    report(detector, good.shape, good.sheets, out, colour=good.coloured and not grey)
    if drift is not None:
        write_drift(drift, out, detector, getattr(detector, "left_out", None), good)
    if approve is not None:
        write_approval(approve, out, data, paths, threads)
    if advice is not None and advice.kind != detector.kind:
        click.echo(
            f"Note: this is a model of the kind {detector.kind}; take --detector {advice.kind}, or auto.",
            err=True,
        )


def _trained(detector: Any, good: Chosen, threads: int | None) -> Any:
    with Bar(len(good.paths), "learning") as bar:
        bar.say("loading kernels")
        return detector.fit(
            good.paths, good.sheets.names, good.masks, threads=threads, progress=bar.at
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
