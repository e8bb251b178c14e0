"""What ``fastdefect fit`` does for networks: options of their training, defective images, what is printed of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fastdefect.cli.progress import Bar

if TYPE_CHECKING:
    from fastdefect.cli.fit.options import Chosen


@dataclass(frozen=True)
class TrainingOptions:
    """How a network is trained, as the command line says it; None where it does not."""

    steps: int | None = None
    seconds: float | None = None
    seed: int | None = None
    checkpoint: Path | None = None
    picture: Path | None = None

    def refuse(self, kind: str | None) -> None:
        """Refuse them for a detector that is no network."""
        given = [f"--{name}" for name, value in vars(self).items() if value is not None]
        if given:
            raise click.UsageError(
                f"{given[0]}: expected a network (--detector fcn, for example), received the kind {kind!r}, which "
                "is not trained in steps; leave it out"
            )


_OPTIONS = (
    click.option(
        "--steps",
        type=click.IntRange(1, 10**6),
        metavar="N",
        help="Networks: how long to learn; as long as the kind needs on paper if not given, a minute or less.",
    ),
    click.option(
        "--seconds",
        type=click.FloatRange(1.0),
        metavar="S",
        help="Networks: most time of the processor. What is learned then depends on the machine.",
    ),
    click.option(
        "--seed",
        type=click.IntRange(0, 2**31 - 1),
        metavar="N",
        help="Networks: of everything drawn, 0 if not given. The same seed gives the same file.",
    ),
    click.option(
        "--checkpoint",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="FILE",
        help="Networks: where to keep how far the training is. A stopped one goes on from there; removed at its end.",
    ),
    click.option(
        "--picture",
        type=click.Path(dir_okay=False, path_type=Path),
        metavar="PNG",
        help="Networks: draw the training's curve and examples.",
    ),
)


def with_training(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command these options, as one argument ``training``."""

    @wraps(command)
    def collected(**given: Any) -> Any:
        names = TrainingOptions.__dataclass_fields__
        training = TrainingOptions(**{name: given.pop(name) for name in names})
        return command(**given, training=training)

    for option in reversed(_OPTIONS):
        collected = option(collected)
    return collected


def train_network(
    kind: str,
    data: Path,
    good: Chosen,
    rule: str,
    false_alarms: float,
    options: TrainingOptions,
    *,
    grey: bool,
    threads: int | None,
) -> Any:
    """Train a network on chosen good images, and on the defective ones of ``data`` where it needs them."""
    from fastdefect.cli.fit.training_images import group_images
    from fastdefect.detectors.registry import detector_class
    from fastdefect.evaluation.dataset import defective_samples
    from fastdefect.io import make_folder, read_image, with_channels

    if options.picture is not None:
        from fastdefect.report.figures import figure_class

        figure_class("pictures of a training are drawn by")  # fails now rather than afterwards
    for place in (options.checkpoint, options.picture):
        if place is not None:
            make_folder(place.parent)
    make: Any = detector_class(kind)
    channels = 1 if grey else 3
    settings = {"steps": options.steps, "seconds": options.seconds, "seed": options.seed or 0}
    detector = make(false_alarms=false_alarms, **settings)
    taught: dict[str, Any] = {}
    if detector.layout.needs_defects:
        samples = defective_samples(data)
        paths = [sample.path for sample in samples]
        names = None
        if good.sheets.names is not None and rule != "folder":
            names = group_images(paths, rule).names
        taught = {
            "defects": [with_channels(read_image(path), channels) for path in paths],
            "masks": [sample.mask for sample in samples],
            "defect_groups": names,
        }
    images = [with_channels(read_image(path), channels) for path in good.paths]
    with Bar(detector.layout.steps, "learning") as bar:
        bar.say("loading PyTorch")
        detector.fit(
            images,
            good.sheets.names,
            good.masks,
            checkpoint=options.checkpoint,
            threads=threads,
            progress=lambda done, total, loss: bar.at(done, total, f"learning, loss {loss:.3g}"),
            **taught,
        )
    if options.picture is not None:
        _draw(options.picture, detector, images, taught.get("defects", ()))
    return detector


def report_training(detector: Any) -> None:
    """Print how a network learned, and from what."""
    history, (good, bad) = detector.history, detector.settings["learned_from"]
    device, steps = detector.settings["device"], len(history.losses)
    click.echo(
        f"trained    {steps} steps in {history.seconds:.0f} s of the processor, on {device}; {history.ended}; best after "
        f"{history.best}"
    )
    beside = f" and {bad} defective" if bad else ""
    click.echo(
        f"learned    from {good} good{beside} images; by the others scores are put right before the threshold is calibrated"
    )


def _draw(place: Path, detector: Any, good: Any, bad: Any) -> None:
    """Write the picture of a training: its curve, two good images and up to four defective ones with their maps."""
    from fastdefect.io import write_bytes
    from fastdefect.report.training.picture import training_picture

    shown = [*good[:2], *bad[:4]]
    found = [detector(image) for image in shown]
    maps = [each.score_map for each in found]
    write_bytes(
        place, training_picture(detector.kind, detector.history, shown, maps, detector.threshold)
    )
