"""Every back end against the reference, over the cases and tolerances that the declarations name."""

from __future__ import annotations

import os

import numpy as np
import pytest

from fastdefect.backends import load
from fastdefect.bench.parity import SHAPES, TINY, check
from fastdefect.detectors.article.marks import mark_vertices
from fastdefect.detectors.article.params import ArticleParams
from fastdefect.operations import OPERATIONS
from fastdefect.reference.contours import draw_contours
from fastdefect.tiling.workers import Workers

pytestmark = pytest.mark.parity

BACKENDS = ("numba", "opencv", "auto")
COMPILED = os.environ.get("NUMBA_DISABLE_JIT", "0") == "0"


# Uncompiled, the cases of NL-means would take hours: it has a test of its own size below.
NAMES = [
    name if name == "nl_means" else pytest.param(name, marks=pytest.mark.jit_off)
    for name, operation in OPERATIONS.items()
    if operation.cases  # the others are held against the reference where their arrays can be made
]


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", NAMES)
def test_parity(name, backend, threads):
    shapes = SHAPES if COMPILED else TINY
    assert check(
        OPERATIONS[name], load(backend), load("reference"), Workers(threads), shapes=shapes
    )


@pytest.mark.jit_off
@pytest.mark.parametrize(("h", "template", "search"), [(10.0, 3, 5), (0.0, 2, 4), (33.3, 1, 3)])
def test_plain_loops_of_nl_means(h, template, search):
    image = np.random.default_rng(0).integers(90, 130, (7, 9), np.uint8)
    expected, received = np.empty_like(image), np.empty_like(image)
    load("reference").nl_means(image.shape, h, template, search, Workers(1))(image, expected)
    load("numba").nl_means(image.shape, h, template, search, Workers(2))(image, received)
    np.testing.assert_array_equal(received, expected)


@pytest.mark.jit_off
def test_marks_of_vertices():
    image = np.zeros((6, 9, 3), np.uint8)
    contour = np.array([[[0, 0]], [[4, 2]], [[8, 5]]], np.int32)
    expected = image.copy()
    draw_contours(expected, (contour,), 1e9, (1, 2, 3))
    mark_vertices(image, (contour,), ArticleParams(contour_colour=(1, 2, 3)))
    np.testing.assert_array_equal(image, expected)
