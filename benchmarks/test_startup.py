"""Imports and first images, each in a process of its own."""

from __future__ import annotations

import pytest

from fastdefect.perf.startup import FIRST_IMAGE, run

STATEMENTS = {
    "numpy and cv2": "import numpy, cv2",
    "numpy, cv2 and fastdefect": "import numpy, cv2, fastdefect",
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS)
def test_import(benchmark, tmp_path, statement):
    benchmark.group = "start of a process"
    benchmark.pedantic(run, (statement, tmp_path), rounds=5, warmup_rounds=1)


def test_first_image_warm(benchmark, tmp_path):
    benchmark.group = "start of a process"
    benchmark.pedantic(run, (FIRST_IMAGE, tmp_path), rounds=3, warmup_rounds=1)


def test_first_image_cold(benchmark, tmp_path):
    benchmark.group = "start of a process"
    folders = iter(range(100))
    benchmark.pedantic(
        run, setup=lambda: ((FIRST_IMAGE, tmp_path / str(next(folders))), {}), rounds=1
    )
