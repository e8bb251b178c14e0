"""The exception tree.

    FastDefectError                 everything the package raises on purpose
    ├── ArgumentTypeError           (TypeError)     an argument of the wrong type or dtype
    ├── ArgumentValueError          (ValueError)    right type, impossible value, shape or range
    │   └── OddImagesError                          images of a training set that stand apart from the rest
    ├── ImageReadError              (OSError)       a file that is missing, truncated or no image
    ├── OutputError                 (OSError)       a place that cannot be written
    ├── ModelFileError              (ValueError)    a model file that is foreign, old, broken or hostile
    ├── MissingPackageError         (ImportError)   an optional package that is not installed
    ├── EngineBusyError             (RuntimeError)  one plan entered by two threads at once
    └── StaleResultError            (RuntimeError)  an array of a result that a later call has overwritten

Each is also a subclass of the built-in in brackets, so code that expects the built-in catches it. A message
names the argument, what was expected, what was received and what to do.
"""

from __future__ import annotations


class FastDefectError(Exception):
    """Root of every exception that fastdefect raises on purpose."""


class ArgumentTypeError(FastDefectError, TypeError):
    """An argument has the wrong type or dtype."""


class ArgumentValueError(FastDefectError, ValueError):
    """An argument has the right type but an impossible value, shape or range."""


class _OfImages(Exception):  # noqa: N818 - of an error and of a warning
    """What names images of a training set beside its message."""

    def __init__(self, message: str, images: tuple[int, ...] = ()) -> None:
        super().__init__(message, images)
        self.images = images

    def __str__(self) -> str:
        """The message alone."""
        return str(self.args[0])


class OddImagesError(_OfImages, ArgumentValueError):
    """Images of a training set stand apart from the rest, and the threshold would be theirs alone.

    Attributes
    ----------
    images : tuple of int
        Their places in the training set.
    """


class ImageReadError(FastDefectError, OSError):
    """An image file is missing, truncated or not an image."""


class OutputError(FastDefectError, OSError):
    """A file or folder cannot be written."""


class ModelFileError(FastDefectError, ValueError):
    """A model file is foreign, of another version, broken or hostile."""


class MissingPackageError(FastDefectError, ImportError):
    """An optional package is not installed; the message gives the pip command."""


class EngineBusyError(FastDefectError, RuntimeError):
    """One plan was entered by a second thread while it was working."""


class StaleResultError(FastDefectError, RuntimeError):
    """An array of a result made with ``copy=False`` was read after the plan's next call had overwritten it."""


class OddImagesWarning(_OfImages, UserWarning):
    """Images of a training set stand apart from the rest, or repeat others; the threshold does not depend on them.

    Attributes
    ----------
    images : tuple of int
        Their places in the training set.
    """
