"""The schemas of what programs read: valid themselves, whole, listed, and true of real output.

Evaluations, validations and profiles are checked where tests make them anyway.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT
from schemas import FOLDER, check, schema

import fastdefect
from fastdefect.defects.defect import MEASURES
from fastdefect.defects.table import COLUMNS
from fastdefect.report import CocoExport, CsvExport, ImagesCsvExport, JsonLinesExport
from fastdefect.report.export import IMAGE_COLUMNS

jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed (extra test)")
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
RULES = {
    "pixels": fastdefect.RegionParams(),
    "millimetres": fastdefect.RegionParams(mm_per_px=(0.2, 0.25), severity_limits=()),
}


def described(part: Any, place: str) -> Iterator[tuple[str, bool]]:
    """Every property, and whether it says what it is."""
    for name, inner in part.get("properties", {}).items() if isinstance(part, dict) else ():
        yield f"{place}.{name}", "description" in inner or "$ref" in inner
    inner_parts = (
        part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    )
    for inner in inner_parts:
        yield from described(inner, place)


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_valid_whole_and_listed(name: str) -> None:
    found = schema(name)
    jsonschema.Draft202012Validator.check_schema(found)
    assert found["$id"] == f"fastdefect/{name}"
    assert [place for place, known in described(found, name) if not known] == []
    assert f"({name}.json)" in (FOLDER / "README.md").read_text("utf-8")
    number = int(re.fullmatch(r"[a-z-]+\.v(\d+)", name)[1])  # type: ignore[index]
    keys = found["properties"]
    stated = keys.get("version", keys.get("format", {})).get("const")
    assert stated in (None, number)


def test_the_same_part_is_the_same_everywhere() -> None:
    parts: dict[str, Any] = {}
    for name in NAMES:
        for part, body in schema(name).get("$defs", {}).items():
            assert parts.setdefault(part, body) == body, (name, part)


def test_columns_are_those_of_the_code() -> None:
    begin = ["image", "verdict", "is_defective", "score", "threshold", "notes"]
    assert list(schema("defects-csv.v1")["properties"]) == [*begin, *COLUMNS]
    assert tuple(schema("images-csv.v1")["properties"]) == IMAGE_COLUMNS
    assert tuple(schema("result.v1")["$defs"]["defect"]["properties"]) == MEASURES


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("segmentation", ["polygon", "rle"])
def test_results(rules: str, segmentation: Any, tmp_path: Path) -> None:
    image = np.full((64, 80, 3), 210, np.uint8)
    image[10:20, 20:40] = image[30:50, 50:70] = 30
    image[38:42, 58:62] = 210  # a hole
    lines, coco = JsonLinesExport(), CocoExport(segmentation)
    tables = {
        "defects-csv.v1": CsvExport(),
        "images-csv.v1": ImagesCsvExport(["=a.png", "torn.png"]),
    }
    for name, each in (("=a.png", image), ("even.png", image[:8, :8])):
        found = fastdefect.detect(each, regions=RULES[rules])
        for export in (lines, coco, *tables.values()):
            export.add(name, each, found)
    text = lines.write(tmp_path / "t.jsonl").read_text("utf-8")
    check("result.v1", *map(json.loads, text.splitlines()))
    check("coco.v2", json.loads(coco.write(tmp_path / "t.json").read_text("utf-8")))
    for name, table in tables.items():
        with table.write(tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
            check(name, *csv.DictReader(file))


def test_committed_figures() -> None:
    check("benchmark.v2", json.loads((ROOT / "benchmarks" / "results.json").read_text("utf-8")))


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(AssertionError, match=r"\$: .*'surprise' was unexpected"):
        check(
            "images-csv.v1", dict.fromkeys(IMAGE_COLUMNS, "") | {"verdict": "good", "surprise": ""}
        )
