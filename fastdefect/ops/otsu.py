"""Otsu's threshold and binarisation."""

from __future__ import annotations

from fastdefect.checks import check_grey, check_int
from fastdefect.operations.otsu import THRESHOLD
from fastdefect.ops.apply import apply, run
from fastdefect.tiling.workers import thread_count
from fastdefect.typing import ByteImage

__all__ = ["binarize", "otsu_threshold"]


def otsu_threshold(
    src: ByteImage, *, threads: int | None = None, backend: str | None = None
) -> int:
    """Otsu's threshold (Otsu, 1979): the grey level that best splits the histogram in two.

    Parameters
    ----------
    src : ndarray of uint8, (H, W)
    threads : int, optional
        1 ... 256; by default what the process may use. The result never depends on it.
    backend : {"auto", "numba", "frozen", "opencv", "reference"}, optional
        By default ``FASTDEFECT_BACKEND``, or "auto". The result never depends on it.

    Returns
    -------
    int
        0 ... 255, equal to the first result of ``cv2.threshold(src, 0, 255, cv2.THRESH_OTSU)``; 0 for a flat image.
        Foreground lies above it.

    Raises
    ------
    ArgumentTypeError
        An argument is of another type.
    ArgumentValueError
        An argument is out of its range, or an image of another shape.

    Examples
    --------
    >>> import numpy, fastdefect
    >>> src = numpy.array([[10, 11, 12, 200, 201, 202]], numpy.uint8)
    >>> fastdefect.otsu_threshold(src)
    12
    """
    count = thread_count(threads)
    grey = check_grey("src", src)
    return int(run("otsu_threshold", grey, (), count, backend))


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
        Where the result goes; must not overlap the input.
    threads : int, optional
        1 ... 256; by default what the process may use. The result never depends on it.
    backend : {"auto", "numba", "frozen", "opencv", "reference"}, optional
        By default ``FASTDEFECT_BACKEND``, or "auto". The result never depends on it.

    Returns
    -------
    ndarray of uint8, (H, W)
        Equal to ``cv2.threshold(src, threshold, 255, cv2.THRESH_BINARY)[1]``.

    Raises
    ------
    ArgumentTypeError
        An argument is of another type.
    ArgumentValueError
        An argument is out of its range, or an image of another shape.

    Examples
    --------
    >>> import numpy, fastdefect
    >>> src = numpy.array([[10, 11, 12, 200]], numpy.uint8)
    >>> fastdefect.binarize(src, 11)
    array([[  0,   0, 255, 255]], dtype=uint8)
    """
    count = thread_count(threads)
    level = check_int("threshold", threshold, *THRESHOLD.range)
    grey = check_grey("src", src)
    return apply("binarize", grey, (), src, out, count, backend, (level,))
