"""``fastdefect evaluate``: a model and labelled images in; figures, curves and the hardest images out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fastdefect.cli.inputs import note_unused, result_names
from fastdefect.cli.parameters import THREADS_OPTION
from fastdefect.cli.progress import Bar
from fastdefect.cli.stopping import cause, end
from fastdefect.io.paths import printable
from fastdefect.optional import load_opencv

if TYPE_CHECKING:
    from fastdefect.cli.evaluate.candidates import Candidate
    from fastdefect.cli.evaluate.evaluation_run import DatasetEntry, EvaluationRun

_SHOWN = 8  # misses, and as many false alarms, in a gallery


@click.command()
@click.argument("data", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument(
    "models", metavar="[MODEL]...", type=click.Path(exists=True, path_type=Path), nargs=-1
)
@click.option(
    "--model",
    "more_models",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    metavar="MODEL",
    help="The same as naming MODEL after DATA: a file that `fastdefect fit` wrote; for several kinds of material also a "
    "folder with one file for each, KIND.model (any ending). Repeatable.",
)
@click.option(
    "--detector",
    "kinds",
    multiple=True,
    metavar="KIND",
    help="A detector without a file, such as article; one that learns from good images, such as texture, is trained on "
    "DATA/train/good first. Repeatable. The article's if neither it nor a MODEL is given.",
)
@click.option(
    "--json",
    "as_json",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write all figures, and score and verdict of every image.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write roc.png, precision_recall.png, pro.png and a gallery of the worst misses and false alarms there; "
    "made if missing.",
)
@THREADS_OPTION
def evaluate(
    data: Path,
    models: tuple[Path, ...],
    more_models: tuple[Path, ...],
    kinds: tuple[str, ...],
    as_json: Path | None,
    out: Path | None,
    threads: int | None,
) -> None:
    """Judge detectors on labelled images, several in one table.

    DATA is a folder in the MVTec-AD layout, or a folder of such folders, one for each kind of
    material; then there is one line for each kind, and the mean. Several detectors have a line
    each for each kind, and a mean each.

    \b
      DATA/test/good/*.png                    good images
      DATA/test/DEFECT/NAME.png               defective ones, any names of DEFECT
      DATA/ground_truth/DEFECT/NAME_mask.png  not black where the defect is;
                                              any ending, or without _mask

    \b
    Figures, all but those from false alarms on without regard to the threshold
      image AUROC    chance that a defective image scores above a good one
      pixel AUROC    the same of pixels
      pixel AP       average precision of pixels
      AUPRO to 0.3   overlap with each labelled region, averaged over
                     false-alarm rates of pixels from 0 to 0.3
      best pixel F1  at the threshold that suits these very images best
      false alarms   good images called defective, at the model's threshold,
                     or unusable
      recall         defective images called so
      unusable       images that the model takes for no picture of its
                     material; named where there are any
      ms per Mpx     median time of the detector alone, after a
                     warm-up for each size, per megapixel
                     (small images cost more for each megapixel)
      model          bytes of its file, where several are compared

    Defective images without a mask count for images, not for pixels. What lies there and is not
    used is named on standard error. A file that cannot be read
    is named on standard error and left out; the exit status is then 1. A run that is stopped
    (Ctrl-C, SIGTERM: exit status 130, 143) shows and writes the kinds that it finished.

    Needs scikit-learn and SciPy (the extra evaluate, or pip install scikit-learn scipy), and for
    --out matplotlib (the extra panel, or pip install matplotlib).

    \b
    Examples
      fastdefect evaluate mvtec/leather leather.model
      fastdefect evaluate cloth cloth.model fcn.onnx --detector article
      fastdefect evaluate cloth --model cloth.model --json cloth.json --out report
      fastdefect evaluate mvtec --model models/ --out report
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    load_opencv()
    from fastdefect.cli.evaluate.candidates import find_candidates
    from fastdefect.evaluation import metrics
    from fastdefect.io import make_folder
    from fastdefect.tiling.workers import available_threads

    metrics.require_packages()
    entries = _entries(data, find_candidates([*models, *more_models], kinds))
    if as_json is not None:
        make_folder(as_json.parent)
    if out is not None:
        from fastdefect.report.curves import load_matplotlib

        load_matplotlib()
        make_folder(out)
    runs, stopped = _runs(entries, threads, shown=0 if out is None else _SHOWN)

    from fastdefect.cli.evaluate.table import Line, show

    lines = [Line(run.entry.name, run.entry.candidate.label, run.found, run.size) for run in runs]
    show(lines, threads or available_threads())
    if as_json is not None:
        _write_json(as_json, runs)
    if out is not None:
        for path in _write_pictures(out, runs):
            click.echo(f"picture {printable(path)}")
    unreadable = [reason for run in runs for _path, reason in run.found.unreadable]
    for reason in unreadable:
        click.echo(f"Error: {printable(reason)}", err=True)
    if stopped is not None:
        what = "kinds" if len({entry.candidate for entry in entries}) == 1 else "evaluations"
        click.echo(
            f"Error: stopped by {cause(stopped)}; these are {len(runs)} of {len(entries)} {what}",
            err=True,
        )
        end(stopped)
    sys.exit(1 if unreadable else 0)


def _entries(data: Path, candidates: Sequence[Candidate]) -> list[DatasetEntry]:
    """The data sets below ``data``, each with every detector."""
    from fastdefect.cli.evaluate.evaluation_run import DatasetEntry

    below = sorted(folder for folder in data.iterdir() if (folder / "test").is_dir())
    several = below if below and not (data / "test").is_dir() else []
    entries = []
    for folder in several or [data]:
        name = folder.name or Path(os.path.realpath(folder)).name
        entries += [DatasetEntry(name, folder, each, each.model_for(name)) for each in candidates]
    return entries


def _runs(
    entries: Sequence[DatasetEntry], threads: int | None, *, shown: int
) -> tuple[list[EvaluationRun], BaseException | None]:
    """Load every model and list every image first, so that a fault is reported before the work.

    Where the work is stopped, by a fault or a signal, the kinds that are finished are returned with the reason.
    """
    from fastdefect.cli.evaluate.candidates import load
    from fastdefect.cli.evaluate.evaluation_run import EvaluationRun
    from fastdefect.evaluation.dataset import labelled_samples, unused_in_test

    detectors = {(each.candidate, each.model): load(each.candidate, each.model) for each in entries}
    found = {entry.folder: labelled_samples(entry.folder) for entry in entries}
    for folder, samples in found.items():
        note_unused(unused_in_test(folder, samples))
    alone = len({entry.candidate for entry in entries}) == 1
    several = len(found) > 1
    runs = []
    for entry in entries:
        label = entry.candidate.label
        name = entry.name if alone else f"{entry.name}, {label}" if several else label
        detector, size = detectors[entry.candidate, entry.model]
        runs.append(
            EvaluationRun(
                name, entry, detector, size, found[entry.folder], threads=threads, shown=shown
            )
        )
    with Bar(sum(len(found[entry.folder]) for entry in entries), "inspecting") as bar:
        bar.say("loading kernels")
        for number, run in enumerate(runs):
            try:
                run.run(bar.step)
            except BaseException as error:
                if number == 0:
                    raise
                return runs[:number], error
    return runs, None


def _write_json(path: Path, runs: Sequence[EvaluationRun]) -> None:
    from fastdefect.cli.evaluate.table import mean
    from fastdefect.io import exported_name, plain, write_text

    labels = list(dict.fromkeys(run.entry.candidate.label for run in runs))
    means = [
        {"detector": label}
        | mean([run.found for run in runs if run.entry.candidate.label == label])
        for label in labels
    ]
    document = {
        "format": "fastdefect evaluation",  # docs/schemas/evaluation.v1.json
        "version": 1,
        "kinds": [
            {
                "kind": exported_name(run.entry.name),
                "data": exported_name(run.entry.folder),
                "model": run.entry.model and exported_name(run.entry.model),
                "detector": exported_name(run.entry.candidate.label),
                "model_bytes": run.size,
            }
            | run.found.to_dict()
            for run in runs
        ],
        **({"mean": means[0]} if len(labels) == 1 else {"means": means}),
    }
    write_text(path, json.dumps(plain(document), indent=1, allow_nan=False) + "\n")


def _write_pictures(out: Path, runs: Sequence[EvaluationRun]) -> list[Path]:
    from fastdefect.io import write_bytes
    from fastdefect.report.curves import FIGURES
    from fastdefect.report.figures import png
    from fastdefect.report.gallery import gallery

    lines = [run.lines() for run in runs]
    written = [write_bytes(out / f"{name}.png", png(draw(lines))) for name, draw in FIGURES.items()]
    names = result_names([Path(run.name) for run in runs])
    for name, run in zip(names, runs, strict=True):
        cases = run.hardest()
        if not cases:
            continue
        wrong = sum(case.verdict.isupper() for case in cases)
        title = f"{run.name}: the hardest images" + ("" if wrong else ", all judged rightly")
        ending = f"_{name}" if len(runs) > 1 else ""
        written.append(write_bytes(out / f"gallery{ending}.png", png(gallery(cases, title))))
    return written
