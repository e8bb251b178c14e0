"""Non-local means."""

from __future__ import annotations

from fastdefect.checks import check_grey, check_int, check_real
from fastdefect.operations.limits import H_MAX
from fastdefect.operations.nl_means import SEARCH_WINDOW, TEMPLATE_WINDOW, H
from fastdefect.ops.apply import apply
from fastdefect.tiling.workers import thread_count
from fastdefect.typing import ByteImage

__all__ = ["nl_means"]


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
        Where the result goes; must not overlap the input.
    threads : int, optional
        1 ... 256; by default what the process may use. The result never depends on it.
    backend : {"auto", "numba", "frozen", "opencv", "reference"}, optional
        By default ``FASTDEFECT_BACKEND``, or "auto". The result never depends on it.

    Returns
    -------
    ndarray of uint8, (H, W)
        Equal to ``cv2.fastNlMeansDenoising(src, None, h, template_window, search_window)``, border reflect-101.

    Raises
    ------
    ArgumentTypeError
        An argument is of another type.
    ArgumentValueError
        An argument is out of its range, or an image of another shape.

    Notes
    -----
    Cost grows with the square of ``search_window``.

    Examples
    --------
    >>> import numpy, fastdefect
    >>> noise = numpy.random.default_rng(0).integers(95, 106, (64, 64), numpy.uint8)
    >>> bool(fastdefect.nl_means(noise, h=10).std() < noise.std() / 3)
    True
    """
    count = thread_count(threads)
    strength = check_real("h", h, minimum=H.range[0], maximum=H_MAX)
    template = check_int("template_window", template_window, *TEMPLATE_WINDOW.range)
    search = check_int("search_window", search_window, *SEARCH_WINDOW.range)
    grey = check_grey("src", src)
    return apply("nl_means", grey, (strength, template, search), src, out, count, backend)
