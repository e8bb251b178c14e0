"""Packages that may be missing: what a failing import means, in one sentence with its remedy.

``fastdefect.__getattr__`` calls `load_opencv` when a public name cannot be imported, `fastdefect.backends`
before it loads a table; so every other file says ``import cv2`` as usual and a user of the public
names still sees the sentence. Everything else that is optional is imported by `require`.
"""

from __future__ import annotations

import re
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


_EXTRA = re.compile(r"""\bextra\s*==\s*["']([\w-]+)["']""")
_OWN = re.compile(r"fastdefect\[([\w,-]+)\]")


def install_line(extra: str | None, package: str) -> str:
    """The command that brings what an extra lists, wherever this package was installed from.

    The packages are named themselves, as the installed metadata has them: ``fastdefect[extra]`` would ask an index for a
    package of this name, which is not where a clone or a wheel of one's own came from.

    Parameters
    ----------
    extra : str or None
        An extra of this package.
    package : str
        What is named without an extra, or where no metadata is installed (a source tree on the path).

    Returns
    -------
    str

    Examples
    --------
    >>> install_line(None, "pandas")
    'pip install pandas'
    """
    wanted = sorted(requirements(extra)) if extra else []
    quoted = (f"'{each}'" if re.search(r"[^\w.-]", each) else each for each in wanted or [package])
    return f"pip install {' '.join(quoted)}"


def requirements(extra: str) -> set[str]:
    """What an extra of the installed package asks for, those of other extras that it names included; as pip reads it."""
    # email and more stand behind it, 30 ms of a start, and nobody needs it who misses nothing
    from importlib.metadata import PackageNotFoundError, requires

    found: set[str] = set()
    try:
        listed = requires("fastdefect") or []
    except PackageNotFoundError:
        return found
    for line in listed:
        requirement, _, marker = line.partition(";")
        if extra not in _EXTRA.findall(marker):
            continue
        own = _OWN.match(requirement)
        if own is None:
            found.add(requirement.strip())
        else:
            found.update(*map(requirements, own[1].split(",")))
    return found


def require(module: str, doing: str, extra: str | None = None, package: str | None = None) -> Any:
    """Import a module of an optional package.

    Parameters
    ----------
    module : str
        Dotted name.
    doing : str
        Beginning of the sentence where it is missing, up to the package's name: ``"score maps are written by"``.
    extra : str, optional
        The extra that lists the package, and all of whose packages are named; without it the package itself is.
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
        raise MissingPackageError(
            f"{doing} {name}, which {fault}: run `{install_line(extra, name)}`"
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
