"""What `import fastdefect` offers, and what it leaves alone."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

import fastdefect
from fastdefect import errors


@pytest.mark.parametrize("name", fastdefect.__all__)
def test_every_public_name_exists_and_is_documented(name: str) -> None:
    value = getattr(fastdefect, name)
    assert value.__doc__
    assert name in dir(fastdefect)


def test_unknown_names_are_attribute_errors() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        _ = fastdefect.nothing


def test_importing_is_light() -> None:
    heavy = {"numba", "matplotlib", "skimage", "scipy", "pandas", "click", "rich", "cv2", "numpy"}
    code = f"import sys, fastdefect; print(sorted({heavy!r} & set(sys.modules)))"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


def test_every_error_has_the_root_and_a_builtin() -> None:
    tree = {
        value
        for value in vars(errors).values()
        if isinstance(value, type) and issubclass(value, errors.FastDefectError)
    }
    for error in tree - {errors.FastDefectError}:
        assert len(error.__mro__) > 4
        assert error.__name__ in (errors.__doc__ or "")


def test_nothing_global_of_opencv_is_changed() -> None:
    before = cv2.getNumThreads()
    fastdefect.detect(np.zeros((400, 500, 3), np.uint8), threads=1)
    fastdefect.fab_defect_detect(np.zeros((40, 50, 3), np.uint8))
    assert cv2.getNumThreads() == before


def test_threads_of_opencv_are_not_started() -> None:
    """A 1-megapixel image on one thread: the process has no thread more than before."""
    code = """
import os
import numpy as np
import fastdefect
image = np.random.default_rng(0).integers(0, 256, (1024, 1024, 3), np.uint8)
def count():
    return len(os.listdir("/proc/self/task"))
fastdefect.value_channel(image[:9, :9], threads=1)
before = count()
params = fastdefect.ArticleParams(search_window=3, template_window=1)
fastdefect.detect(image, params, threads=1, stages=True)
one = count()
fastdefect.detect(image, params, threads=2, stages=True)
print(before, one, count())
"""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    before, one, two = map(int, result.stdout.split())
    assert one == before
    assert two == before + 1
