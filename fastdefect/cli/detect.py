"""``fastdefect detect``: images in; a line, an overlay and a panel for each out, tables and a page of all."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fastdefect.cli.config import read_config, settings, write_config
from fastdefect.cli.detect_options import region_params, with_options
from fastdefect.cli.inputs import find_images
from fastdefect.cli.outputs import Outputs, picture_places, prepare
from fastdefect.cli.progress import Bar
from fastdefect.cli.reports import JsonReport, Report, TextReport
from fastdefect.errors import ArgumentValueError, ImageReadError
from fastdefect.optional import load_opencv

if TYPE_CHECKING:
    from fastdefect.report.coco import Segmentation


@click.command()
@click.argument("images", metavar="IMAGE...", nargs=-1)
@with_options
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    is_eager=True,
    expose_value=False,
    callback=read_config,
    metavar="FILE",
    help="TOML file with any of these options and images; the command line goes before it.",
)
@click.option(
    "--dump-config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the options of this call as such a file ('-' prints it) and inspect nothing.",
)
@click.pass_context
def detect(
    ctx: click.Context,
    /,
    images: tuple[str, ...],
    model: Path | None,
    out: Path,
    overlay: bool,
    panel: bool,
    masks: bool,
    score_maps: bool,
    as_json: bool,
    threads: int | None,
    verbose: bool,
    roi: Path | None,
    ignore: Path | None,
    report: Path | None,
    csv: Path | None,
    jsonl: Path | None,
    coco: Path | None,
    coco_segmentation: Segmentation,
    dump_config: Path | None,
    **rules: Any,
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
      fastdefect detect photos/ --report report.html --mm-per-px 0.25
      fastdefect detect photos/ --model cloth.json --report report.html
      fastdefect detect "photos/**/*.png" --json --no-overlay > results.jsonl
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    regions = region_params(rules)
    if dump_config is not None:
        write_config(ctx, dump_config)
        return
    if not images:
        raise click.UsageError(
            "Missing argument 'IMAGE...': name images, or list them in a --config file."
        )
    if model is not None and panel:
        raise click.UsageError(
            "--panel: expected the article's detector, whose stages it shows, received --model; leave one out"
        )
    inputs = find_images(images)
    wanted = {"overlay": overlay, "panel": panel, "mask": masks, "score_map": score_maps}
    kinds = [kind for kind, asked in wanted.items() if asked]
    targets = {"report": report, "csv": csv, "jsonl": jsonl, "coco": coco}
    files = {option: path for option, path in targets.items() if path is not None}
    places = picture_places(inputs.images, out, kinds, files)
    prepare(out, kinds, files)

    # Loaded late, when the arguments are known to be good: this starts OpenCV and Numba.
    load_opencv()
    from fastdefect.cli.inspection import Inspector

    outputs = Outputs(files)
    outputs.open(len(inputs.images), coco_segmentation, settings(ctx))
    # A terminal that shows the JSON itself has no place for a bar.
    hidden = as_json and sys.stdout.isatty()
    with Bar(len(inputs.images), "inspecting", hidden=hidden) as bar:
        text = None if as_json else TextReport(bar, inputs.images, verbose)
        console: Report = text or JsonReport(bar)

        def failed(sentence: str) -> None:
            console.failed(sentence)
            outputs.failed(sentence)

        for fault in inputs.faults:
            failed(fault)
        inspect = Inspector(threads, bar.say, roi=roi, ignore=ignore, regions=regions, model=model)
        for path, place in zip(inputs.images, places, strict=True):
            try:
                inspected = inspect(path)
            except ImageReadError as error:
                failed(str(error))
            except ArgumentValueError as error:  # the areas do not fit this image
                failed(f"{path}: {error}")
            else:
                outputs.add(inspect, inspected, place)
                console.passed(inspected, place)
            bar.step()
    outputs.write()
    console.end()
    sys.exit(1 if console.failures else 0)
