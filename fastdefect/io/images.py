"""Image files to arrays and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from fastdefect.checks import check_int
from fastdefect.errors import (
    ArgumentTypeError,
    ArgumentValueError,
    ImageReadError,
    MissingPackageError,
)
from fastdefect.io.atomic import write_bytes
from fastdefect.io.formats import Header, look
from fastdefect.io.guarded import read_file
from fastdefect.io.paths import PathLike, checked_path
from fastdefect.io.tiff import TiffError, decode_tiff
from fastdefect.optional import load_opencv
from fastdefect.typing import ByteImage

# 268 megapixels, 805 MB as BGR: beyond it a header is more likely broken or hostile than meant.
MAX_PIXELS = 1 << 28
# No 8-bit picture needs more bytes per pixel in a file, headers and metadata included.
_FILE_BYTES_PER_PIXEL = 8
_MOST_PIXELS = 1 << 40
PAGES_MAX = 1 << 16


def read_image(
    path: PathLike, *, max_pixels: int = MAX_PIXELS, page: int | None = None
) -> ByteImage:
    """Read an image file.

    Parameters
    ----------
    path : str or os.PathLike
        Any format that the installed OpenCV decodes; the name may hold any characters.
    max_pixels : int
        Largest width times height that is read, in pixels; checked on the header before memory
        is taken, and on what was decoded.
    page : int, optional
        Which page to read of a TIFF file, from 1, of those that it does not mark as reduced versions or masks. Without
        it a file of several is refused.

    Returns
    -------
    ndarray of uint8, (H, W, 3)
        B, G, R; C-contiguous and owned. The same bytes as ``cv2.imread(path)``: grey and palette
        files come as BGR, an alpha channel is dropped, the EXIF orientation is applied. TIFF files of compressions
        that OpenCV lacks (JPEG 2000, JPEG XL, LERC, LZMA, PNG, WebP, ZSTD) are read by tifffile.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        ``path`` is no path; ``max_pixels`` or ``page`` is no such number.
    ImageReadError
        The file is missing, no regular file, not permitted, empty, truncated, no image, larger
        than ``max_pixels``, declares more pixels than its bytes can hold, holds several pictures, or has
        more than 8 bits per channel: such files are refused, because the right scaling to 8 bits
        depends on the camera. A TIFF file's compression needs the extra ``tiff``, which the message then names.

    Notes
    -----
    `fastdefect.io.formats` looks at every file before a decoder does. Damage in the middle of a lossy file cannot be
    told from a picture. The file is opened once, without waiting, and decoded from the bytes that were read.

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
    check_int("max_pixels", max_pixels, 1, _MOST_PIXELS)
    number = 1 if page is None else check_int("page", page, 1, PAGES_MAX)
    data = _read_bytes(name, max_pixels)
    header = look(data, number)
    received = _fault(header, data, max_pixels, page)
    if header is None or received:
        raise ImageReadError(f"{name}: {received}")
    if header.format == "TIFF":
        try:
            image = decode_tiff(data, number, lambda part: _decode(name, part))
        except (TiffError, MissingPackageError) as error:
            raise ImageReadError(f"{name}: expected a TIFF that can be read; {error}") from error
    else:
        decoded = _decode(name, data)
        if decoded is None:
            raise ImageReadError(
                f"{name}: expected a whole image file, received a {header.format} that OpenCV cannot decode: "
                f"damaged, or of a variant that it lacks ({len(data)} bytes); copy or export it again, for "
                "example as PNG"
            )
        image = decoded
    if image.dtype != np.uint8:
        raise ImageReadError(f"{name}: {_samples(str(image.dtype))}")
    if image.shape[0] * image.shape[1] > max_pixels:
        raise ImageReadError(f"{name}: {_too_large(image.shape[1], image.shape[0], max_pixels)}")
    return image


def _fault(header: Header | None, data: bytes, max_pixels: int, page: int | None) -> str:
    """Say what is wrong with a file before a decoder sees it: expected, received, remedy."""
    again = f"({len(data)} bytes); copy or export it again, for example as PNG"
    if header is None:
        return f"expected an image file, received no image, or a format unknown to OpenCV {again}"
    if header.pixels > max_pixels:
        return _too_large(header.width, header.height, max_pixels)
    if header.samples:
        return _samples(header.samples)
    if header.frames > 1 and page is None:
        if header.format == "TIFF":
            return (
                f"expected one page, received {header.frames}; choose one by page=N (`fastdefect detect --page N`), "
                "or save each as a file of its own"
            )
        return f"expected one picture, received a {header.format} of {header.frames}; save each as a file of its own"
    if header.format == "TIFF" and (page or 1) > header.frames:
        return (
            f"expected a page of the number {page or 1}, received a file of {header.frames} pages (without those "
            "marked as reduced or as masks); choose another"
        )
    if page not in (None, 1) and header.format != "TIFF":
        return f"expected a TIFF of {page} pages or more, received a {header.format}; leave the page out"
    if not header.is_whole or not header.width or not header.height:
        return (
            f"expected a whole image file, received a truncated or damaged {header.format} {again}"
        )
    if not header.fits_into(len(data)):
        return (
            f"expected a whole image file, received a {header.format} of {header.width} x {header.height} pixels in "
            f"{again}"
        )
    return ""


def _too_large(width: int, height: int, max_pixels: int) -> str:
    return (
        f"expected an image of at most {max_pixels} pixels, its header declares {width} x {height}; cut it into "
        "smaller files, or pass a larger max_pixels"
    )


def _samples(received: str) -> str:
    return (
        f"expected 8 bits per channel, received {received}; scale it to 8 bits first, by the range that your camera "
        "uses, and pass the array or save it as PNG"
    )


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
