"""Templates to HTML text. Needs Jinja2 (extra ``report``)."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from fastdefect.io import printable
from fastdefect.optional import require
from fastdefect.perf.document import figure, share
from fastdefect.report.numbers import score_text


def load_jinja() -> Any:
    """Return the environment of the package's templates, or raise `MissingPackageError` with the pip command."""
    jinja = require("jinja2", "the report is made by", "report", "Jinja2")
    environment = jinja.Environment(
        loader=jinja.PackageLoader("fastdefect.report", "templates"),
        autoescape=True,
        undefined=jinja.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
    )

    def policy(style: str, script: str | None, *, drawn: bool = False, beside: bool = False) -> str:
        """The page's Content-Security-Policy: its own style and script, pictures within it, and nothing else.

        Hashes are those of the templates, never of the finished page: what a value smuggles in has none. Drawings of
        Matplotlib (``drawn``) have style attributes, which can name no other place. A page whose pictures lie ``beside`` it
        may load them from where it came from itself.
        """

        def allowed(kind: str, template: str) -> str:
            text = environment.get_template(template).render().encode()
            code = base64.b64encode(hashlib.sha256(text).digest()).decode()
            return f"{kind} 'sha256-{code}'"

        parts = [
            "default-src 'none'",
            "img-src data:" + " 'self'" * beside,
            allowed("style-src", style),
        ]
        parts += ["style-src-attr 'unsafe-inline'"] if drawn else []
        parts += [allowed("script-src", script)] if script else []
        return "; ".join([*parts, "base-uri 'none'", "form-action 'none'"])

    environment.globals["policy"] = policy
    environment.filters |= {"figure": figure, "score": score_text, "share": share}
    return environment


def render(template: str, **values: Any) -> str:
    """Fill a template of ``fastdefect/report/templates``; values are escaped.

    Raises
    ------
    MissingPackageError
        Jinja2 is not installed.
    """
    return str(load_jinja().get_template(template).render(**values))
