"""Templates to HTML text. Needs Jinja2 (extra ``report``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fastdefect.optional import require


def load_jinja() -> Any:
    """Return the environment of the package's templates, or raise `MissingPackageError` with the pip command."""
    jinja = require("jinja2", "the report is made by", "report", "Jinja2")
    return jinja.Environment(
        loader=jinja.PackageLoader("fastdefect.report", "templates"),
        autoescape=True,
        undefined=jinja.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(
    template: str, *, filters: Mapping[str, Callable[..., object]] | None = None, **values: Any
) -> str:
    """Fill a template of ``fastdefect/report/templates``; values are escaped, ``filters`` are the template's own.

    Raises
    ------
    MissingPackageError
        Jinja2 is not installed.
    """
    environment = load_jinja()
    environment.filters.update(filters or {})
    return str(environment.get_template(template).render(**values))
