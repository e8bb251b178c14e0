"""A program: everything that a frozen library has, against the reference, and Numba stays away.

    FASTDEFECT_FROZEN=LIBRARY PYTHONPATH=.:tests python tests/frozen/frozen_bytes.py

Prints how many results differ, and the first of them.
"""

import platform
import sys

import numpy as np
from texture_cases import constants
from texture_cases import image as texture

import fastdefect
from fastdefect.backends import load
from fastdefect.operations.texture import TextureStructure
from fastdefect.reference.article import fab_defect_detect
from fastdefect.tiling.workers import Workers

random = np.random.default_rng(0)
wrong = []


def same(what, received, wanted):
    if not np.array_equal(received, wanted):
        wrong.append(what)


for shape in [(1, 1), (1, 90), (90, 1), (5, 7), (40, 80), (97, 131), (33, 300)]:
    grey = random.integers(0, 256, shape, np.uint8)
    colour = random.integers(0, 256, (*shape, 3), np.uint8)
    sizes = [(k, k) for k in (2, 3, 5, 8, 9, 16, 17)] + [(3, 1), (1, 7), (6, 4)]
    calls = [(name, grey, (size,)) for name in ("erode", "dilate", "box_blur") for size in sizes]
    calls += [("binarize", grey, (99,)), ("otsu_threshold", grey, ())]
    calls += [("value_channel", colour, ())]
    if (
        platform.machine() != "aarch64"
    ):  # where OpenCV's bytes depend on a pixel's place (PARITY.md)
        calls += [("bgr_to_hsv", colour, ())]
    calls += [
        ("nl_means", grey, p)
        for p in [(10.0, 7, 21), (10.0, 7, 22), (3.0, 7, 21), (10.0, 5, 21), (10.0, 1, 5)]
    ]
    for name, image, rest in calls:
        function = getattr(fastdefect, name)
        for threads in (1, 3):
            received = function(image, *rest, threads=threads)
            same((name, shape, rest), received, function(image, *rest, backend="reference"))
spotted = np.clip(random.normal(140, 20, (130, 200, 3)), 0, 255).astype(np.uint8)
spotted[20:30, 20:40] //= 3
for image in (spotted, np.ascontiguousarray(spotted[:, :, 1])):
    for area in (None, [[[0, 0], [150, 0], [150, 110]]]):
        found = fastdefect.detect(image, roi=area)
        [defect.to_dict() for defect in found.defects]
        if area is None and image.ndim == 3:
            same("detect", found.mask, np.equal(fab_defect_detect(image)[6], 0))
for colour in (True, False):
    for channels in (3, 1):
        for geometric in (False, True):
            fitted = constants(1, colour=colour, geometric=geometric)
            image = texture((96, 112, 3) if channels == 3 else (96, 112))
            structure = TextureStructure.of(fitted, channels)
            maps = np.empty((2, 96, 112), np.float32)
            scores = [
                load(name).texture_map((96, 112), structure, Workers(2))(image, fitted, None, out)
                for name, out in zip(("frozen", "reference"), maps, strict=True)
            ]
            same(
                ("texture", colour, channels, geometric),
                [*maps[0].ravel(), scores[0]],
                [*maps[1].ravel(), scores[1]],
            )
print(len(wrong), wrong[:5])
assert not {"numba", "llvmlite"} & sys.modules.keys()
