"""Values that several commands take, read in one way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fastdefect.errors import ArgumentTypeError, ArgumentValueError, ModelFileError
from fastdefect.large.memory import parse_memory
from fastdefect.operations.limits import THREADS_MAX

if TYPE_CHECKING:
    from fastdefect.detectors.detector import Detector

THREADS = click.IntRange(1, THREADS_MAX)
THREADS_OPTION = click.option(
    "--threads",
    type=THREADS,
    metavar="N",
    help="Threads to use; as many as this process may use if not given. Changes no result.",
)
_DIGITS = 9


class Size(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic in newer releases of click only
    """An image size, ``HxW`` in pixels."""

    name = "size"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Return (height, width)."""
        if isinstance(value, tuple):
            return value
        height, _, width = value.lower().partition("x")
        if not (_is_side(height) and _is_side(width)):
            self.fail(
                f"expected height x width in pixels, such as 512x512, received {value!r}",
                param,
                ctx,
            )
        return int(height), int(width)


class Memory(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic in newer releases of click only
    """An amount of memory, such as ``512MB``."""

    name = "memory"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the text."""
        try:
            parse_memory(value)
        except (ArgumentTypeError, ArgumentValueError) as error:
            self.fail(str(error).removeprefix("memory: "), param, ctx)
        return str(value)


def _is_side(text: str) -> bool:
    """Whether a text is a number of pixels; more digits than these no image has, and Python reads no 5,000 of them."""
    return text.isdecimal() and len(text) <= _DIGITS and int(text) > 0


def load_model(path: Path, named: str = "--model") -> Detector:
    """Read the model file that an option or argument names, and say so where it cannot be read."""
    from fastdefect.detectors.registry import load_detector

    try:
        return load_detector(path)
    except ModelFileError as error:
        raise ModelFileError(f"{named}: {str(error).removeprefix('path: ')}") from error
