"""Packages that may be missing: what a failing import means, in one sentence with its remedy.

``fastdefect.__getattr__`` calls `load_opencv` when a public name cannot be imported, `fastdefect.backends`
before it loads a table; so every other file says ``import cv2`` as usual and a user of the public
names still sees the sentence. Everything else that is optional is imported by `require`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from fastdefect.errors import MissingPackageError

# Distributions that hold ``cv2``; one of them is installed.
OPENCV_WHEELS = (
    "opencv-python",
    "opencv-python-headless",
    "opencv-contrib-python",
    "opencv-contrib-python-headless",
)


def require(module: str, doing: str, extra: str | None = None, package: str | None = None) -> Any:
    """Import a module of an optional package.

    Parameters
    ----------
    module : str
        Dotted name.
    doing : str
        Beginning of the sentence where it is missing, up to the package's name: ``"score maps are written by"``.
    extra : str, optional
        The extra of fastdefect that brings the package; without it the package itself is named.
    package : str, optional
        What the package is called, where that is not the name of its module.

    Returns
    -------
    module

    Raises
    ------
    MissingPackageError
        The package is not installed, or cannot be loaded.

    Examples
    --------
    >>> require("json", "reports are written by").__name__
    'json'
    """
    top = module.partition(".")[0]
    try:
        import_module(
            top
        )  # a part of it that was imported earlier would be found without the whole
        return import_module(module)
    except ImportError as error:
        missing = isinstance(error, ModuleNotFoundError) and (error.name or top).startswith(top)
        fault = "is not installed" if missing else f"cannot be loaded ({error})"
        name = package or top
        wanted = name if extra is None else f"'fastdefect[{extra}]'"
        raise MissingPackageError(
            f"{doing} {name}, which {fault}: run `pip install {wanted}`"
        ) from error


def load_opencv() -> Any:
    """Import OpenCV.

    Returns
    -------
    module
        ``cv2``.

    Raises
    ------
    MissingPackageError
        OpenCV is not installed, or is and a shared library of the system that it loads is not:
        the wheel ``opencv-python`` needs ``libGL.so.1`` and glib for its windows, which bare
        servers and containers lack. Any other failure is passed on as it is.
    """
    try:
        return import_module("cv2")
    except ImportError as error:
        sentence = explain(error)
        if sentence is None:
            raise
        raise MissingPackageError(sentence) from error


def explain(error: ImportError) -> str | None:
    """Return the sentence for a failed import of OpenCV, or None where its cause is another."""
    text = str(error)
    if "cannot open shared object file" in text:
        library = text.split(":", 1)[0]
        return (
            f"OpenCV is installed but cannot be loaded, because the system library {library} is "
            "missing: on Debian or Ubuntu run `apt-get install libgl1 libglib2.0-0`, or put the "
            "build without windows in its place with `pip uninstall opencv-python` and "
            "`pip install opencv-python-headless`"
        )
    if isinstance(error, ModuleNotFoundError) and error.name == "cv2":
        return (
            "OpenCV is not installed: run `pip install opencv-python`, or "
            "`pip install opencv-python-headless` on a machine without a display"
        )
    return None
