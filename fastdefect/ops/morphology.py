"""Minimum and maximum over a rectangle."""

from __future__ import annotations

from fastdefect.checks import check_grey, check_ksize
from fastdefect.operations.morphology import KSIZE
from fastdefect.ops.apply import apply
from fastdefect.tiling.workers import thread_count
from fastdefect.typing import ByteImage, Ksize

__all__ = ["dilate", "erode"]


def erode(
    src: ByteImage,
    ksize: int | Ksize,
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
        Where the result goes; must not overlap the input.
    threads : int, optional
        1 ... 256; by default what the process may use. The result never depends on it.
    backend : {"auto", "numba", "frozen", "opencv", "reference"}, optional
        By default ``FASTDEFECT_BACKEND``, or "auto". The result never depends on it.

    Returns
    -------
    ndarray of uint8, (H, W)
        Equal to ``cv2.erode(src, numpy.ones((h, w), numpy.uint8))``.

    Raises
    ------
    ArgumentTypeError
        An argument is of another type.
    ArgumentValueError
        An argument is out of its range, or an image of another shape.

    Examples
    --------
    >>> import numpy, fastdefect
    >>> src = numpy.array([[9, 9, 9, 1, 9, 9]], numpy.uint8)
    >>> fastdefect.erode(src, 3)
    array([[9, 9, 1, 1, 1, 9]], dtype=uint8)
    """
    count = thread_count(threads)
    size = check_ksize("ksize", ksize, KSIZE.range[1])
    grey = check_grey("src", src)
    return apply("erode", grey, (size,), src, out, count, backend)


def dilate(
    src: ByteImage,
    ksize: int | Ksize,
    *,
    out: ByteImage | None = None,
    threads: int | None = None,
    backend: str | None = None,
) -> ByteImage:
    """Maximum over a rectangle; pixels outside the image never win.

    Parameters
    ----------
    src : ndarray of uint8, (H, W)
    ksize : int or (int, int)
        Width and height of the rectangle in pixels, each 1 ... 63, anchored at ``w // 2, h // 2``.
    out : ndarray of uint8, (H, W), optional
        Where the result goes; must not overlap the input.
    threads : int, optional
        1 ... 256; by default what the process may use. The result never depends on it.
    backend : {"auto", "numba", "frozen", "opencv", "reference"}, optional
        By default ``FASTDEFECT_BACKEND``, or "auto". The result never depends on it.

    Returns
    -------
    ndarray of uint8, (H, W)
        Equal to ``cv2.dilate(src, numpy.ones((h, w), numpy.uint8))``.

    Raises
    ------
    ArgumentTypeError
        An argument is of another type.
    ArgumentValueError
        An argument is out of its range, or an image of another shape.

    Examples
    --------
    >>> import numpy, fastdefect
    >>> src = numpy.array([[1, 1, 1, 9, 1, 1]], numpy.uint8)
    >>> fastdefect.dilate(src, 3)
    array([[1, 1, 9, 9, 9, 1]], dtype=uint8)
    """
    count = thread_count(threads)
    size = check_ksize("ksize", ksize, KSIZE.range[1])
    grey = check_grey("src", src)
    return apply("dilate", grey, (size,), src, out, count, backend)
