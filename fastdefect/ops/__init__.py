"""The public single-stage functions: check the arguments once, pick a back end, call it.

All take ``out`` (an array for the result, which must not overlap the input), ``threads`` (1 ... 256; by default what the
process may use) and ``backend`` ("auto", "numba", "opencv" or "reference"; by default ``FASTDEFECT_BACKEND`` or "auto").
The result never depends on ``threads`` or ``backend``. Images may be strided, read-only or in Fortran order: what is not
C-contiguous is copied once. Bad arguments raise `ArgumentTypeError` or `ArgumentValueError`.
"""

from __future__ import annotations

import numpy as np

from fastdefect.backends import load
from fastdefect.backends.table import Step
from fastdefect.checks import (
    check_colour,
    check_grey,
    check_int,
    check_ksize,
    check_out,
    check_real,
)
from fastdefect.operations.limits import BLUR_MAX, NL_MEANS_WINDOW_MAX, STRUCTURING_MAX
from fastdefect.tiling.workers import check_threads
from fastdefect.typing import ByteImage

Ksize = int | tuple[int, int]


def value_channel(
    bgr: ByteImage,
    *,
    out: ByteImage | None = None,
    threads: int | None = None,
    backend: str | None = None,
) -> ByteImage:
    """Value channel of HSV: the largest of B, G and R.

    Parameters
    ----------
    bgr : ndarray of uint8, (H, W, 3) or (H, W, 4)
        BGR image; alpha is ignored.
    out : ndarray of uint8, (H, W), optional
    threads, backend : optional
        See the module's head.

    Returns
    -------
    ndarray of uint8, (H, W)
        Equal to ``cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV)[:, :, 2]``.

    Notes
    -----
    One pass; three bytes read and one written per pixel.
    """
    workers = check_threads(threads)
    src = check_colour("bgr", bgr)
    shape = _shape(src)
    return _apply(load(backend).value_channel(shape, workers), src, check_out(out, shape, bgr))


def bgr_to_hsv(
    bgr: ByteImage,
    *,
    out: ByteImage | None = None,
    threads: int | None = None,
    backend: str | None = None,
) -> ByteImage:
    """Hue, saturation and value of a BGR image.

    Parameters
    ----------
    bgr : ndarray of uint8, (H, W, 3) or (H, W, 4)
        BGR image; alpha is ignored.
    out : ndarray of uint8, (H, W, 3), optional
    threads, backend : optional
        See the module's head.

    Returns
    -------
    ndarray of uint8, (H, W, 3)
        Equal to ``cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV)``: H in 0 ... 179 (units of two degrees), S and V in 0 ... 255.
    """
    workers = check_threads(threads)
    src = check_colour("bgr", bgr)
    target = check_out(out, (*_shape(src), 3), bgr)
    return _apply(load(backend).bgr_to_hsv(_shape(src), workers), src, target)


def box_blur(
    src: ByteImage,
    ksize: Ksize,
    *,
    out: ByteImage | None = None,
    threads: int | None = None,
    backend: str | None = None,
) -> ByteImage:
    """Mean over a rectangle, border reflect-101.

    Parameters
    ----------
    src : ndarray of uint8, (H, W)
    ksize : int or (int, int)
        Width and height of the window in pixels, each 1 ... 255. The window spans ``x - w // 2 ... x - w // 2 + w - 1``.
    out : ndarray of uint8, (H, W), optional
    threads, backend : optional
        See the module's head.

    Returns
    -------
    ndarray of uint8, (H, W)
        Equal to ``cv2.blur(src, ksize)``.

    Notes
    -----
    Cost is independent of the window's height and logarithmic in its width. Some window areas above 256 pixels are
    rounded by OpenCV differently in different columns; those are left to OpenCV (PARITY.md lists them).
    """
    workers = check_threads(threads)
    size = check_ksize("ksize", ksize, BLUR_MAX)
    grey = check_grey("src", src)
    target = check_out(out, grey.shape, src)
    return _apply(load(backend).box_blur(_shape(grey), size, workers), grey, target)


def nl_means(
    src: ByteImage,
    h: float = 3,
    template_window: int = 7,
    search_window: int = 21,
    *,
    out: ByteImage | None = None,
    threads: int | None = None,
    backend: str | None = None,
) -> ByteImage:
    """Denoise a grey image by non-local means (Buades, Coll and Morel, 2005).

    Parameters
    ----------
    src : ndarray of uint8, (H, W)
    h : float, default: 3
        Filter strength in grey levels, finite and at least 0.
    template_window, search_window : int, default: 7 and 21
        Sides of the patches and of the window they are looked for in, in pixels, 1 ... 99; ``n`` acts as
        ``2 * (n // 2) + 1``.
    out : ndarray of uint8, (H, W), optional
    threads, backend : optional
        See the module's head.

    Returns
    -------
    ndarray of uint8, (H, W)
        Equal to ``cv2.fastNlMeansDenoising(src, None, h, template_window, search_window)``, border reflect-101.

    Notes
    -----
    Cost grows with the square of ``search_window``.
    """
    workers = check_threads(threads)
    strength = check_real("h", h, least=0.0)
    template = check_int("template_window", template_window, 1, NL_MEANS_WINDOW_MAX)
    search = check_int("search_window", search_window, 1, NL_MEANS_WINDOW_MAX)
    grey = check_grey("src", src)
    target = check_out(out, grey.shape, src)
    plan = load(backend).nl_means(_shape(grey), strength, template, search, workers)
    return _apply(plan, grey, target)


def otsu_threshold(
    src: ByteImage, *, threads: int | None = None, backend: str | None = None
) -> int:
    """Otsu's threshold (Otsu, 1979): the grey level that best splits the histogram in two.

    Parameters
    ----------
    src : ndarray of uint8, (H, W)
    threads, backend : optional
        See the module's head.

    Returns
    -------
    int
        0 ... 255, equal to the first result of ``cv2.threshold(src, 0, 255, cv2.THRESH_OTSU)``; 0 for a flat image.
        Foreground lies above it.
    """
    workers = check_threads(threads)
    grey = check_grey("src", src)
    return int(load(backend).otsu_threshold(_shape(grey), workers)(grey))


def binarize(
    src: ByteImage,
    threshold: int,
    *,
    out: ByteImage | None = None,
    threads: int | None = None,
    backend: str | None = None,
) -> ByteImage:
    """255 where the image exceeds a threshold, else 0.

    Parameters
    ----------
    src : ndarray of uint8, (H, W)
    threshold : int
        Grey level, 0 ... 255.
    out : ndarray of uint8, (H, W), optional
    threads, backend : optional
        See the module's head.

    Returns
    -------
    ndarray of uint8, (H, W)
        Equal to ``cv2.threshold(src, threshold, 255, cv2.THRESH_BINARY)[1]``.
    """
    workers = check_threads(threads)
    level = check_int("threshold", threshold, 0, 255)
    grey = check_grey("src", src)
    target = check_out(out, grey.shape, src)
    step = load(backend).binarize(_shape(grey), workers)
    return _apply(lambda image, result: step(image, level, result), grey, target)


def erode(
    src: ByteImage,
    ksize: Ksize,
    *,
    out: ByteImage | None = None,
    threads: int | None = None,
    backend: str | None = None,
) -> ByteImage:
    """Minimum over a rectangle; pixels outside the image never win.

    Parameters
    ----------
    src : ndarray of uint8, (H, W)
    ksize : int or (int, int)
        Width and height of the rectangle in pixels, each 1 ... 63, anchored at ``w // 2, h // 2``.
    out : ndarray of uint8, (H, W), optional
    threads, backend : optional
        See the module's head.

    Returns
    -------
    ndarray of uint8, (H, W)
        Equal to ``cv2.erode(src, numpy.ones((h, w), numpy.uint8))``.
    """
    workers = check_threads(threads)
    size = check_ksize("ksize", ksize, STRUCTURING_MAX)
    grey = check_grey("src", src)
    target = check_out(out, grey.shape, src)
    return _apply(load(backend).erode(_shape(grey), size, workers), grey, target)


def dilate(
    src: ByteImage,
    ksize: Ksize,
    *,
    out: ByteImage | None = None,
    threads: int | None = None,
    backend: str | None = None,
) -> ByteImage:
    """Maximum over a rectangle; pixels outside the image never win.

    Parameters and cost are those of `erode`; the result equals ``cv2.dilate(src, numpy.ones((h, w), numpy.uint8))``.
    """
    workers = check_threads(threads)
    size = check_ksize("ksize", ksize, STRUCTURING_MAX)
    grey = check_grey("src", src)
    target = check_out(out, grey.shape, src)
    return _apply(load(backend).dilate(_shape(grey), size, workers), grey, target)


def _shape(image: ByteImage) -> tuple[int, int]:
    return image.shape[0], image.shape[1]


def _apply(step: Step, src: ByteImage, out: ByteImage) -> ByteImage:
    """Run a step into ``out``, through a contiguous array if ``out`` is not."""
    if out.flags.c_contiguous:
        # an axis of length 1 may have any stride, which OpenCV does not take
        step(src, out.reshape(-1).reshape(out.shape))
    else:
        result = np.empty(out.shape, np.uint8)
        step(src, result)
        out[...] = result
    return out
