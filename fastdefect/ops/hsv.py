"""Colour: the value channel, and all three channels of HSV."""

from __future__ import annotations

from fastdefect.checks import check_colour
from fastdefect.ops.apply import apply
from fastdefect.tiling.workers import thread_count
from fastdefect.typing import ByteImage

__all__ = ["bgr_to_hsv", "value_channel"]


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
        Where the result goes; must not overlap the input.
    threads : int, optional
        1 ... 256; by default what the process may use. The result never depends on it.
    backend : {"auto", "numba", "frozen", "opencv", "reference"}, optional
        By default ``FASTDEFECT_BACKEND``, or "auto". The result never depends on it.

    Returns
    -------
    ndarray of uint8, (H, W)
        Equal to ``cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV)[:, :, 2]``.

    Raises
    ------
    ArgumentTypeError
        An argument is of another type.
    ArgumentValueError
        An argument is out of its range, or an image of another shape.

    Notes
    -----
    One pass; three bytes read and one written per pixel.

    Examples
    --------
    >>> import numpy, fastdefect
    >>> bgr = numpy.array([[[10, 20, 30], [200, 0, 5]]], numpy.uint8)
    >>> fastdefect.value_channel(bgr)
    array([[ 30, 200]], dtype=uint8)
    """
    count = thread_count(threads)
    src = check_colour("bgr", bgr)
    return apply("value_channel", src, (), bgr, out, count, backend, shape=src.shape[:2])


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
        Where the result goes; must not overlap the input.
    threads : int, optional
        1 ... 256; by default what the process may use. The result never depends on it.
    backend : {"auto", "numba", "frozen", "opencv", "reference"}, optional
        By default ``FASTDEFECT_BACKEND``, or "auto". The result never depends on it.

    Returns
    -------
    ndarray of uint8, (H, W, 3)
        Equal to ``cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV)``: H in 0 ... 179 (units of two degrees), S and V in 0 ... 255.

    Raises
    ------
    ArgumentTypeError
        An argument is of another type.
    ArgumentValueError
        An argument is out of its range, or an image of another shape.

    Examples
    --------
    >>> import numpy, fastdefect
    >>> red = numpy.array([[[0, 0, 255]]], numpy.uint8)
    >>> fastdefect.bgr_to_hsv(red)
    array([[[  0, 255, 255]]], dtype=uint8)
    """
    count = thread_count(threads)
    src = check_colour("bgr", bgr)
    return apply("bgr_to_hsv", src, (), bgr, out, count, backend)
