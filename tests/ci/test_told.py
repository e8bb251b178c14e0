"""scripts/told: kernels, Numba and OpenCV all see the lesser processor."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest
from conftest import ROOT

SEEN = """
import cv2
from numba.core import config
from fastdefect.kernels._numba import cpu_path
used = [word[1:] for word in cv2.getCPUFeaturesLine().split() if word.startswith("*") and not word.endswith("?")]
print(cpu_path(), config.CPU_NAME, *used)
"""


def _told(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(ROOT / "scripts" / "told"), *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.skipif(platform.machine() != "x86_64", reason="names processors of x86")
@pytest.mark.parametrize(
    ("path", "name", "missing"),
    [
        ("avx2", "x86-64-v3", {"AVX512-SKX"}),
        ("portable", "x86-64-v2", {"AVX512-SKX", "AVX2", "AVX", "FP16"}),
    ],
)
def test_all_three_see_the_lesser_processor(path, name, missing):
    done = _told(path, sys.executable, "-c", SEEN)
    assert done.returncode == 0, done.stderr
    seen, numba, *opencv = done.stdout.split()
    assert seen in {path, "portable"}  # this processor may be lesser still
    assert numba == name
    assert missing.isdisjoint(opencv)


@pytest.mark.parametrize("words", [(), ("avx1024", "true")])
def test_other_words_are_refused_with_those_that_it_knows(words):
    done = _told(*words)
    assert done.returncode
    assert "avx2" in done.stderr
    assert "portable" in done.stderr
