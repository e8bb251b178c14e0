"""``fastdefect calibrate``: a model and good images in; the model with a new threshold out."""

from __future__ import annotations

from pathlib import Path

import click

from fastdefect.cli.fit.drifting import write_drift
from fastdefect.cli.fit.options import DATA, choose_images, with_good_images
from fastdefect.cli.fit.summary import report
from fastdefect.cli.parameters import load_model
from fastdefect.cli.progress import Bar
from fastdefect.cli.validate.approving import write_approval
from fastdefect.optional import load_opencv
from fastdefect.report.numbers import score_text

_REFITTED = "of models that learned anew from the other groups, with this one's settings"
_AS_THEY_ARE = "as this model gives them"


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@DATA
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="File to write; its folder is made if missing. MODEL itself is replaced if not given.",
)
@click.option(
    "--refit/--as-is",
    "refit",
    default=None,
    help="Train the model anew on DATA and leave groups out, or take its scores as they are. By default trained anew where "
    "it learns from good images alone.",
)
@click.option(
    "--domain",
    "learn_domain",
    is_flag=True,
    help="Learn the domain of these images (what they look like as a whole) also where the model has one.",
)
@with_good_images
def calibrate(
    model: Path,
    data: Path,
    out: Path | None,
    refit: bool | None,
    learn_domain: bool,
    false_alarms: float,
    ignore: tuple[Path, ...],
    groups: str,
    leave_out: tuple[str, ...],
    skip_unreadable: bool,
    approve: Path | None,
    drift: Path | None,
    threads: int | None,
) -> None:
    """Set the threshold of a model so that it keeps a rate of false alarms.

    MODEL is a file of any detector that has a threshold: one that `fastdefect fit` wrote, a network
    that was trained elsewhere, one of another package. DATA is a folder of good images, or one
    with train/good in it; --groups says which belong together, as for `fastdefect fit`.

    Whole groups are left out where the detector learns from good images alone: it is then trained
    anew on DATA with its settings, and the model written is the one that has learned from all of
    them. Any other detector gives its scores as they are. Take images for it that it was not
    trained on: on its own it scores far too low, and 16 % of good images were then called
    defective at a nominal 5 %.

    Without groups the threshold holds for the sheets seen only. Images that stand apart, and those
    outside the domain that a model has, are named with the command that leaves them out. Where the
    threshold would be theirs alone, nothing is written.

    \b
    Examples
      fastdefect calibrate cloth.model new-roll/ --false-alarms 0.5%
      fastdefect calibrate net.onnx good/ --out new.onnx --groups "^roll(\\d+)"
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    load_opencv()
    from fastdefect.cli.calibrate.saving import check_kept, save_whole
    from fastdefect.cli.fit.odd_images import naming_odd
    from fastdefect.detectors.calibrating.run import calibrate as calibrate_detector

    target = model if out is None else out
    detector = load_model(model, "MODEL")
    grey = not getattr(getattr(detector, "params", None), "colour", True)
    folders = [place.parent for place in (target, approve, drift) if place is not None]
    good = choose_images(
        data, groups, ignore, leave_out, skip_unreadable, grey=grey, folders=folders
    )
    with naming_odd(good.paths, data), Bar(len(good.paths), "calibrating") as bar:
        bar.say("loading kernels")
        found = calibrate_detector(
            detector, good.paths, good.sheets.names, good.masks, false_alarms=false_alarms, refit=refit,
            learn_domain=learn_domain, threads=threads, progress=bar.at,
        )  # fmt: skip
    read_back = save_whole(found.detector, target)
    colour = good.coloured and found.detector.channels != 1
    scores = _REFITTED if found.refitted else _AS_THEY_ARE
    report(found.detector, good.shape, good.sheets, target, colour=colour, scores=scores)
    before = getattr(detector, "threshold", None)
    if before is not None:
        click.echo(f"before     threshold {score_text(before)}")
    if not found.refitted:
        click.echo(
            "Note: scores are as they are; if the model was trained on these images its threshold is far too low: "
            "calibrate it on others.",
            err=True,
        )
    check_kept(found, read_back)
    if drift is not None:
        write_drift(drift, target, found.detector, found.scores, good)
    if approve is not None:
        write_approval(approve, target, data, good.paths, threads)
