"""``fastdefect fit``: good images in, a model file out."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fastdefect.cli.progress import Bar
from fastdefect.params import THREADS_MAX


@click.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.option(
    "--detector",
    type=click.Choice(["texture"]),
    default="texture",
    show_default=True,
    help="What to train.",
)
@click.option(
    "--out", type=click.Path(path_type=Path), required=True, metavar="MODEL", help="File to write."
)
@click.option(
    "--false-alarms",
    type=float,
    default=0.01,
    show_default=True,
    help="Share of good images that may be flagged.",
)
@click.option(
    "--grey", is_flag=True, help="The fast grey model: blind to colour and to smoothed texture."
)
@click.option(
    "--groups/--no-groups",
    default=True,
    show_default=True,
    help="Leave whole groups out when the threshold is calibrated; a group is what stands before the first _ of a name.",
)
@click.option("--threads", type=click.IntRange(1, THREADS_MAX), metavar="N", help="Threads to use.")
def fit(
    data: Path,
    detector: str,
    out: Path,
    false_alarms: float,
    grey: bool,
    groups: bool,
    threads: int | None,
) -> None:
    """Learn from good images what to expect, and calibrate the threshold.

    DATA is a folder of good images of one size, or one in the MVTec-AD layout (train/good).

    A file that cannot be read is named on standard error and left out; the exit status is then 1.
    """
    from fastdefect.detectors.dataset import good_paths, group_of, readable
    from fastdefect.detectors.texture import TextureModel

    model = TextureModel(false_alarms=false_alarms, colour=not grey)
    paths, broken = readable(good_paths(data))
    names = [group_of(path) for path in paths]
    # names without a common start are no groups
    apart = groups and 1 < len(set(names)) < len(names)
    with Bar(3 * len(paths), "learning") as bar:
        for _, reason in broken:
            bar.errors.print(reason, highlight=False, soft_wrap=True)
        model.fit(paths, names if apart else None, threads=threads, progress=lambda *_: bar.step())
    model.save(out)
    calibration = model.calibration
    assert calibration is not None
    low, high = calibration.interval
    within = (
        f"{calibration.groups} groups" if apart else "no groups: holds for the sheets seen only"
    )
    click.echo(
        f"{out}: {detector} model of {calibration.images} images ({within}), threshold {model.threshold:.3f} "
        f"(90 %: {low:.3f} to {high:.3f}) for {false_alarms:.2%} false alarms"
    )
    sys.exit(1 if broken else 0)
