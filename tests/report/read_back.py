"""Masks as other tools read them from a COCO file: run by the interpreter of an environment that has them, not by ours.

    python tests/report/read_back.py TOOL FOLDER

FOLDER has ``coco.json`` and ``images``. Writes ``masks.npz``: the mask of the whole image for each number of an annotation.
The tools pin packages that do not stand beside OpenCV with windows, so they have an environment of their own.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np

Masks = dict[str, Any]


def datumaro(folder: Path, form: str = "") -> Masks:
    """Import as datumaro does, by way of another format where one is named."""
    from datumaro import Dataset

    place = folder / "coco"
    (place / "annotations").mkdir(parents=True)
    shutil.copytree(folder / "images", place / "images" / "default")
    shutil.copy(folder / "coco.json", place / "annotations" / "instances_default.json")
    found = Dataset.import_from(str(place), "coco_instances")
    if form:
        found.export(str(folder / form), form, save_media=True)
        found = Dataset.import_from(str(folder / form), form)
    masks: Masks = {}
    for item in found.transform("polygons_to_masks"):
        for each in item.annotations:
            if each.type.name == "mask":
                key = str(each.group)
                masks[key] = masks.get(key, False) | np.asarray(each.image, bool)
    return masks


def cvat(folder: Path) -> Masks:
    """To CVAT's XML for images and back."""
    return datumaro(folder, "cvat")


def fiftyone(folder: Path) -> Masks:
    """The detections that FiftyOne makes of the annotations; its data base is not asked."""
    os.environ["FIFTYONE_DO_NOT_TRACK"] = "1"
    from fiftyone.utils.coco import COCOObject

    coco = json.loads((folder / "coco.json").read_text("utf-8"))
    sizes = {each["id"]: (each["width"], each["height"]) for each in coco["images"]}
    masks: Masks = {}
    for each in coco["annotations"]:
        width, height = sizes[each["image_id"]]
        made = COCOObject.from_anno_dict(each).to_detection(
            (width, height), classes_map={1: "defect"}, load_segmentation=True
        )
        left, top, _, _ = (round(a * b) for a, b in zip(made.bounding_box, (width, height) * 2, strict=True))  # fmt: skip
        whole = np.zeros((height, width), bool)
        rows, columns = made.mask.shape
        whole[top : top + rows, left : left + columns] = made.mask
        masks[str(each["id"])] = whole
    return masks


def label_studio(folder: Path) -> Masks:
    """To the tasks of Label Studio and from what it would export back to COCO; rings are filled by pycocotools."""
    from label_studio_converter import Converter
    from label_studio_converter.imports.coco import convert_coco_to_ls
    from pycocotools import mask as coco_mask

    tasks = folder / "tasks.json"
    convert_coco_to_ls(str(folder / "coco.json"), str(tasks))
    made = json.loads(tasks.read_text("utf-8"))
    for number, task in enumerate(made, start=1):
        task["id"] = number
        for annotation in task["annotations"]:
            annotation["result"] = [r for r in annotation["result"] if r["type"] == "polygonlabels"]
    tasks.write_text(json.dumps(made))
    config = folder / "tasks.label_config.xml"
    Converter(str(config), str(folder), download_resources=False).convert_to_coco(
        str(tasks), str(folder / "back"), is_dir=False
    )
    coco = json.loads((folder / "back" / "result.json").read_text("utf-8"))
    before = json.loads((folder / "coco.json").read_text("utf-8"))["annotations"]
    masks: Masks = {}
    for was, now in zip(before, coco["annotations"], strict=True):
        size = next((i["height"], i["width"]) for i in coco["images"] if i["id"] == now["image_id"])
        rings = [np.round(ring, 6).tolist() for ring in now["segmentation"]]
        runs = coco_mask.merge(coco_mask.frPyObjects(rings, *size))
        masks[str(was["id"])] = coco_mask.decode(runs).astype(bool)
    return masks


TOOLS = {each.__name__: each for each in (datumaro, cvat, fiftyone, label_studio)}

if __name__ == "__main__":
    tool, where = sys.argv[1], Path(sys.argv[2])
    np.savez_compressed(where / "masks.npz", **TOOLS[tool](where))
