"""Every rectangle, every area and every colour: the byte kernels proved equal to OpenCV.

    python -m benchmarks.proof_byte_stages [--vector 16|32|64]

Erosion and dilation by every rectangle of 1 ... 63 by 1 ... 63 pixels, the box filter over every area that a window of up
to 255 by 255 pixels can have, HSV of all colours. Some minutes; the last line says what was compared. The first
difference ends it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from unittest.mock import patch

import cv2
import numpy as np

from fastdefect.backends.byte_stages.strips import byte_vector
from fastdefect.backends.numba import PLANNERS
from fastdefect.bench.parity import require_equal
from fastdefect.kernels.box_blur.quotient import divisor_16, divisor_words, position_independent
from fastdefect.kernels.simd.bytes import WIDTHS
from fastdefect.operations.box_blur import KSIZE as BLUR
from fastdefect.operations.morphology import KSIZE as RECTANGLE
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage, Shape

SHAPES = ((70, 131), (37, 64))
_ONE = Workers(1)


def main() -> None:
    """Prove all three and print what was compared."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument(
        "--vector", type=int, choices=(16, 32, 64), help="bytes; default this path's"
    )
    options = parser.parse_args()
    path, vector = byte_vector()
    vector = options.vector or vector
    cv2.setNumThreads(1)
    with patch.dict(WIDTHS, {path: vector}):
        counts = [_count(name, proof()) for name, proof in PROOFS.items()]
    print(
        f"equal to OpenCV {cv2.__version__} in every byte, {path}, vectors of {vector} bytes: "
        + ", ".join(counts)
    )


def _count(name: str, proof: Iterator[int]) -> str:
    total, step = 0, 0
    for total in proof:
        if total >= step:
            print(f"{name}: {total} compared", flush=True)
            step += 2000
    return f"{total} {name}"


def _images(shape: Shape) -> list[ByteImage]:
    """Noise, and few bright pixels on black: every window's maximum and minimum matter somewhere."""
    random = np.random.default_rng(shape[0])
    noise = random.integers(0, 256, shape, np.uint8)
    return [noise, np.where(random.random(shape) < 0.01, noise, 0).astype(np.uint8)]


def _rectangles() -> Iterator[int]:
    """Erosion and dilation of two shapes, by rectangles row after row."""
    least, most = RECTANGLE.range
    sides = range(least, most + 1)
    count = 0
    for h in sides:
        for w in sides:
            ones = np.ones((h, w), np.uint8)
            for name, function in (("erode", cv2.erode), ("dilate", cv2.dilate)):
                for shape in SHAPES:
                    step = PLANNERS[name](shape, (w, h), _ONE)
                    out = np.empty(shape, np.uint8)
                    for image in _images(shape):
                        image = 255 - image if name == "erode" else image
                        step(image, out)
                        require_equal(f"{name} by {w} x {h}", function(image, ones), out)
                    count += 1
            yield count


def _areas() -> Iterator[int]:
    """The widest and the highest window of each area: all means of small ones from their sums, then images."""
    least, most = BLUR.range
    windows: dict[int, set[tuple[int, int]]] = {}
    for h in range(least, most + 1):
        for w in range(least, most + 1):
            found = windows.setdefault(w * h, set())
            found.add((w, h))
            windows[w * h] = {min(found), max(found)}
    count = 0
    for area, sizes in sorted(windows.items()):
        if not position_independent(area):
            continue  # OpenCV's mean depends on the column; the planner hands these to OpenCV
        if area <= 256:
            sums = np.arange(255 * area + 1, dtype=np.int64)
            (delta, scale), (added, factor, shift) = divisor_16(area), divisor_words(area)
            means = ((sums + added) * factor >> 16) >> shift
            require_equal(f"means of {area} pixels", (sums + delta) * scale >> 23, means)
        for ksize in sorted(sizes):
            for shape in SHAPES:
                step = PLANNERS["box_blur"](shape, ksize, _ONE)
                out = np.empty(shape, np.uint8)
                for image in _images(shape):
                    step(image, out)
                    require_equal(f"blur by {ksize}", cv2.blur(image, ksize), out)
        count += 1
        yield count


def _colours() -> Iterator[int]:
    """All of them, one level of blue after the other."""
    green, red = np.indices((256, 256)).astype(np.uint8)
    step = PLANNERS["bgr_to_hsv"]((256, 256), _ONE)
    for blue in range(256):
        colours = np.stack([np.full_like(green, blue), green, red], axis=-1)
        out = np.empty_like(colours)
        step(colours, out)
        require_equal(f"blue {blue}", cv2.cvtColor(colours, cv2.COLOR_BGR2HSV), out)
    yield 256**3


PROOFS = {
    "erosions and dilations by rectangles": _rectangles,
    "areas of the box filter": _areas,
    "colours": _colours,
}

if __name__ == "__main__":
    sys.exit(main())
