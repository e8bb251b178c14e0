"""What stands around the code: who made it, under which licence, said once and the same everywhere."""

import re
import tomllib
from typing import Any

from conftest import ROOT

PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_authors_and_licence_are_the_same_everywhere() -> None:
    authors = [author["name"] for author in PROJECT["authors"]]
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    assert re.findall(r"^  - name: (.*)$", citation, re.MULTILINE) == authors
    assert f"license: {PROJECT['license']}" in citation
    licence = (ROOT / "LICENSE").read_text("utf-8")
    assert f"Copyright (c) 2026, {authors[0][0].lower() + authors[0][1:]}" in licence


def test_the_version_stands_in_one_place() -> None:
    assert PROJECT["dynamic"] == ["version"]
    assert not re.search(
        r"^(version|date-released):", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE
    )


def test_no_address_is_made_up() -> None:
    for name in ("CITATION.cff", "SECURITY.md", "pyproject.toml"):
        text = (ROOT / name).read_text("utf-8")
        assert not re.search(r"[\w.]+@[\w-]+\.\w+|https?://", text), name


def test_the_changelog_has_its_form() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    versions = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert versions[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", each) for each in versions[1:])
    kinds = re.findall(r"^### (.*)$", text, re.MULTILINE)
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert len(kinds) == len(set(kinds)) or len(versions) > 1
