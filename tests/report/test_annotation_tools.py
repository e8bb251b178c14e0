"""Exports as datumaro, CVAT's form, Label Studio's converter and FiftyOne read them: every pixel of every defect.

``FASTDEFECT_READERS`` names the Python of an environment that has the tools (`pip install datumaro label-studio-converter
fiftyone pycocotools`); without it each is looked for in this one.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from conftest import ROOT
from test_coco_readers import SHAPES

from fastdefect import io
from fastdefect.defects.find import find_defects
from fastdefect.report.coco import CocoExport, Segmentation

PYTHON = os.environ.get("FASTDEFECT_READERS", sys.executable)
PACKAGES = {
    "datumaro": "datumaro",
    "cvat": "datumaro",
    "fiftyone": "fiftyone",
    "label_studio": "label_studio_converter",
}
# the first, of which one has three defects, and two of noise with many
CHOSEN = [*list(SHAPES)[:12], "noise 3", "noise 11"]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [PYTHON, *arguments],
        env=environment | {"PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )


def export(folder: Path, segmentation: Segmentation, keep: Any = None) -> dict[str, Any]:
    """Write images and their defects; returns the mask of each annotation by its number."""
    (folder / "images").mkdir(parents=True)
    coco = CocoExport(segmentation, folder=folder / "images")
    expected: dict[str, Any] = {}
    for name in CHOSEN:
        mask = np.ascontiguousarray(SHAPES[name])
        scores = mask.astype(np.float32)
        defects = [
            each for each in find_defects(mask, score_map=scores) if keep is None or keep(each)
        ]
        image = mask.astype(np.uint8) * np.uint8(200)
        path = folder / "images" / f"{name.replace(' ', '_')}.png"
        io.write_image(path, image)
        found: Any = SimpleNamespace(verdict="defective", notes=(), defects=defects)
        coco.add(str(path), image, found)
        for defect in defects:
            whole = np.zeros(mask.shape, np.bool_)
            top, left, bottom, right = defect.bbox
            whole[top:bottom, left:right] = defect.image
            expected[str(len(expected) + 1)] = whole
    coco.write(folder / "coco.json")
    return expected


def read(tool: str, folder: Path) -> dict[str, Any]:
    if run("-c", f"import {PACKAGES[tool]}").returncode:
        pytest.skip(f"{PACKAGES[tool]} is not at hand (FASTDEFECT_READERS)")
    done = run(ROOT / "tests" / "report" / "read_back.py", tool, folder)
    assert done.returncode == 0, done.stderr[-2000:]
    with np.load(folder / "masks.npz") as masks:
        return dict(masks)


def compare(found: dict[str, Any], expected: dict[str, Any]) -> None:
    assert len(expected) > 30
    assert sorted(found) == sorted(expected)
    for number, mask in expected.items():
        np.testing.assert_array_equal(found[number], mask, number)


@pytest.mark.long  # processes that import these tools
@pytest.mark.parametrize("segmentation", ["polygon", "rle"])
@pytest.mark.parametrize("tool", ["datumaro", "cvat", "fiftyone"])
def test_every_pixel_comes_back(tool: str, segmentation: Any, tmp_path: Path) -> None:
    expected = export(tmp_path / "set", segmentation)
    compare(read(tool, tmp_path / "set"), expected)


def of_one_ring(defect: Any) -> bool:
    """What Label Studio's converter can take: it reads the first ring of an annotation, and no runs."""
    from fastdefect.defects.filled_outlines import filled_outlines

    rings = filled_outlines(defect)
    return rings is not None and len(rings) == 1


@pytest.mark.long
def test_label_studio_takes_outlines_of_one_ring(tmp_path: Path) -> None:
    expected = export(tmp_path / "set", "polygon", of_one_ring)
    compare(read("label_studio", tmp_path / "set"), expected)


@pytest.mark.long
def test_label_studio_takes_no_runs(tmp_path: Path) -> None:
    """Why the documentation says so; when this fails, it can say better."""
    export(tmp_path / "set", "rle")
    if run("-c", "import label_studio_converter").returncode:
        pytest.skip("label_studio_converter is not at hand (FASTDEFECT_READERS)")
    done = run(ROOT / "tests" / "report" / "read_back.py", "label_studio", tmp_path / "set")
    assert done.returncode != 0
    assert "KeyError: 0" in done.stderr


def test_the_export_has_holes_and_several_rings(tmp_path: Path) -> None:
    """Else the comparisons above would be of the easy ones."""
    expected = export(tmp_path / "set", "polygon")
    written = json.loads((tmp_path / "set" / "coco.json").read_text("utf-8"))["annotations"]
    assert len(written) == len(expected)
    forms = {type(each["segmentation"]) for each in written}
    assert forms == {list, dict}
