"""Surface defect detection for machines that cannot wait.

The public names are loaded when first used, so that importing the package costs milliseconds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "ArgumentTypeError": "errors",
    "ArgumentValueError": "errors",
    "ArticleParams": "params",
    "Defect": "result",
    "Detection": "result",
    "Engine": "engine",
    "EngineBusyError": "errors",
    "FastDefectError": "errors",
    "ImageReadError": "errors",
    "MissingPackageError": "errors",
    "ModelFileError": "errors",
    "OutputError": "errors",
    "bgr_to_hsv": "ops",
    "binarize": "ops",
    "box_blur": "ops",
    "defect_detect": "compat",
    "detect": "detectors.article",
    "dilate": "ops",
    "erode": "ops",
    "fab_defect_detect": "compat",
    "nl_means": "ops",
    "otsu_threshold": "ops",
    "read_image": "io",
    "value_channel": "ops",
    "write_image": "io",
}

__all__ = sorted([*_HOMES, "__version__"])  # noqa: PLE0605


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'fastdefect' has no attribute {name!r}")
    value = getattr(import_module(f"fastdefect.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
