"""The gate itself: it must see one wrong pixel, name it, and never look away from a shape or a type."""

from __future__ import annotations

from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from fastdefect import FastDefectError
from fastdefect.bench.parity import (
    SHAPES,
    ParityError,
    check,
    first_difference,
    require_equal,
)
from fastdefect.operations import OPERATIONS
from fastdefect.perf.images import KINDS, make


def dilation(shape, ksize, workers):
    def step(src, out):
        cv2.dilate(src, np.ones(ksize[::-1], np.uint8), out)

    return step


def dilation_with_a_fault(shape, ksize, workers):
    def step(src, out):
        dilation(shape, ksize, workers)(src, out)
        if shape == (17, 33):
            out[3, 5] ^= 1

    return step


GOOD = SimpleNamespace(name="good", dilate=dilation)
FAULTY = SimpleNamespace(name="faulty", dilate=dilation_with_a_fault)


def test_equal_tables_pass_every_case():
    count = check(OPERATIONS["dilate"], GOOD, GOOD, None)
    assert count == len(SHAPES) * len(KINDS) * len(OPERATIONS["dilate"].cases)


def test_one_wrong_pixel_is_found_and_named():
    with pytest.raises(
        ParityError, match=r"dilate\(\(5, 5\)\) of faulty, .*\(17, 33\).*at \(3, 5\)"
    ) as caught:
        check(OPERATIONS["dilate"], FAULTY, GOOD, None)
    assert isinstance(caught.value, FastDefectError)


def test_first_difference_is_first_in_reading_order():
    left = np.zeros((4, 4), np.uint8)
    right = left.copy()
    right[1, 3], right[2, 0] = 7, 9
    found = first_difference(left, right)
    assert (found.where, found.expected, found.received, found.count) == ((1, 3), 0, 7, 2)
    assert str(found) == "first difference at (1, 3): expected 0, received 7; 2 differ"


@pytest.mark.parametrize(
    ("left", "right", "tolerance", "equal"),
    [
        (np.uint8([0, 255]), np.uint8([255, 0]), 254, False),  # differences must not wrap at 8 bits
        (np.uint8([10]), np.uint8([9]), 1, True),
        (np.uint8([10]), np.uint8([9]), 0, False),
        (np.zeros((2, 3), np.uint8), np.zeros((3, 2), np.uint8), 0, False),
        (np.zeros(3, np.uint8), np.zeros(3, np.int32), 0, False),
        (np.zeros((0, 3), np.uint8), np.zeros((0, 3), np.uint8), 0, True),
        (127, 127.0, 0, True),
        (127, 128, 0, False),
        (np.float32([np.nan]), np.float32([np.nan]), 0, False),
        (np.array([True, False]), np.array([True, True]), 0, False),
    ],
)
def test_what_counts_as_equal(left, right, tolerance, equal):
    assert (first_difference(left, right, tolerance) is None) == equal


def test_a_tuple_is_compared_part_by_part():
    require_equal("same", (np.zeros(2), 5), (np.zeros(2), 5))
    with pytest.raises(
        ParityError, match=r"what, result 1: first difference as a whole: expected 5, received 6"
    ):
        require_equal("what", (np.zeros(2), 5), (np.zeros(2), 6))
    with pytest.raises(ValueError, match="zip"):
        require_equal("what", (1, 2), (1, 2, 3))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("channels", [1, 3])
def test_images_are_seeded_and_contiguous(kind, channels):
    image = make(kind, (9, 14), channels)
    assert image.shape == ((9, 14) if channels == 1 else (9, 14, 3))
    assert image.dtype == np.uint8
    assert image.flags.c_contiguous
    assert np.array_equal(image, make(kind, (9, 14), channels))
