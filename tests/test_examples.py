"""The examples run as they stand and print what they promise."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

RUNS = {
    "first_steps.py": ((), r"(defective \(\d+, \d+, \d+, \d+\) \d+ [\d.]+\n)+"),
    "capture_loop.py": (
        ("--rate", "50", "--seconds", "0.2", "--side", "64"),
        r"10 frames at 50 a second: \{.*\}\n"
        r"milliseconds from trigger to verdict: p50 [\d.]+, p90 [\d.]+, p99 [\d.]+, longest [\d.]+\n"
        r"too late for the next frame: \d+\n",
    ),
    "cloth_folder.py": (
        ("{made}", "--side", "64", "--places", "2", "--count", "1"),
        r"(.*/ground_truth/\w+: 1 images\n){3}.*/shift: 7 images\n"
        r"(.*/test/\w+: \d images\n){4}.*/train/good: 2 images\n",
    ),
    "dask_run.py": (
        ("--scheduler", "threads"),
        r"256 x 320 pixels in 6 chunks\n"
        r"defective, \d+ defects, score 1260\nmask [0-9a-f]{64}\n",
    ),
    "process_pool.py": (
        ("{images}", "--jobs", "2"),
        r"(\w+\.png: (good|defective), \d+ defects, score [\d.e+]+\n){2}",
    ),
}


def test_every_example_is_run() -> None:
    assert sorted(RUNS) == sorted(path.name for path in (ROOT / "examples").glob("*.py"))


@pytest.mark.parametrize(
    "name",
    # two processes of their own, each with its imports
    [pytest.param(name, marks=[pytest.mark.long] * (name == "process_pool.py")) for name in RUNS],
)
def test_an_example(name: str, tmp_path: Path) -> None:
    if name == "dask_run.py":
        pytest.importorskip("dask.array", reason="dask is not installed (extra dask)")
    for image in ("blob_basket.png", "good_twill.png"):
        (tmp_path / image).symlink_to(ROOT / "bench_images" / image)
    arguments, printed = RUNS[name]
    line = [each.format(images=tmp_path, made=tmp_path / "made") for each in arguments]
    done = subprocess.run(
        [sys.executable, "-m", f"examples.{Path(name).stem}", *line],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(printed, done.stdout), done.stdout
