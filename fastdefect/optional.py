"""The door to OpenCV: what a failing ``import cv2`` means, in one sentence.

``fastdefect.__getattr__`` enters here when a public name cannot be imported, `fastdefect.backends`
before it loads a table; so every other file says ``import cv2`` as usual and a user of the public
names still sees the sentence.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from fastdefect.errors import MissingPackageError


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
