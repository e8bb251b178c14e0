"""Which detector to choose, read off the tables of DETECTORS.md.

python -m benchmarks.detectors_choice
"""

from __future__ import annotations

import json
import re

from benchmarks.pages import HERE
from fastdefect.detectors.registry import detector_class, network_kinds

MATERIALS = {
    "paper": "plain material with fine texture, such as paper or cloth of one colour",
    "rolls": "cloth of two colours, whose yarns differ more than most defects",
}
# What a detector asks of its user, by its name.
NEEDS = {
    "article": "no training, no images",
    "zero-shot": "no training; good images only for its threshold",
    "texture": "20 or more good images",
    "pattern": "30 or more good images",
    "texture+pattern": "30 or more good images",
    **{
        name: "good images and defective ones with masks, PyTorch to train"
        if detector_class(name).layout.needs_defects
        else "good images, PyTorch to train"
        for name in network_kinds()
    },
}
LINE = re.compile(
    r"^(?P<name>.+), all +(?P<auroc>[\d.]+) +[\d.]+ +(?P<ap>[\d.]+) +[\d.]+ +(?P<alarms>\d+/\d+) +\d+/\d+ +"
    r"(?P<recall>\d+/\d+) \([\d.-]+\) +(?P<ms>[\d.]+)",
    re.M,
)
_CLOSE = 0.01  # of image AUROC: nobody sees that difference on so few images


def main() -> None:
    """Print a paragraph for each material, from its table's last lines."""
    printed = json.loads((HERE / "detectors.json").read_text("utf-8"))
    for part, material in MATERIALS.items():
        if part not in printed:
            print(f"{material}: not measured yet\n")
            continue
        rows = [match.groupdict() for match in LINE.finditer(printed[part]["text"])]
        best = max(rows, key=lambda row: float(row["auroc"]))
        close = [row for row in rows if float(row["auroc"]) >= float(best["auroc"]) - _CLOSE]
        fast = min(close, key=lambda row: float(row["ms"]))
        place = max(rows, key=lambda row: float(row["ap"]))
        finds = max(rows, key=lambda row: _share(row["recall"]))
        print(f"{material[0].upper()}{material[1:]}:")
        print(f"  take {fast['name']} ({NEEDS[fast['name']]}):")
        verdicts = f"{fast['recall']} defects found at {fast['alarms']} alarms"
        print(f"    image AUROC {fast['auroc']}, {verdicts}, {fast['ms']} ms per Mpx.")
        if best is not fast:
            print(
                f"  ranks images best: {best['name']}, {best['auroc']}, for {best['ms']} ms per Mpx."
            )
        print(f"  shows the place best: {place['name']}, pixel AP {place['ap']}.")
        print(
            f"  finds most at 1 % false alarms: {finds['name']}, {finds['recall']} ({finds['alarms']} alarms)."
        )
        without = [row for row in rows if row["name"] in ("article", "zero-shot")]
        for row in without:
            print(
                f"  {row['name']} ({NEEDS[row['name']]}): image AUROC {row['auroc']}, {row['recall']} found."
            )
        print()


def _share(pair: str) -> float:
    hits, count = map(int, pair.split("/"))
    return hits / count


if __name__ == "__main__":
    main()
