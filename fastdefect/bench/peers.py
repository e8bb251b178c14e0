"""scikit-image and SciPy where they have the operation, as further rows of the table.

A peer need not give the same bytes: whether it does is measured, and the row says in what it differs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import ndimage
from skimage import color, filters, morphology, restoration

from fastdefect.backends import load
from fastdefect.bench.compare import picture
from fastdefect.bench.parity import Call, prepare
from fastdefect.bench.record import Row
from fastdefect.operations import OPERATIONS
from fastdefect.perf.timing import compare
from fastdefect.tiling.workers import Workers
from fastdefect.typing import Shape

ONES = np.ones((5, 5), np.uint8)


@dataclass(frozen=True)
class Peer:
    """One operation of another library, on the article's parameters.

    Attributes
    ----------
    operation : str
        Name of a declared operation.
    name : str
        The peer's function.
    prepare : callable
        ``prepare(shape)`` returns the function of the image.
    differs : str
        Why its result differs, where it does.
    picture : str
        See `fastdefect.bench.compare.picture`.
    max_pixels : int
        Larger images take too long.
    """

    operation: str
    name: str
    prepare: Callable[[Shape], Call]
    differs: str = ""
    picture: str = "cloth"
    max_pixels: int = 1 << 62


def _uniform_filter(shape: Shape) -> Call:
    out = np.empty(shape, np.uint8)
    return lambda image: ndimage.uniform_filter(image, 16, output=out, mode="mirror")


def _scipy_morphology(function: Callable[..., object]) -> Callable[[Shape], Call]:
    def prepared(shape: Shape) -> Call:
        out = np.empty(shape, np.uint8)
        return lambda image: function(image, size=(5, 5), output=out, mode="nearest")

    return prepared


def _non_local_means(image: np.ndarray) -> np.ndarray:
    return restoration.denoise_nl_means(
        image, patch_size=7, patch_distance=11, h=10, fast_mode=True, preserve_range=True
    )


PEERS = (
    Peer("bgr_to_hsv", "skimage.color.rgb2hsv", lambda shape: lambda bgr: color.rgb2hsv(bgr[:, :, ::-1]),
         "floating point, 0 ... 1"),
    Peer("box_blur", "scipy.ndimage.uniform_filter", _uniform_filter, "rounds otherwise than (sum + 129) >> 8"),
    Peer("nl_means", "skimage.restoration.denoise_nl_means (fast_mode)", lambda shape: _non_local_means,
         "floating point, another weight function", "blurred", 1_100_000),
    Peer("otsu_threshold", "skimage.filters.threshold_otsu", lambda shape: filters.threshold_otsu,
         "another formula over the histogram", "blurred"),
    Peer("erode", "skimage.morphology.erosion", lambda shape: lambda image: morphology.erosion(image, ONES),
         picture="binary", max_pixels=5_000_000),
    Peer("dilate", "skimage.morphology.dilation", lambda shape: lambda image: morphology.dilation(image, ONES),
         picture="binary", max_pixels=5_000_000),
    Peer("erode", "scipy.ndimage.grey_erosion", _scipy_morphology(ndimage.grey_erosion), picture="binary"),
    Peer("dilate", "scipy.ndimage.grey_dilation", _scipy_morphology(ndimage.grey_dilation), picture="binary"),
)  # fmt: skip


def measure(peer: Peer, shape: Shape, seconds: float) -> Row:
    """Time the operation of the ``auto`` back end on one thread against a peer; never says that both are equal.

    Parameters
    ----------
    peer : Peer
        What it is measured against.
    shape : (int, int)
        (H, W) in pixels.
    seconds : float
        Time budget, positive.
    """
    operation = OPERATIONS[peer.operation]
    image = picture(peer.picture, shape, operation.inputs[0].channels[0])
    step = prepare(operation, load("auto"), shape, operation.cases[0], Workers(1))
    call = peer.prepare(shape)
    result = compare({"subject": lambda: step(image), "baseline": lambda: call(image)}, seconds)
    return Row(
        name=f"{peer.operation}:{peer.name.split(' ')[0]}",
        height=shape[0],
        width=shape[1],
        threads=1,
        subject="auto",
        baseline=peer.name,
        subject_ms=result.seconds("subject").scaled(1000),
        baseline_ms=result.seconds("baseline").scaled(1000),
        ratio=result.times_as_fast("subject", "baseline"),
        rounds=result.rounds,
        note=difference(peer, np.asarray(step(image)), np.asarray(call(image))),
    )


def difference(peer: Peer, ours: np.ndarray, theirs: np.ndarray) -> str:
    """Say how far a peer's result is from ours, as measured on this image."""
    if (
        ours.shape == theirs.shape
        and ours.dtype.kind == theirs.dtype.kind
        and np.array_equal(ours, theirs)
    ):
        return "same values on this image"
    if theirs.dtype.kind == "f":
        return f"not comparable byte for byte: {peer.differs}"
    far = np.abs(ours.astype(np.int64) - theirs.astype(np.int64))
    return f"{np.mean(far > 0):.1%} of the pixels differ, by at most {far.max()}: {peer.differs}"
