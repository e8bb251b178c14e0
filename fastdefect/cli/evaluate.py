"""``fastdefect evaluate``: how good a model is on labelled images."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from fastdefect.cli.progress import Bar
from fastdefect.params import THREADS_MAX


@click.command()
@click.argument("data", type=click.Path(path_type=Path))
@click.option(
    "--model",
    type=click.Path(path_type=Path),
    required=True,
    help="File that `fastdefect fit` wrote.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of the table.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Also write curves.png and gallery.png (the worst misses and false alarms) there.",
)
@click.option("--threads", type=click.IntRange(1, THREADS_MAX), metavar="N", help="Threads to use.")
def evaluate(data: Path, model: Path, as_json: bool, out: Path | None, threads: int | None) -> None:
    """Judge a model on test images in the MVTec-AD layout (test/KIND, ground_truth/KIND).

    A file that cannot be read is named on standard error and left out; the exit status is then 1.
    """
    from fastdefect.detectors import evaluation
    from fastdefect.detectors.dataset import labelled_samples
    from fastdefect.detectors.texture import TextureModel

    detector = TextureModel.load(model)
    samples = labelled_samples(data)
    with Bar(len(samples), "inspecting") as bar:
        found = evaluation.evaluate(
            detector, samples, threads=threads, progress=lambda *_: bar.step()
        )
        for _, reason in found.unreadable:
            bar.errors.print(reason, highlight=False, soft_wrap=True)
    click.echo(json.dumps(found.to_dict()) if as_json else _table(found))
    if out is not None:
        from fastdefect.io import make_folder
        from fastdefect.report.evaluation import curves, gallery

        make_folder(out)
        curves(found).savefig(out / "curves.png")
        gallery(found, detector).savefig(out / "gallery.png")
    sys.exit(1 if found.unreadable else 0)


def _table(found: object) -> str:
    from fastdefect.detectors.evaluation import Evaluation

    assert isinstance(found, Evaluation)

    def rate(hits: tuple[int, int], interval: tuple[float, float]) -> str:
        share = hits[0] / hits[1] if hits[1] else 0.0
        return (
            f"{hits[0]} of {hits[1]} = {share:.1%} (95 %: {interval[0]:.1%} to {interval[1]:.1%})"
        )

    rows = (
        ("image AUROC", f"{found.image_auroc:.4f}"),
        ("pixel AUROC", f"{found.pixel_auroc:.4f}"),
        ("pixel AP", f"{found.pixel_ap:.4f}"),
        ("AUPRO to 0.3", f"{found.aupro:.4f}"),
        ("best F1 of pixels", f"{found.best_f1:.4f} at {found.best_f1_threshold:.3f}"),
        ("threshold", f"{found.threshold:.4f}"),
        ("false alarms", rate(found.false_alarms, found.false_alarm_interval)),
        ("recall", rate(found.recall, found.recall_interval)),
        ("ms per megapixel", f"{found.ms_per_megapixel:.1f}"),
    )
    return "\n".join(f"{name:18} {value}" for name, value in rows)
