"""``fastdefect warmup`` compiles what its help says: the next process finds every kernel on disk."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from conftest import ROOT

pytestmark = pytest.mark.long  # all kernels are compiled, into a folder of their own

# Each use of the package that warmup promises, with the kernels that it compiled; none may be left.
USES = """
import json, sys, tempfile
import numpy as np
import fastdefect
from fastdefect.detectors.registry import load_detector
from fastdefect.kernels._numba import compile_events

random = np.random.default_rng(5)
bgr = random.integers(100, 200, (150, 170, 3), np.uint8)
bgr[40:90, 60:100] = 20
bgr[60:62, 70:72] = 180
bgr[:30] = 130
grey = np.ascontiguousarray(bgr[:, :, 1])
area = [[[0, 0], [170, 0], [170, 150]]]
compiled = {}

def use(name, work):
    kernels = []
    with compile_events(lambda event: kernels.append(event) if event.compiled else None):
        found = work()
    compiled[name] = [event.kernel for event in kernels]
    return found

for threads in (1, 2):
    use(f"engine {threads}", lambda: fastdefect.Engine(bgr.shape[:2], threads=threads)(bgr, stages=True))
    use(f"engine, grey {threads}", lambda: fastdefect.Engine(bgr.shape[:2], threads=threads)(grey, stages=True))
    use(f"engine, area {threads}", lambda: fastdefect.Engine(bgr.shape[:2], threads=threads, roi=area)(bgr))
use("fab_defect_detect", lambda: fastdefect.fab_defect_detect(bgr))
use("value_channel", lambda: fastdefect.value_channel(bgr))
use("bgr_to_hsv", lambda: fastdefect.bgr_to_hsv(bgr))
use("box_blur", lambda: fastdefect.box_blur(grey, 7))
use("nl_means", lambda: fastdefect.nl_means(grey))
use("otsu_threshold", lambda: fastdefect.otsu_threshold(grey))
use("binarize", lambda: fastdefect.binarize(grey, 99))
use("erode", lambda: fastdefect.erode(grey, 5))
use("dilate", lambda: fastdefect.dilate(grey, 5))

def measures():
    rules = fastdefect.RegionParams(mm_per_px=0.1, merge_distance=2)
    for found in (fastdefect.detect(bgr), fastdefect.detect(bgr, regions=rules, roi=area)):
        assert found.defects
        for defect in found.defects:
            defect.to_dict(), defect.polygon, defect.image

use("measures", measures)
for colour in (True, False):
    for good in (bgr, grey):
        images = [np.roll(good, 7 * shift, axis=1) for shift in range(6)]
        name = f"model with colour={colour} of {good.ndim - 1} axes"
        model = use(f"fit, {name}", lambda: fastdefect.TextureModel(colour=colour).fit(images))
        found = use(f"first call, {name}", lambda: model(good))
        use(f"measures, {name}", lambda: found.to_dict())
        use(f"area, {name}", lambda: model.plan(bgr.shape[:2], roi=area)(good))
print(json.dumps(compiled))
"""


@pytest.fixture(scope="module", name="warmed")
def _warmed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], str]:
    """An environment with a cache of its own that one warmup has filled, and what that printed."""
    folder = tmp_path_factory.mktemp("kernels")
    told = {"NUMBA_CACHE_DIR": str(folder), "PYTHONPATH": str(ROOT), "FASTDEFECT_FROZEN": "off"}
    environment = os.environ | told
    done = python(environment, "-m", "fastdefect", "warmup", "--threads", "2")
    return environment, done.stdout


def python(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done


def test_it_prints_milliseconds_and_the_folder(warmed: tuple[dict[str, str], str]) -> None:
    environment, text = warmed
    assert text.count(" ms compiled") >= 50
    assert "stages when warm" in text
    assert f"kernels in {environment['NUMBA_CACHE_DIR']}" in click.unstyle(text)


def test_nothing_is_compiled_in_the_next_process(warmed: tuple[dict[str, str], str]) -> None:
    compiled = json.loads(python(warmed[0], "-c", USES).stdout.splitlines()[-1])
    assert {name: kernels for name, kernels in compiled.items() if kernels} == {}
    assert len(compiled) == 6 + 1 + 7 + 1 + 2 * 2 * 4 + 1


def test_a_model_alone(warmed: tuple[dict[str, str], str], tmp_path: Path) -> None:
    """What one model needs is less than everything: here it is loaded and not compiled."""
    code = (
        "import numpy as np, fastdefect\n"
        "images = np.random.default_rng(1).integers(0, 256, (6, 96, 128), np.uint8)\n"
        "fastdefect.TextureModel(colour=False).fit(list(images)).save('cloth.model')"
    )
    here = warmed[0] | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=here, cwd=tmp_path, check=True)
    line = (
        "-m",
        "fastdefect",
        "warmup",
        "--model",
        str(tmp_path / "cloth.model"),
        "--size",
        "200x300",
    )
    text = python(here, *line).stdout
    assert " ms compiled" not in text
    assert 5 <= text.count(" ms loaded") < warmed[1].count(" ms compiled")
