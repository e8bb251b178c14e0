"""The networks on real paper: trained on the first half of the sheets, judged on the others, as is and in another light.

    python -m benchmarks.learned [--seeds] [--only NETWORK ...] [--paper KIND ...] [--data FOLDER]

FOLDER holds kinds in the MVTec-AD layout. Good crops of ``train/good`` and defective ones of the same sheets are
learned from, one training per kind, one thread each, with default settings; besides, four more seeds of two networks
on two kinds. A row is kept as soon as it is measured, so a stopped run goes on; rows measured with other code are
measured again. About half an hour on one core.
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
from benchmarks.texture_light import relight
from fastdefect.detectors.learned import model as learned
from fastdefect.detectors.registry import detector_class, network_kinds
from fastdefect.evaluation.dataset import good_paths, group_of, labelled_samples
from fastdefect.evaluation.metrics import auroc, average_precision
from fastdefect.io import read_image, write_text
from fastdefect.optional import require

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "shared" / "data" / "paper"
ROWS, PAGE = HERE / "learned.json", HERE / "LEARNED.md"
SEEDED, SEEDS, TWO_KINDS = ("fcn", "autoencoder"), range(1, 5), ("pa_brg03_tl", "pa_fvn01_tl")


def measure(folder: Path, network: str, seed: int) -> dict[str, Any]:
    """Train and judge one network on one kind of paper."""
    paths = good_paths(folder)
    sheets = {group_of(path) for path in paths}
    test, known = [], []
    for sample in labelled_samples(folder):
        is_taught = sample.is_defective and group_of(sample.path) in sheets
        (known if is_taught else test).append(sample)
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
    with tempfile.TemporaryDirectory() as place:
        detector.save(Path(place, "m"))
        size = Path(place, "m").stat().st_size
    row = {
        "paper": folder.name,
        "network": network,
        "seed": seed,
        "seconds": seconds,
        "best": detector.history.best,
        "bytes": size,
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
    """How far the file's maps lie from PyTorch's, in the quantile of 0.9995, and verdicts that differ by more than that."""
    torch = require("torch", "the maps are compared with")
    worst, other = 0.0, 0
    for image in images:
        found = detector(image, threads=1)
        given = torch.from_numpy(image.transpose(2, 0, 1)[None].astype(np.float32))
        with torch.no_grad():
            expected = network(given)[0, 0].numpy()
        unit = float(np.quantile(expected, 0.9995))
        worst = max(worst, float(np.abs(found.score_map - expected).max()) / unit)
        score = float(np.sort(expected, axis=None)[-20:].mean())
        near = abs(score - found.threshold) <= 1e-3 * unit
        other += not near and (score > found.threshold) != found.is_defective
    return {"difference": worst, "other_verdicts": other}


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


def page(content: dict[str, Any]) -> str:
    """The page's text."""
    facts, rows = content["facts"], content["rows"]
    versions = ", ".join(f"{package} {number}" for package, number in facts["versions"].items())
    parts = [
        "# The networks on real paper",
        "Generated by `python -m benchmarks.learned`; do not edit.",
        f"commit {facts['commit']}. {facts['processor']} ({facts['family']}), one thread. {versions}.",
        "Learned from the first half of the sheets, judged on the others: 24 good and 24 defective crops of 128 by 128 "
        "pixels of each kind of paper. Alarms and recall at the threshold that the training calibrated for 1 % false "
        "alarms on a third of the learning sheets, left out of the learning; images outside the domain count as alarms. "
        "The trivial comparator of TEXTURE.md, darkness, has a mean image AUROC of .9955 as is and .8451 relit, on both "
        "halves.",
    ]
    columns = {
        "image AUROC": 12,
        "pixel AP": 10,
        "relit AUROC": 13,
        "relit AP": 10,
        "alarms": 9,
        "recall": 8,
    }
    columns |= {"seconds": 9, "steps": 7}
    lines = [" " * 25 + "".join(f"{name:>{width}}" for name, width in columns.items())]
    for network in network_kinds():
        chosen = [row for row in rows if row["network"] == network and row["seed"] == 0]
        lines += [_line(row["paper"], network, [row]) for row in chosen]
        if chosen:
            lines.append(_line(f"mean of {len(chosen)}", network, chosen))
    parts.append("\n".join(["```text", *lines, "```"]))
    parts.append("## Five seeds")
    lines = [f"{'':25}{'image AUROC':>18}{'pixel AP':>18}{'relit AUROC':>18}"]
    for network in SEEDED:
        for kind in TWO_KINDS:
            some = [r for r in rows if r["network"] == network and r["paper"] == kind]
            if len(some) > 1:
                spans = [
                    _span([r["as is"]["image_auroc"] for r in some]),
                    _span([r["as is"]["pixel_ap"] for r in some]),
                    _span([r["relit"]["image_auroc"] for r in some]),
                ]
                lines.append(
                    f"{network + ' ' + kind:25}"
                    + "".join(f"{s:>18}" for s in spans)
                    + f"   {len(some)} seeds"
                )
    parts.append("\n".join(["```text", *lines, "```"]))
    parts.append("## The file beside PyTorch, and its cost")
    lines = [f"{'':15}{'difference':>12}{'other verdicts':>16}{'ms/Mpx':>9}{'kB':>7}"]
    for network in network_kinds():
        some = [row for row in rows if row["network"] == network]
        if some:
            worst = max(row["torch"]["difference"] for row in some)
            other = sum(row["torch"]["other_verdicts"] for row in some)
            cost = np.median([row["speed"] for row in some])
            lines.append(
                f"{network:15}{worst:12.1e}{other:16d}{cost:9.0f}{some[0]['bytes'] / 1e3:7.0f}"
            )
    parts.append(
        "Largest difference of a map's value over all test images, in multiples of the map's 0.9995 quantile; time of one "
        "thread for 512 by 512 pixels in colour."
    )
    parts.append("\n".join(["```text", *lines, "```"]))
    return "\n\n".join(parts) + "\n"


def _line(name: str, network: str, rows: list[dict[str, Any]]) -> str:
    mean = {
        (light, what): float(np.mean([row[light][what] for row in rows]))
        for light in ("as is", "relit")
        for what in ("image_auroc", "pixel_ap")
    }
    alarms, recall = (
        [sum(row["as is"][what][i] for row in rows) for i in (0, 1)]
        for what in ("alarms", "recall")
    )
    return (
        f"{network + ' ' + name:25}{mean['as is', 'image_auroc']:12.4f}{mean['as is', 'pixel_ap']:10.3f}"
        f"{mean['relit', 'image_auroc']:13.4f}{mean['relit', 'pixel_ap']:10.3f}"
        f"{f'{alarms[0]}/{alarms[1]}':>9}{f'{recall[0]}/{recall[1]}':>8}"
        f"{np.mean([row['seconds'] for row in rows]):9.1f}{np.mean([row['best'] for row in rows]):7.0f}"
    )


def _span(values: list[float]) -> str:
    return f"{min(values):.4f} - {max(values):.4f}"


def main() -> None:
    """Measure what is missing, and write rows and page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--only", choices=network_kinds(), action="append")
    parser.add_argument("--paper", action="append")
    parser.add_argument("--seeds", action="store_true", help="also the further seeds")
    options = parser.parse_args()
    facts = sources.machine(sources.LEARNED)
    content = json.loads(ROWS.read_text("utf-8")) if ROWS.exists() else {}
    if content.get("facts", {}).get("sources") != facts["sources"]:
        content = {"rows": []}
    content["facts"] = facts
    rows = content["rows"]
    kinds = sorted(path for path in options.data.iterdir() if path.is_dir())
    wanted = [(kind, network, 0) for network in network_kinds() for kind in kinds]
    if options.seeds:
        wanted += [
            (options.data / kind, network, seed)
            for network in SEEDED
            for kind in TWO_KINDS
            for seed in SEEDS
        ]
    done = {(row["paper"], row["network"], row["seed"]) for row in rows}
    for folder, network, seed in wanted:
        chosen = network in (options.only or network_kinds()) and (
            options.paper is None or folder.name in options.paper
        )
        if chosen and (folder.name, network, seed) not in done:
            rows.append(measure(folder, network, seed))
            print(json.dumps(rows[-1]), flush=True)
            write_text(ROWS, json.dumps(content, indent=1) + "\n")
    write_text(PAGE, page(content))


if __name__ == "__main__":
    main()
