"""Print a digest of what each kernel computes, so that two processors can be compared with ``diff``.

python .ci/kernel_bytes.py > here.txt

A line per operation and parameter set, over kinds of images and shapes; and one for HSV of every colour, for which OpenCV is
no reference on 64-bit Arm (PARITY.md). Images whose Otsu threshold is in doubt are left out: there OpenCV of the machine is
asked, and what it answers depends on Intel's library being there.
"""

from __future__ import annotations

import hashlib

import numpy as np

from fastdefect.backends import load
from fastdefect.bench.parity import SHAPES, prepare
from fastdefect.kernels.otsu.level import TABLES, otsu_level
from fastdefect.operations import OPERATIONS
from fastdefect.operations.nl_means import NL_MEANS
from fastdefect.operations.operation import Setting
from fastdefect.perf.images import KINDS, make
from fastdefect.tiling.workers import Workers

# (h, template window, search window) beyond the declared cases: every way to weigh
SETS = ((3.0, 7, 21), (20.0, 7, 21), (33.3, 7, 21), (10.0, 3, 11), (10.0, 5, 15), (10.0, 9, 21))
LARGE = (150, 300)  # several tiles of NL-means and strips of the others


def main() -> None:
    numba = load("numba")
    pictures = hashlib.sha256()
    for shape in (*SHAPES, LARGE):
        for kind in KINDS:
            pictures.update(make(kind, shape, 3).tobytes())
    print(f"the pictures themselves {pictures.hexdigest()[:16]}")
    for operation in OPERATIONS.values():
        settings = list(operation.cases)
        if operation is NL_MEANS:
            settings += [Setting(chosen) for chosen in SETS]
        for setting in settings:
            found = hashlib.sha256()
            for shape in (*SHAPES, LARGE):
                if shape[0] * shape[1] > operation.max_pixels and shape != LARGE:
                    continue
                step = prepare(operation, numba, shape, setting, Workers(1))
                for kind in KINDS:
                    image = make(kind, shape, operation.inputs[0].channels[0])
                    if operation is OPERATIONS["otsu_threshold"] and _in_doubt(image):
                        continue
                    result = step(image)
                    for part in result if isinstance(result, tuple) else (result,):
                        found.update(np.ascontiguousarray(part).tobytes())
            print(f"{operation.name}({setting}) {found.hexdigest()[:16]}", flush=True)
    print(f"bgr_to_hsv of every colour {_every_colour()}")


def _in_doubt(image: np.ndarray) -> bool:
    counts = np.zeros((TABLES, 256), np.uint32)
    counts[0] = np.bincount(image.ravel(), minlength=256)
    return not otsu_level(counts)[1]


def _every_colour() -> str:
    number = np.arange(1 << 24, dtype=np.uint32).reshape(4096, 4096)
    image = np.stack([number >> shift & 255 for shift in (0, 8, 16)], axis=-1).astype(np.uint8)
    out = np.empty_like(image)
    load("numba").bgr_to_hsv(image.shape[:2], Workers(1))(image, out)
    return hashlib.sha256(out.tobytes()).hexdigest()[:16]


if __name__ == "__main__":
    main()
