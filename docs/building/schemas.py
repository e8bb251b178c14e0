"""The keys of each JSON schema as tables: a page that says ``<!-- keys of the schemas -->`` gets one for each file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sphinx.application import Sphinx

FOLDER = Path(__file__).parents[1] / "schemas"
_MARK = "<!-- keys of the schemas -->"


def _type(schema: dict[str, Any]) -> str:
    """What a value may be, in a word or two."""
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{json.dumps(value)}`" for value in schema["enum"])
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return " or ".join(_type(one) for one in schema[word])
    kinds = schema.get("type", "any")
    said = " or ".join(kinds) if isinstance(kinds, list) else kinds
    return f"{said} of {_type(schema['items'])}" if isinstance(schema.get("items"), dict) else said


def _rows(schema: dict[str, Any], before: str = "") -> list[str]:
    """A row per key, those of objects inside after it."""
    rows = []
    for key, value in schema.get("properties", {}).items():
        said = " ".join(value.get("description", "").split()).replace("|", "\\|")
        rows.append(f"| `{before}{key}` | {_type(value)} | {said} |")
        inner = value.get("items", value)
        if isinstance(inner, dict):
            rows += _rows(inner, f"{before}{key}{'[]' if 'items' in value else ''}.")
    return rows


def tables() -> str:
    """All schemas: a heading, what it is, a table."""
    said = []
    for path in sorted(FOLDER.glob("*.json")):
        schema = json.loads(path.read_text("utf-8"))
        said += [f"## {path.stem}", "", schema.get("description", ""), ""]
        for name, part in {"": schema, **schema.get("$defs", {})}.items():
            rows = _rows(part)
            if rows:
                said += [*([f"Of `{name}`:", ""] if name else []), "| key | value | meaning |"]
                said += ["| --- | --- | --- |", *rows, ""]
    return "\n".join(said)


def _read(app: Sphinx, name: str, source: list[str]) -> None:
    if _MARK in source[0]:
        source[0] = source[0].replace(_MARK, tables())
        for path in FOLDER.glob("*.json"):
            app.env.note_dependency(path)


def setup(app: Sphinx) -> dict[str, Any]:
    """Fill the page when it is read."""
    app.connect("source-read", _read)
    return {"parallel_read_safe": True}
