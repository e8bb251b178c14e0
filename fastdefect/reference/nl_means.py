"""Non-local means: OpenCV's call, and what it computes in plain integers."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from fastdefect.typing import ByteImage


def nl_means(src: ByteImage, h: float, template_window: int, search_window: int) -> ByteImage:
    """Non-local means of a grey image, border reflect-101."""
    return cv2.fastNlMeansDenoising(src, None, h, template_window, search_window)


def nl_means_in_integers(
    src: ByteImage, h: float, template_window: int, search_window: int
) -> ByteImage:
    """The same without OpenCV, for small images: every offset in turn, integers throughout.

    Source: ``fast_nlmeans_denoising_invoker.hpp`` of OpenCV, read as arithmetic and checked against its releases
    4.10, 4.13 and 5.0.
    """
    t, s = template_window // 2, search_window // 2
    side, border = 2 * t + 1, t + s
    shift = (side * side - 1).bit_length()
    largest = (2**31 - 1) // ((2 * s + 1) ** 2 * 255)
    index = np.arange((side * side * 255 * 255 >> shift) + 1)
    square = float(np.float32(h) * np.float32(h))
    with np.errstate(divide="ignore", invalid="ignore"):
        exact = largest * np.exp(-index * ((1 << shift) / (side * side)) / square)
    table = np.rint(np.where(np.isnan(exact), largest, exact)).astype(np.int64)
    table[table < 0.001 * largest] = 0

    height, width = src.shape
    rows = _reflect_101(np.arange(-border, height + border), height)
    columns = _reflect_101(np.arange(-border, width + border), width)
    image = src.astype(np.int64)[rows][:, columns]
    weighted = np.zeros(src.shape, np.int64)
    weights = np.zeros(src.shape, np.int64)
    for dy in range(-s, s + 1):
        for dx in range(-s, s + 1):
            centre = image[s : s + height + 2 * t, s : s + width + 2 * t]
            moved = image[s + dy : s + dy + height + 2 * t, s + dx : s + dx + width + 2 * t]
            squares = np.pad(np.cumsum(np.cumsum((centre - moved) ** 2, 0), 1), ((1, 0), (1, 0)))
            ssd = (
                squares[side:, side:]
                - squares[:-side, side:]
                - squares[side:, :-side]
                + squares[:-side, :-side]
            )
            weight = table[ssd >> shift]
            weights += weight
            weighted += weight * moved[t : t + height, t : t + width]
    return ((weighted + weights // 2) // weights).astype(np.uint8)


def _reflect_101(index: npt.NDArray[np.int64], size: int) -> npt.NDArray[np.int64]:
    """Reflect-101, as often as needed; a single row or column repeats itself."""
    if size == 1:
        return np.zeros_like(index)
    folded = index % (2 * size - 2)
    return np.minimum(folded, 2 * size - 2 - folded)
