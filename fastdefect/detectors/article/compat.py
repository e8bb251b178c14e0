"""Drop-ins for the functions of the article."""

from __future__ import annotations

from fastdefect.checks import check_colour
from fastdefect.detectors.article.detector import detect
from fastdefect.typing import ByteImage


def fab_defect_detect(
    img: ByteImage, *, verbose: bool = False, threads: int | None = None
) -> tuple[ByteImage, ...]:
    """The article's detector with all that it shows.

    Parameters
    ----------
    img : ndarray of uint8, (H, W, 3) or (H, W, 4)
        BGR image; alpha is ignored. Never modified.
    verbose : bool, default: False
        Print the verdict, as the article does.
    threads : int, optional
        1 ... 256, by default what the process may use.

    Returns
    -------
    tuple of 8 ndarrays of uint8
        ``(img, hsv, v, blr, dst, binary, dilation, image)``: the input, its HSV (H, W, 3), the value channel, blurred,
        filtered, binary and dilated images (H, W), and a copy of the input with the contours' vertices marked
        (H, W, 3). Every array equals what the OpenCV calls of the article give, byte for byte; PARITY.md tells how the
        article is read.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad argument.

    Examples
    --------
    >>> import numpy as np, fastdefect
    >>> black = np.zeros((20, 30, 3), np.uint8)
    >>> marked = fastdefect.fab_defect_detect(black, verbose=True)[-1]
    Fabric has a defect
    >>> marked.shape
    (20, 30, 3)
    """
    colour = check_colour("img", img)
    found = detect(colour, threads=threads, stages=True)
    if verbose:
        print(found.words)
    stages = found.stages
    return (
        img,
        stages["hsv"],
        stages["value"],
        stages["blurred"],
        stages["filtered"],
        stages["binary"],
        stages["dilation"],
        found.output(colour),
    )


defect_detect = fab_defect_detect
