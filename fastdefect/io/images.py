"""Image files to arrays and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fastdefect.errors import ArgumentTypeError, ArgumentValueError, ImageReadError
from fastdefect.io.atomic import write_bytes
from fastdefect.io.guarded import read_file
from fastdefect.io.header import declared_size, is_complete
from fastdefect.io.paths import PathLike, checked_path
from fastdefect.optional import load_opencv
from fastdefect.typing import ByteImage

# 268 megapixels, 805 MB as BGR: beyond it a header is more likely broken or hostile than meant.
MAX_PIXELS = 1 << 28
# No 8-bit picture needs more bytes per pixel in a file, headers and metadata included.
_FILE_BYTES_PER_PIXEL = 8


def read_image(path: PathLike, *, max_pixels: int = MAX_PIXELS) -> ByteImage:
    """Read an image file.

    Parameters
    ----------
    path : str or os.PathLike
        Any format that the installed OpenCV decodes; the name may hold any characters.
    max_pixels : int
        Largest width times height that is read, in pixels; checked on the header before memory
        is taken.

    Returns
    -------
    ndarray of uint8, (H, W, 3)
        B, G, R; C-contiguous and owned. The same bytes as ``cv2.imread(path)``: grey and palette
        files come as BGR, an alpha channel is dropped, the EXIF orientation is applied, of several
        pages the first is read.

    Raises
    ------
    ArgumentTypeError
        ``path`` is no path.
    ImageReadError
        The file is missing, no regular file, not permitted, empty, truncated, no image, larger
        than ``max_pixels``, or has more than 8 bits per channel: such files are refused, because
        the right scaling to 8 bits depends on the camera.

    Notes
    -----
    OpenCV refuses truncated files of most formats; JPEG and PNG are checked beforehand by
    `fastdefect.io.header`. Damage in the middle of a lossy file cannot be told from a picture.

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> from fastdefect import read_image, write_image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_image(f"{folder}/grey.png", np.full((3, 4), 7, np.uint8))
    ...     read_image(path).shape
    (3, 4, 3)
    """
    name = checked_path("path", path)
    data = _read_bytes(name, max_pixels)
    size = declared_size(data)
    if size is not None and size[0] * size[1] > max_pixels:
        raise ImageReadError(
            f"{name}: expected an image of at most {max_pixels} pixels, its header declares "
            f"{size[0]} x {size[1]}; cut it into smaller files, or pass a larger max_pixels"
        )
    image = _decode(name, data) if is_complete(data) else None
    if image is None:
        what = "a truncated or damaged one" if size else "no image, or a format unknown to OpenCV"
        raise ImageReadError(
            f"{name}: expected a whole image file, received {what} ({len(data)} bytes); "
            "copy or export it again, for example as PNG"
        )
    if image.dtype != np.uint8:
        raise ImageReadError(
            f"{name}: expected 8 bits per channel, received {image.dtype}; scale it to 8 bits "
            "first, by the range that your camera uses, and pass the array or save it as PNG"
        )
    return image


def write_image(path: PathLike, image: ByteImage) -> Path:
    """Write an image file, whole or not at all.

    Parameters
    ----------
    path : str or os.PathLike
        The ending chooses the format (``.png``, ``.jpg``, ``.tif``, ...). The folder must exist.
    image : ndarray of uint8, (H, W), (H, W, 3) or (H, W, 4)
        Grey, BGR or BGRA.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        ``path`` is no path or has an ending that OpenCV cannot write; ``image`` is no such array.
    OutputError
        The file cannot be written there; what stood there before still does.

    Examples
    --------
    >>> import tempfile, numpy as np
    >>> from fastdefect import write_image
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_image(f"{folder}/white.png", np.full((3, 4, 3), 255, np.uint8)).name
    'white.png'
    """
    name = checked_path("path", path)
    _check_image(image)
    cv2 = load_opencv()
    try:
        good, data = cv2.imencode(name.suffix, image)
    except cv2.error:
        good, data = False, b""
    if not good:
        raise ArgumentValueError(
            f"path: expected a file name with the ending of an image format that OpenCV writes, "
            f"received {name.name!r} for an array of shape {image.shape}; use .png, .jpg or .tif"
        )
    return write_bytes(name, bytes(data))


def _read_bytes(name: Path, max_pixels: int) -> bytes:
    def fault(received: str) -> ImageReadError:
        return ImageReadError(f"{name}: expected an image file, {received}")

    data = read_file(
        name,
        _FILE_BYTES_PER_PIXEL * max_pixels,
        fault,
        remedy="cut it into smaller files, or pass a larger max_pixels",
    )
    if not data:
        raise fault("received an empty one; copy or export it again")
    return data


def _decode(name: Path, data: bytes) -> ByteImage | None:
    cv2 = load_opencv()
    try:
        image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_ANYDEPTH)
    except cv2.error:
        return None
    except MemoryError as error:
        raise ImageReadError(
            f"{name}: not enough memory to decode it; cut it into smaller files"
        ) from error
    return None if image is None else np.ascontiguousarray(image)


def _check_image(image: object) -> None:
    if not isinstance(image, np.ndarray):
        raise ArgumentTypeError(
            f"image: expected an array of uint8, received {type(image).__name__}; pass "
            "a NumPy array"
        )
    if image.dtype != np.uint8:
        raise ArgumentTypeError(
            f"image: expected an array of uint8, received {image.dtype}; scale it to 0 ... 255 and "
            "convert it"
        )
    colours = image.shape[2] if image.ndim == 3 else 1
    if image.ndim not in (2, 3) or colours not in (1, 3, 4) or image.size == 0:
        raise ArgumentValueError(
            "image: expected (H, W), (H, W, 3) or (H, W, 4) with at least one pixel, received "
            f"{image.shape}; pass one picture, channels last"
        )
