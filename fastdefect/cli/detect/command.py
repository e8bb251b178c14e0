"""``fastdefect detect``: images in; a line, an overlay and a panel for each out, tables and a page of all."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fastdefect.cli.config import read_config, settings, write_config
from fastdefect.cli.detect.bulkhead import kept
from fastdefect.cli.detect.drifting import load_drift, say_drift
from fastdefect.cli.detect.lines import JsonLines, Lines, TextLines
from fastdefect.cli.detect.options import region_params, with_options
from fastdefect.cli.detect.outputs import Outputs, check_places, picture_places, result_folders
from fastdefect.cli.inputs import find_images, note_unused
from fastdefect.cli.parameters import load_model
from fastdefect.cli.progress import Bar
from fastdefect.errors import ArgumentValueError, ImageReadError, MissingPackageError, OutputError
from fastdefect.io import is_folder
from fastdefect.optional import load_opencv

if TYPE_CHECKING:
    from fastdefect.report.coco import Segmentation

# Exit status; 2 is that of a wrong command line. The two of --fail-on-defect are told apart by one number each.
_FAILED, _UNUSABLE = 1, 3
_FOUND, _NONE_FOUND = 3, 4
_BASELINE = (
    "Note: without --model this is the article's detector, a baseline that splits every image in two and calls almost all "
    "defective; learn your material with: fastdefect fit GOOD_IMAGES/ --out cloth.model"
)


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
    page: int | None,
    memory: str,
    anew: bool,
    roi: Path | None,
    ignore: Path | None,
    report: Path | None,
    csv: Path | None,
    jsonl: Path | None,
    coco: Path | None,
    coco_segmentation: Segmentation,
    coco_folder: Path | None,
    drift: Path | None,
    drift_reset: bool,
    csv_images: Path | None,
    fail_on_defect: bool,
    recursive: bool,
    quiet: bool,
    dump_config: Path | None,
    **rules: Any,
) -> None:
    """Inspect images and print one line for each: verdict, score, milliseconds.

    IMAGE is a file, a folder (the images directly in it, with --recursive those of all its folders
    too) or a pattern such as "roll7/**/*.png"; - is a list of these on standard input, one a line
    or with null characters between. `fastdefect predict` is the same command.

    The milliseconds are those of the inspection alone, without reading, writing and drawing. Each
    image is inspected once. Kernels are compiled or loaded before the first one, on noise of 64 x 64
    pixels; what that took is reported apart ("+ 480 ms loading kernels") and not counted. The stages
    that --panel shows are counted. A single image also gets the cost of each stage.
    `fastdefect profile` measures steady times.

    Images of the same name get their ending or their folder's name into the names of their
    pictures. Pictures of an earlier run are replaced.

    A TIFF or NPY file of more than 268 megapixels is inspected in parts, in the memory of --memory,
    to the bytes of a whole inspection. Its result is a folder NAME_result: mask.tif and
    score_map.tif (tiled BigTIFF), the table of defects, and a certificate that `fastdefect verify`
    checks. A run that was stopped goes on where it was. No pictures are made of it.

    A trained model calls an image UNUSABLE that is no picture of its material (black, blurred,
    overexposed, another material) and says why; that is no pass.

    With --drift a running test of all that pass tells once, in a note and on standard error, when
    scores, light or texture have left those of the calibration, long before frames are unusable.

    \b
    Exit status
      0  every image was inspected, with defects or without
      1  a file could not be inspected or written; it is named and left out
      2  wrong usage; nothing was inspected
      3  none failed, but an image is unusable
      130, 143  the run was stopped (Ctrl-C, SIGTERM)

    \b
    Exit status with --fail-on-defect
      0  every image is good
      1, 2, 130, 143  as above; 1 also where others are defective, for not all were inspected
      3  none failed, and an image is defective
      4  none failed, none is defective, but an image is unusable

    --jsonl grows with each image. A run that is stopped writes its other tables with what was
    inspected and says how many images that are.

    \b
    Examples
      fastdefect detect photo.jpg --panel
      fastdefect detect photos/ --report report.html --mm-per-px 0.25
      fastdefect detect photos/ --model cloth.json --report report.html
      fastdefect detect shift2/ --model cloth.json --drift cloth.drift
      fastdefect detect "photos/**/*.png" --json --no-overlay > results.jsonl
      fastdefect detect belt/ --model cloth.json --fail-on-defect --quiet --csv-images verdicts.csv
      find belt -newer last -name "*.png" -print0 | fastdefect detect - --model cloth.json
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    regions = region_params(rules)
    if dump_config is not None:
        write_config(ctx, dump_config)
        return
    if coco_folder is not None and (coco is None or not is_folder(coco_folder)):
        raise click.UsageError(
            f"--coco-folder: expected a folder that is there, and --coco beside it, received {coco_folder}; name both"
        )
    if not images:
        raise click.UsageError(
            "Missing argument 'IMAGE...': name images, or list them in a --config file."
        )
    inputs = find_images(images, recursive=recursive, besides=out)
    if quiet and verbose:
        raise click.UsageError(
            "--quiet: expected no --verbose beside it, received both; choose one"
        )
    if not quiet:
        folders = any(map(is_folder, inputs.unused))
        note_unused(inputs.unused, "; --recursive takes folders" if folders else "")
    wanted = {"overlay": overlay, "panel": panel, "mask": masks, "score_map": score_maps}
    kinds = [kind for kind, asked in wanted.items() if asked]
    if drift is not None and model is None:
        raise click.UsageError(
            "--drift: expected the --model that it belongs to beside it, received none; name both"
        )
    targets = {
        "report": report, "csv": csv, "csv-images": csv_images, "jsonl": jsonl, "coco": coco, "drift": drift,
    }  # fmt: skip
    files = {option: path for option, path in targets.items() if path is not None}
    places = picture_places(inputs.images, out, kinds, files)
    check_places(out, kinds, files)

    # Loaded late, when the arguments are known to be good: this starts OpenCV and Numba.
    load_opencv()
    from fastdefect.cli.detect.inspection import Inspector
    from fastdefect.detectors.registry import default_detector

    watch = None if drift is None or model is None else load_drift(drift, model, drift_reset)
    detector = default_detector() if model is None else load_model(model)
    if model is None and not quiet:
        click.echo(_BASELINE, err=True)
    outputs = Outputs(files, regions.spacing)
    outputs.open(inputs.images, coco_segmentation, coco_folder, settings(ctx), watch, detector)
    # A terminal that shows the JSON itself has no place for a bar.
    hidden = quiet or (as_json and sys.stdout.isatty())
    count = len(inputs.images)
    with Bar(count, "inspecting", hidden=hidden) as bar, kept(outputs, count):
        lines: Lines
        if as_json:
            lines = JsonLines(bar)
        elif quiet:
            lines = Lines(bar)
        else:
            lines = TextLines(bar, inputs.images, verbose)

        def failed(name: object, sentence: str) -> None:
            lines.failed(sentence)
            outputs.failed(str(name), sentence)

        for name, fault in zip(inputs.faulty, inputs.faults, strict=True):
            failed(name, fault)
        inspect = Inspector(
            detector,
            threads,
            bar.say,
            roi=roi,
            ignore=ignore,
            regions=regions,
            stages=panel,
            page=page,
            drift=watch,
            memory=memory,
            anew=anew,
            folders=result_folders(inputs.images, out),
            view=report is not None,
        )
        for path, place in zip(inputs.images, places, strict=True):
            try:
                inspected = inspect(path)
            except ImageReadError as error:
                failed(path, str(error))
            except ArgumentValueError as error:  # areas or detector do not fit this image
                failed(path, f"{path}: {error}")
            except (
                MissingPackageError,
                OutputError,
            ) as error:  # of an image that is inspected in parts
                failed(path, f"{path}: {error}")
            except MemoryError:
                failed(path, f"{path}: expected room for its results in memory, which is full")
            else:
                if inspected.folder is not None:
                    place = {"result": inspected.folder}
                try:
                    outputs.add(inspected, place)
                except OutputError as error:  # of a picture or line of it; the result counts
                    lines.unwritten(str(error))
                lines.passed(inspected, place)
            bar.step()
    lines.end()
    say_drift(watch)
    sys.exit(_status(lines, fail_on_defect))


def _status(lines: Lines, fail_on_defect: bool) -> int:
    if lines.failures:
        return _FAILED
    if not fail_on_defect:
        return _UNUSABLE if lines.unusable else 0
    return _FOUND if lines.defective else _NONE_FOUND if lines.unusable else 0
