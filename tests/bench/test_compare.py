"""What is measured in which order, and on which pictures."""

from __future__ import annotations

import subprocess

import cv2
import numpy as np
import pytest

from fastdefect.bench.cases import CASES
from fastdefect.bench.compare import opencv_threads, picture, planned
from fastdefect.perf.startup import run


def test_slow_cases_leave_out_large_images():
    names = {case.name for case, shape, _ in planned([(4096, 4096)], [1])}
    assert "box_blur" in names
    assert not {"nl_means", "engine", "fab_defect_detect"} & names
    assert len(planned([(512, 512), (64, 64)], [1, 2])) == 4 * len(CASES)


def test_row_names_are_unique():
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("name", ["cloth", "blurred", "binary", "noise"])
def test_pictures_cannot_be_spoilt_by_a_candidate(name):
    image = picture(name, (64, 48), 1)
    assert image.shape == (64, 48)
    with pytest.raises(ValueError, match="read-only"):
        image[0, 0] = 1


def test_the_binary_picture_has_both_values():
    assert set(np.unique(picture("binary", (128, 128), 1))) == {0, 255}


def test_opencv_threads_are_put_back_after_an_error():
    before = cv2.getNumThreads()
    with pytest.raises(ZeroDivisionError), opencv_threads(1):
        1 // (cv2.getNumThreads() - 1)
    assert cv2.getNumThreads() == before


def test_a_start_is_timed_in_its_own_process(tmp_path):
    # a sleep never ends early, whatever else the machine does
    assert run("import time; time.sleep(0.05)", tmp_path) >= 50
    with pytest.raises(subprocess.CalledProcessError):
        run("raise SystemExit(3)", tmp_path)
