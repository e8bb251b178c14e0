"""The mean over a rectangle."""

from __future__ import annotations

from fastdefect.checks import check_grey, check_ksize
from fastdefect.operations.box_blur import KSIZE
from fastdefect.ops.apply import apply
from fastdefect.tiling.workers import thread_count
from fastdefect.typing import ByteImage, Ksize

__all__ = ["box_blur"]


def box_blur(
    src: ByteImage,
    ksize: int | Ksize,
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
        Where the result goes; must not overlap the input.
    threads : int, optional
        1 ... 256; by default what the process may use. The result never depends on it.
    backend : {"auto", "numba", "frozen", "opencv", "reference"}, optional
        By default ``FASTDEFECT_BACKEND``, or "auto". The result never depends on it.

    Returns
    -------
    ndarray of uint8, (H, W)
        Equal to ``cv2.blur(src, ksize)``.

    Raises
    ------
    ArgumentTypeError
        An argument is of another type.
    ArgumentValueError
        An argument is out of its range, or an image of another shape.

    Notes
    -----
    Cost is independent of the window's height and logarithmic in its width. Some window areas above 256 pixels are
    rounded by OpenCV differently in different columns; those are left to OpenCV (PARITY.md lists them).

    Examples
    --------
    >>> import numpy, fastdefect
    >>> src = numpy.array([[0, 0, 90, 0, 0]], numpy.uint8)
    >>> fastdefect.box_blur(src, (3, 1))
    array([[ 0, 30, 30, 30,  0]], dtype=uint8)
    """
    count = thread_count(threads)
    size = check_ksize("ksize", ksize, KSIZE.range[1])
    grey = check_grey("src", src)
    return apply("box_blur", grey, (size,), src, out, count, backend)
