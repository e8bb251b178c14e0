"""Surface defect detection for machines that cannot wait.

The public names stand in ``__init__.pyi`` and are loaded when first used, so that importing the package costs milliseconds.
"""

from typing import Any

import lazy_loader

__version__ = "0.1.0"

_load, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)


def __getattr__(name: str) -> Any:
    try:
        return _load(name)
    except ImportError:
        from fastdefect.optional import load_opencv

        load_opencv()  # raises a sentence with the remedy where OpenCV is the cause
        raise
