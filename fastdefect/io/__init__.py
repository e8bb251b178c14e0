"""Files to arrays and back; a file is there whole or not at all."""

from __future__ import annotations

import os
import secrets
import stat
import tempfile
from pathlib import Path
from typing import TypeAlias

import numpy as np

from fastdefect.errors import ArgumentTypeError, ArgumentValueError, ImageReadError, OutputError
from fastdefect.io.header import declared_size, is_complete
from fastdefect.optional import load_opencv
from fastdefect.typing import ByteImage

PathLike: TypeAlias = str | os.PathLike[str]

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
    """
    name = _checked_path("path", path)
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
    """
    name = _checked_path("path", path)
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


def write_text(path: PathLike, text: str) -> Path:
    """Write a text file in UTF-8, whole or not at all; see `write_bytes`."""
    return write_bytes(path, text.encode("utf-8", "surrogateescape"))


def write_bytes(path: PathLike, data: bytes) -> Path:
    """Write a file, whole or not at all: beside its place first, then renamed over it.

    Parameters
    ----------
    path : str or os.PathLike
        The file; a file or link that stands there is replaced, never written into.
    data : bytes
        Its content.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    OutputError
        The folder is missing or not writable, the disk is full, or a folder stands in the way.
        Nothing is left behind and an older file of that name is unchanged.
    """
    name = _checked_path("path", path)
    # Not tempfile: its files are private to the user, whatever the umask says.
    beside = name.parent / f".fastdefect-{secrets.token_hex(8)}.part"
    try:
        try:
            with open(beside, "xb") as file:
                file.write(data)
            os.replace(beside, name)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as error:
        raise OutputError(
            f"{name}: cannot be written ({_reason(error)}); choose another place, or make room and "
            "permission there"
        ) from error
    return name


def check_place(path: PathLike) -> Path:
    """Make sure, before long work, that a file can be written; its folder is made where it is missing.

    Raises
    ------
    OutputError
        A folder stands in the way, or the folder around cannot be made or written.
    """
    name = _checked_path("path", path)
    make_folder(name.parent)
    if name.is_dir():
        raise OutputError(
            f"{name}: expected the name of a file to write, received a folder; name a file in it"
        )
    return name


def make_folder(path: PathLike) -> Path:
    """Make a folder, with its parents, where it is missing.

    Raises
    ------
    OutputError
        It cannot be made, or files cannot be written into it.
    """
    name = _checked_path("path", path)
    try:
        name.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=name):
            pass
    except (OSError, ValueError) as error:
        raise OutputError(
            f"{name}: expected a folder for the results that can be written, received one that "
            f"cannot ({_reason(error)}); choose another"
        ) from error
    return name


def _checked_path(argument: str, path: object) -> Path:
    if isinstance(path, (str, os.PathLike)):
        name = os.fspath(path)
        if isinstance(name, str):
            return Path(name)
    raise ArgumentTypeError(
        f"{argument}: expected a str or pathlib.Path, received {type(path).__name__}; pass the "
        "name of a file"
    )


def _read_bytes(name: Path, max_pixels: int) -> bytes:
    try:
        status = name.stat()
        fault = _fault_of_file(status, max_pixels)
        data = name.read_bytes() if fault is None else b""
    except FileNotFoundError as error:
        raise ImageReadError(
            f"{name}: expected an image file, found nothing of that name; check the path"
        ) from error
    except (OSError, ValueError) as error:
        raise ImageReadError(
            f"{name}: expected a readable image file ({_reason(error)}); check path and permissions"
        ) from error
    if fault is not None:
        raise ImageReadError(f"{name}: expected an image file, received {fault}")
    return data


def _fault_of_file(status: os.stat_result, max_pixels: int) -> str | None:
    """Say what is wrong with a file before it is opened, and the remedy."""
    if stat.S_ISDIR(status.st_mode):
        return "a folder; name a file in it"
    if not stat.S_ISREG(status.st_mode):
        return "a device or pipe; copy its content to a file"
    if status.st_size == 0:
        return "an empty one; copy or export it again"
    if status.st_size > _FILE_BYTES_PER_PIXEL * max_pixels:
        return (
            f"{status.st_size} bytes, too many for {max_pixels} pixels; cut it into smaller files, "
            "or pass a larger max_pixels"
        )
    return None


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


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
