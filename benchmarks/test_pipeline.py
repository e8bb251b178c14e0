"""The whole pipeline on one thread: the engine, the drop-in function and the article's OpenCV calls."""

from __future__ import annotations

import pytest

from fastdefect.bench.cases import CASES
from fastdefect.bench.compare import picture
from fastdefect.bench.parity import require_equal

PIPELINES = {duel.name: duel for duel in CASES if duel.against == "the article"}


@pytest.mark.parametrize("name", PIPELINES)
def test_pipeline(benchmark, subjects, name, shape):
    image = picture("cloth", shape, 3)
    pair = PIPELINES[name].prepare(subjects, shape, 1)
    require_equal(f"{name}, {shape}", pair.against(image), pair.view(pair.subject(image)))
    benchmark.group = f"pipeline {shape[0]}x{shape[1]}"
    benchmark(pair.subject, image)


def test_article(benchmark, subjects, shape):
    benchmark.group = f"pipeline {shape[0]}x{shape[1]}"
    benchmark(subjects.article, picture("cloth", shape, 3))
