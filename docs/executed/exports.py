"""Exports, read back and compared
===============================

What was found, in the forms of other tools. Each export is read back by the tool that it is for, and compared with
what was found. A reader that is not installed where this site is built is named as such.
"""

# %%
# Two images, one of them good
# ----------------------------
import json
import tempfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np

import fastdefect
from bench_images import Defect, Scene, good_pieces, roll
from fastdefect.report import (
    CocoExport,
    CsvExport,
    ImagesCsvExport,
    JsonLinesExport,
)

SIDE = 160
cloth = roll(4)
good, groups = good_pieces(cloth, SIDE)
model = fastdefect.TextureModel(false_alarms=0.02).fit(good, groups=groups)
holes = (Defect("hole", 45, 40, 20, 16), Defect("hole", 110, 120, 20, 16, seed=1))
images = {
    "good.png": good[0],
    "holes.png": Scene((SIDE, SIDE), cloth, holes).image(),
}
results = {name: model(image) for name, image in images.items()}
defects = results["holes.png"].defects
results["holes.png"]

# %%
# Write all of them
# -----------------
place = tempfile.TemporaryDirectory()
folder = Path(place.name)
exports = {
    "defects.csv": CsvExport(),
    "images.csv": ImagesCsvExport(),
    "results.jsonl": JsonLinesExport(),
    "coco.json": CocoExport("polygon"),
}
for file, export in exports.items():
    for name, image in images.items():
        export.add(name, image, results[name])
    print(file, export.write(folder / file).stat().st_size, "bytes")

# %%
# CSV and pandas
# --------------
# A row for each defect; the other table has a row for each image, so that *good*
# and *not inspected* differ.
import pandas as pd

table = pd.read_csv(folder / "defects.csv")
assert table["area"].tolist() == [defect.area for defect in defects]
assert pd.read_csv(folder / "images.csv")["verdict"].tolist() == [
    found.verdict for found in results.values()
]
table[["image", "label", "area", "peak_score", "feret_diameter_max"]]

# %%
# Without a file in between:
frame = defects.to_dataframe()
assert frame["area"].tolist() == table["area"].tolist()
frame.shape

# %%
# JSON lines
# ----------
# A line for each image, written as it is finished. :doc:`/schemas` says what each
# key means.
lines = [
    json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()
]
assert [line["verdict"] for line in lines] == [
    found.verdict for found in results.values()
]
sorted(lines[1])

# %%
# COCO and pycocotools
# --------------------
# Outlines and runs alike give exactly the defect's pixels.
import contextlib
import io

from pycocotools.coco import COCO

with contextlib.redirect_stdout(io.StringIO()):
    coco = COCO(str(folder / "coco.json"))
for annotation, defect in zip(
    coco.loadAnns(coco.getAnnIds()), defects, strict=True
):
    mask = coco.annToMask(annotation).astype(bool)
    top, left, bottom, right = defect.bbox
    assert np.array_equal(mask[top:bottom, left:right], defect.image)
    print(
        annotation["image_id"],
        annotation["bbox"],
        int(mask.sum()),
        "pixels, the same",
    )

# %%
# supervision
# -----------
# No file either: :meth:`~fastdefect.Detection.to_supervision`.
boxes = results["holes.png"].to_supervision()
assert np.array_equal(boxes.mask.any(axis=0), results["holes.png"].mask > 0)
boxes.xyxy

# %%
# Read back and drawn on the image:
import matplotlib.pyplot as plt

read = sum(coco.annToMask(one) for one in coco.loadAnns(coco.getAnnIds())) > 0
figure, panels = plt.subplots(1, 2, figsize=(8, 4), layout="constrained")
panels[0].imshow(results["holes.png"].overlay(images["holes.png"])[..., ::-1])
panels[0].set(title="overlay of what was found")
panels[1].imshow(images["holes.png"][..., ::-1])
panels[1].contour(read, [0.5], colors="cyan", linewidths=1)
panels[1].set(title="outline of what was read")
for axes in panels:
    axes.set_axis_off()

# %%
# Label Studio, CVAT, FiftyOne
# ----------------------------
# They read the COCO file. These packages ask for old releases of others, so each
# lives best in an environment of its own.
for name, package in {
    "Label Studio": "label_studio_converter",
    "CVAT": "datumaro",
    "FiftyOne": "fiftyone",
}.items():
    there = "is" if find_spec(package) else "is not"
    print(name, there, "installed where this page was built")

# %%
# ``tests/report/test_annotation_tools.py`` compares every pixel that they read with
# what was exported. What it found:
#
# * datumaro and FiftyOne read outlines and runs, and give the very masks.
# * By datumaro, CVAT's own form gives the very masks too.
# * Label Studio's converter reads the first ring of an annotation and stops at runs,
#   which defects with holes have. Export outlines (``--coco-segmentation polygon``,
#   the default) and leave such defects out, or take datumaro.
#
# .. code-block:: sh
#
#    fastdefect detect images/ --model cloth.json --coco-folder images/ \
#        --coco coco/annotations/instances_default.json
#    label-studio-converter import coco \
#        -i coco/annotations/instances_default.json -o tasks.json
#
# For CVAT, with the images in ``coco/images/default``:
#
# .. code-block:: python
#
#    from datumaro import Dataset
#
#    found = Dataset.import_from("coco", "coco_instances")
#    found.export("cvat", "cvat", save_media=True)
#
# Pages, masks, maps
# ------------------
# ``--report`` writes one HTML page that works offline, ``--masks`` PNG files,
# ``--score-maps`` TIFF files of 32-bit floats.
