"""What commands write for programs, held against the schemas in ``docs/schemas``."""

from __future__ import annotations

import json
from typing import Any

from conftest import ROOT

FOLDER = ROOT / "docs" / "schemas"


def schema(name: str) -> dict[str, Any]:
    """The schema of a form, for example ``result.v1``."""
    found: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    return found


def check(name: str, *documents: object) -> None:
    """Fail where a document is not what its schema says."""
    from jsonschema import Draft202012Validator

    assert documents
    validator = Draft202012Validator(schema(name))
    for document in documents:
        faults = [
            f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(document)
        ]
        assert not faults, "\n".join(faults)
