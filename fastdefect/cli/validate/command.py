"""``fastdefect validate``: a model held against what it answered when it was approved."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fastdefect.cli.parameters import THREADS_OPTION, load_model
from fastdefect.cli.progress import Bar
from fastdefect.cli.stopping import cause, end
from fastdefect.errors import ArgumentValueError, ImageReadError, OutputError
from fastdefect.io.paths import printable
from fastdefect.optional import load_opencv

if TYPE_CHECKING:
    from fastdefect.evaluation.approval.run import Validation

_STATUS = {"same": 0, "incomplete": 1, "different": 3}


@click.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option(
    "--against",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="What `fastdefect fit --approve FILE` or `fastdefect calibrate --approve FILE` wrote.",
)
@click.option(
    "--images",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Where the approved images lie, at any depth and under any names: they are known by their content. The folder of "
    "--against if not given.",
)
@click.option(
    "--json",
    "as_json",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write all that was found.",
)
@click.option(
    "--report",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write it as one HTML page that needs no other file.",
)
@THREADS_OPTION
def validate(
    model: Path,
    against: Path,
    images: Path | None,
    as_json: Path | None,
    report: Path | None,
    threads: int | None,
) -> None:
    """Prove that a model answers here as it did when it was approved.

    The model runs on the images of the approval. Scores, score maps and verdicts have to be the
    same: to the bit for detectors whose arithmetic is fastdefect's own, within a thousandth of the
    map's 0.9995 quantile for networks, which another library adds up. A model file that is not the
    approved one, byte for byte, differs whatever it answers. Speed and versions are shown, then
    and now, and judged by no one.

    An image whose content is nowhere below --images is named as changed, where a file of its name
    is there, or missing: then nothing is proved.

    \b
    Exit status
      0  everything is as it was approved
      1  a file cannot be read or written, or an image is missing or changed
      3  the model, a score, a map or a verdict differs; the first image is named
      130, 143  stopped (Ctrl-C, SIGTERM); --json and --report say how far it came

    \b
    Examples
      fastdefect fit good/ --out cloth.model --approve cloth.approval
      fastdefect validate cloth.model --against cloth.approval --images good/
      fastdefect validate cloth.model --against cloth.approval --report proof.html
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    load_opencv()
    from fastdefect.cli.validate.approving import machine, model_bytes
    from fastdefect.cli.validate.table import document, show
    from fastdefect.evaluation.approval import file, run
    from fastdefect.io import check_place, make_folder

    approval = file.read(against)
    detector = load_model(model, "MODEL")
    for place in filter(None, (as_json, report)):
        make_folder(place.parent)
        check_place(place)
    if report is not None:
        from fastdefect.report.html import load_jinja

        load_jinja()
    started: list[Validation] = []
    stopped: BaseException | None = None
    with Bar(len(approval.images), "comparing") as bar:
        bar.say("loading kernels")
        try:
            run.validate(
                detector, model_bytes(model), approval, images or against.parent, machine(threads),
                threads=threads, progress=bar.at, found=started.append,
            )  # fmt: skip
        except (ArgumentValueError, ImageReadError, MemoryError):
            raise
        except BaseException as error:
            if not started:
                raise
            stopped = error
    (result,) = started
    show(result, model)
    written = {"model": model, "against": against}
    faults = [_write(as_json, lambda: json.dumps(document(result, written), indent=1) + "\n")]
    faults.append(_write(report, lambda: _page(document(result, written))))
    for fault in filter(None, faults):
        click.echo(f"Error: {printable(fault)}", err=True)
    if stopped is not None:
        done = f"{result.compared} of {len(approval.images)} images, {len(result.differences)} of them differ"
        click.echo(f"Error: stopped by {cause(stopped)} after {done}", err=True)
        end(stopped)
    sys.exit(1 if any(faults) else _STATUS[result.outcome])


def _write(path: Path | None, text: object) -> str | None:
    """Write a file where one is wanted; the fault in words."""
    from fastdefect.io import write_text

    if path is None:
        return None
    try:
        write_text(path, text())  # type: ignore[operator]
    except OutputError as error:
        return str(error)
    click.echo(f"wrote      {printable(path)}")
    return None


def _page(found: dict[str, object]) -> str:
    from fastdefect.report.html import render

    return render("validate.html", found=found)
