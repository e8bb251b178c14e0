"""The networks on real paper and on cloth: trained on some sheets, judged on others, as is and in another light.

    python -m benchmarks.learned [--seeds] [--only NETWORK ...] [--kind KIND ...] [--data FOLDER] [--models FOLDER]

The data are kinds of paper in the MVTec-AD layout, and three generated rolls of two colours. Good crops of ``train/good``
and defective ones of the same sheets are learned from, one training per kind, one thread each, with default settings;
besides, with --seeds, four more seeds of two networks on two kinds. The models are kept in FOLDER/NETWORK/KIND.onnx, which
`python -m benchmarks.detectors` reads. A row is kept as soon as it is measured, so a stopped run goes on; rows measured
with other code are measured again. An hour on one core.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks import sources
from benchmarks.learned_page import SEEDED, TWO_KINDS, page
from benchmarks.learned_sets import papers, rolls, split
from benchmarks.photographs import PLACE
from benchmarks.texture_light import relight
from fastdefect.detectors.learned import model as learned
from fastdefect.detectors.onnx.step import NetworkStep
from fastdefect.detectors.registry import detector_class, network_kinds
from fastdefect.evaluation.dataset import good_paths, group_of
from fastdefect.evaluation.metrics import auroc, average_precision
from fastdefect.io import read_image, write_text
from fastdefect.optional import require

HERE = Path(__file__).parent
ROWS, PAGE = HERE / "learned.json", HERE / "LEARNED.md"
SEEDS = range(1, 5)


def measure(folder: Path, network: str, seed: int, model: Path) -> dict[str, Any]:
    """Train and judge one network on one kind of material, and write its model."""
    paths = good_paths(folder)
    known, test = split(folder)
    make: Any = detector_class(network)
    taught: dict[str, Any] = {}
    if make.layout.needs_defects:
        taught = {
            "defects": [sample.path for sample in known],
            "masks": [sample.mask for sample in known],
            "defect_groups": [group_of(sample.path) for sample in known],
        }
    trained: list[Any] = []
    export = learned.exported

    def kept(each: Any, *more: Any) -> bytes:
        trained.append(each)
        return export(each, *more)

    learned.exported = kept
    try:
        began = time.process_time()
        detector = make(seed=seed).fit(
            paths, [group_of(path) for path in paths], threads=1, **taught
        )
        seconds = time.process_time() - began
    finally:
        learned.exported = export
    model.parent.mkdir(parents=True, exist_ok=True)
    detector.save(model)
    row = {
        "kind": folder.name,
        "network": network,
        "seed": seed,
        "seconds": seconds,
        "best": detector.history.best,
        "bytes": model.stat().st_size,
    }
    images = [read_image(sample.path) for sample in test]
    masks = [sample.read_mask(image.shape[:2]) for sample, image in zip(test, images, strict=True)]
    bad = np.array([sample.is_defective for sample in test])
    random = np.random.default_rng(0)
    for light in ("as is", "relit"):
        shown = [relight(i, random, (0.6, 1.3), 0.25) if light == "relit" else i for i in images]
        row[light] = judged(detector, shown, masks, bad)
    return row | {"torch": apart(detector, trained[0], images), "speed": speed(detector, images[0])}


def judged(detector: Any, images: list[Any], masks: list[Any], bad: np.ndarray) -> dict[str, Any]:
    """Figures of the test sheets in one light."""
    found = [detector(image, threads=1) for image in images]
    scores = np.array([each.score for each in found])
    verdicts = np.array([each.verdict != "good" for each in found])
    pixels = np.concatenate([each.score_map.reshape(-1) for each in found])
    return {
        "image_auroc": auroc(bad, scores),
        "pixel_ap": average_precision(np.concatenate([m.reshape(-1) for m in masks]), pixels),
        "alarms": [int(verdicts[~bad].sum()), int((~bad).sum())],
        "recall": [int(verdicts[bad].sum()), int(bad.sum())],
    }


def apart(detector: Any, network: Any, images: list[Any]) -> dict[str, Any]:
    """How far the file's maps lie from PyTorch's, in the quantile of 0.9995, and verdicts that differ by more than that.

    And how far the map of some sixteen images below each other, made in tiles, does.
    """
    torch = require("torch", "the maps are compared with")

    def map_of(image: Any) -> Any:
        given = torch.from_numpy(image.transpose(2, 0, 1)[None].astype(np.float32))
        with torch.no_grad():
            return network(given)[0, 0].numpy()

    worst, other = 0.0, 0
    for image in images:
        found, expected = detector(image, threads=1), map_of(image)
        unit = float(np.quantile(expected, 0.9995))
        worst = max(worst, float(np.abs(found.score_map - expected).max()) / unit)
        score = float(np.sort(expected, axis=None)[-20:].mean())
        near = abs(score - found.threshold) <= 1e-3 * unit
        # by the scores: an image outside the domain is no pass whatever it scores
        other += not near and (score > found.threshold) != (found.score > found.threshold)
    column = np.concatenate(images[:: len(images) // 16])
    whole, tiled = map_of(column), np.empty(column.shape[:2], np.float32)
    tiles = NetworkStep(detector.network, detector.recipe, column.shape[:2], 1, "cpu", 512)
    assert tiles.path.tiles > 1
    tiles(column, None, tiled)
    apart_by = float(np.abs(tiled - whole).max() / np.quantile(whole, 0.9995))
    return {"difference": worst, "tiled": apart_by, "other_verdicts": other}


def speed(detector: Any, image: np.ndarray) -> float:
    """Milliseconds of one thread for a megapixel, of an image of 512 by 512."""
    large = cv2.resize(image, (512, 512))
    plan = detector.plan(large.shape[:2], threads=1)
    plan(large, copy=False)
    times = []
    for _ in range(5):
        began = time.thread_time()
        plan(large, copy=False)
        times.append(time.thread_time() - began)
    return float(np.median(times)) * 1e3 / (large.shape[0] * large.shape[1] / 1e6)


def main() -> None:
    """Measure what is missing, and write rows and page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=PLACE)
    parser.add_argument("--only", choices=network_kinds(), action="append")
    parser.add_argument("--kind", action="append")
    parser.add_argument("--seeds", action="store_true", help="also the further seeds")
    parser.add_argument(
        "--models",
        type=Path,
        help="folder to keep models in; one without its model is trained anew",
    )
    options = parser.parse_args()
    facts = sources.machine(sources.LEARNED)
    content = json.loads(ROWS.read_text("utf-8")) if ROWS.exists() else {}
    if content.get("facts", {}).get("sources") != facts["sources"]:
        content = {"rows": []}
    content["facts"] = facts
    rows = content["rows"]
    with tempfile.TemporaryDirectory() as aside:
        kinds = [*papers(options.data), *rolls(Path(aside))]
        wanted = [(folder, network, 0) for network in network_kinds() for folder in kinds]
        if options.seeds:
            wanted += [
                (options.data / "paper" / kind, network, seed)
                for network in SEEDED
                for kind in TWO_KINDS
                for seed in SEEDS
            ]
        for folder, network, seed in wanted:
            if network not in (options.only or network_kinds()) or folder.name not in (
                options.kind or [folder.name]
            ):
                continue
            key = folder.name, network, seed
            place = options.models if options.models and seed == 0 else Path(aside)
            model = place / network / f"{folder.name}.onnx"
            before = [row for row in rows if (row["kind"], row["network"], row["seed"]) == key]
            if before and (place is not options.models or model.exists()):
                continue
            rows[:] = [row for row in rows if row not in before]
            rows.append(measure(folder, network, seed, model))
            print(json.dumps(rows[-1]), flush=True)
            write_text(ROWS, json.dumps(content, indent=1) + "\n")
    write_text(PAGE, page(content))


if __name__ == "__main__":
    main()
