"""``fastdefect detect``: images in; a line, an overlay and a panel for each out."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from fastdefect.cli.inputs import find_images, result_names
from fastdefect.cli.progress import Bar
from fastdefect.cli.reports import JsonReport, Report, TextReport
from fastdefect.errors import ImageReadError
from fastdefect.opencv import load_opencv
from fastdefect.params import THREADS_MAX


@click.command()
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("fastdefect-out"),
    show_default=True,
    metavar="DIR",
    help="Folder for the pictures; made if missing.",
)
@click.option(
    "--overlay/--no-overlay",
    default=True,
    show_default=True,
    help="Write NAME_overlay.png, the image with its defects marked.",
)
@click.option("--panel", is_flag=True, help="Write NAME_panel.png, all stages in one figure.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object per image instead.")
@click.option(
    "--threads",
    type=click.IntRange(1, THREADS_MAX),
    metavar="N",
    help="Threads to use; as many as this process may use if not given.",
)
@click.option("-v", "--verbose", is_flag=True, help="Print the cost of each stage for every image.")
def detect(
    images: tuple[str, ...],
    out: Path,
    overlay: bool,
    panel: bool,
    as_json: bool,
    threads: int | None,
    verbose: bool,
) -> None:
    """Inspect images and print one line for each: verdict, score, milliseconds.

    IMAGE is a file, a folder (the images directly in it) or a pattern such as "roll7/**/*.png".

    The milliseconds are those of the inspection alone, when everything is compiled and warm:
    without reading, writing and drawing. A single image also gets the cost of each stage.

    Images of the same name get their ending or their folder's name into the names of their
    pictures. Pictures of an earlier run are replaced.

    A file that cannot be read is named on standard error and left out; the exit status is then 1.

    \b
    Examples
      fastdefect detect photo.jpg --panel
      fastdefect detect photos/ --out results
      fastdefect detect "photos/**/*.png" --json --no-overlay > results.jsonl
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    inputs = find_images(images)
    kinds = [kind for kind, wanted in (("overlay", overlay), ("panel", panel)) if wanted]
    places = _places(inputs.images, out, kinds)
    _prepare(out, kinds)

    # Loaded late, when the arguments are known to be good: this starts OpenCV and Numba.
    load_opencv()
    from fastdefect.cli.inspection import Inspector, write_pictures

    # A terminal that shows the JSON itself has no place for a bar.
    hidden = as_json and sys.stdout.isatty()
    with Bar(len(inputs.images), "inspecting", hidden=hidden) as bar:
        text = None if as_json else TextReport(bar, inputs.images, verbose)
        report: Report = text or JsonReport(bar)
        for fault in inputs.faults:
            report.failed(fault)
        inspect = Inspector(threads, bar.say)
        for path, place in zip(inputs.images, places, strict=True):
            try:
                inspected = inspect(path)
            except ImageReadError as error:
                report.failed(str(error))
            else:
                write_pictures(inspect, inspected, place)
                report.passed(inspected, place)
            bar.step()
    report.end()
    sys.exit(1 if report.failures else 0)


def _places(images: Sequence[Path], out: Path, kinds: Sequence[str]) -> list[dict[str, Path]]:
    """Return where the pictures of each image go; never onto an image that is still to be read."""
    places = [{kind: out / f"{name}_{kind}.png" for kind in kinds} for name in result_names(images)]
    sources = {os.path.realpath(image) for image in images}
    for place in places:
        for path in place.values():
            if os.path.realpath(path) in sources:
                raise click.UsageError(
                    f"--out: expected a folder in which no inspected image is replaced, but "
                    f"{path} is one; choose another folder"
                )
    return places


def _prepare(out: Path, kinds: Sequence[str]) -> None:
    """Fail before the first image where a picture could not be written at the end."""
    from fastdefect.io import make_folder

    if "panel" in kinds:
        from fastdefect.report.panel import load_matplotlib

        load_matplotlib()
    if kinds:
        make_folder(out)
