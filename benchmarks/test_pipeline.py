"""The whole pipeline on one thread: the engine, the drop-in function and the article's OpenCV calls."""

from __future__ import annotations

import pytest

from fastdefect.bench.cases import CASES
from fastdefect.bench.compare import digest_of, picture
from fastdefect.bench.parity import require_equal
from fastdefect.reference.article import fab_defect_detect

PIPELINES = {case.name: case for case in CASES if case.baseline == "the article"}


@pytest.mark.parametrize("name", PIPELINES)
def test_pipeline(benchmark, name, shape):
    image = picture("cloth", shape, 3)
    pair = PIPELINES[name].prepare(shape, 1)
    found = pair.view(pair.subject(image))
    require_equal(f"{name}, {shape}", pair.baseline(image), found)
    benchmark.extra_info["digest"] = digest_of(found)
    benchmark.group = f"pipeline {shape[0]}x{shape[1]}"
    benchmark(pair.subject, image)


def test_article(benchmark, shape):
    benchmark.group = f"pipeline {shape[0]}x{shape[1]}"
    image = picture("cloth", shape, 3)
    benchmark.extra_info["digest"] = digest_of(fab_defect_detect(image))
    benchmark(fab_defect_detect, image)
