"""Values that several commands take, read in one way."""

from __future__ import annotations

from typing import Any

import click

from fastdefect.operations.limits import THREADS_MAX

THREADS = click.IntRange(1, THREADS_MAX)


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
        if not (height.isdecimal() and width.isdecimal() and int(height) and int(width)):
            self.fail(
                f"expected height x width in pixels, such as 512x512, received {value!r}",
                param,
                ctx,
            )
        return int(height), int(width)
