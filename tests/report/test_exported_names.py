"""Names in every export: any file name there is leaves the whole file readable, and is found again in it."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import fastdefect
from fastdefect.evaluation.summary import Judged, summarise
from fastdefect.io import exported_name, original_name
from fastdefect.report import CocoExport, CsvExport, JsonLinesExport

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
NAMES = {
    "no UTF-8": "a\udcff\udc80.png",
    "half a pair": "a\ud800.png",
    "escape": "a\x1b[2J.png",
    "NUL of C1": "a\x80\x9b.png",
    "line": 'a\n"b",c.png',
    "separator": "a\u2028b\u2029.png",
    "right to left": "a\u202egnp.exe",
    "an escape already": r"a\x1b\u202e\\x41\\.png",
    "apostrophe": "'=1.png",
    "two apostrophes": "''a.png",
    "letters": "Gewebe äöü 布地 🧵.png",
    "blank and formula": "  =1+1.png",
    **{f"formula {start!r}": f"{start}cmd|'/c calc'!A0.png" for start in FORMULAS},
}
IMAGE = np.full((40, 60, 3), 200, np.uint8)
IMAGE[10:25, 10:25] = 30


def _from_csv(path: Path) -> list[str]:
    with open(path, newline="", encoding="utf-8") as file:
        cells = [row["image"] for row in csv.DictReader(file)]
    assert not any(cell.lstrip().startswith(FORMULAS) for cell in cells)
    return [cell.removeprefix("'") for cell in cells]


def _from_lines(path: Path) -> list[str]:
    return [json.loads(line)["image"] for line in path.read_text("utf-8").splitlines()]


def _from_coco(path: Path) -> list[str]:
    return [image["file_name"] for image in json.loads(path.read_text("utf-8"))["images"]]


EXPORTS: dict[str, tuple[Callable[[], CsvExport | JsonLinesExport | CocoExport], Callable[[Path], list[str]]]] = {
    "csv": (CsvExport, _from_csv),
    "jsonl": (JsonLinesExport, _from_lines),
    "coco": (CocoExport, _from_coco),
}  # fmt: skip


@pytest.fixture(name="detection", scope="module")
def _detection() -> fastdefect.Detection:
    detection = fastdefect.detect(IMAGE)
    assert len(detection.defects) == 1
    return detection


@pytest.mark.parametrize("kind", EXPORTS)
@pytest.mark.parametrize("name", NAMES)
def test_one_name_does_not_spoil_the_others(
    kind: str, name: str, detection: fastdefect.Detection, tmp_path: Path
) -> None:
    make, read = EXPORTS[kind]
    export = make()
    given_names = ["first.png", NAMES[name], "last.png"]
    for each in given_names:
        export.add(each, IMAGE, detection)
    path = export.write(tmp_path / "file")
    found = read(path)
    for text in found:
        assert text.isprintable() or text == NAMES[name]
        text.encode()
        assert json.loads(json.dumps(text, ensure_ascii=False).encode()) == text
    assert [original_name(text) for text in found] == given_names


def test_the_same_name_in_all_of_them(detection: fastdefect.Detection, tmp_path: Path) -> None:
    found = []
    for kind, (make, read) in EXPORTS.items():
        export = make()
        for name in NAMES.values():
            export.add(name, IMAGE, detection)
        found.append(read(export.write(tmp_path / kind)))
    assert found[0] == found[1] == found[2] == [*map(exported_name, NAMES.values())]
    assert len(set(found[0])) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_names_in_the_figures_of_an_evaluation(name: str) -> None:
    judged = [Judged(NAMES[name], NAMES[name], 0.5, "good", 3.0)]
    found = summarise(judged, [], [], 1.0, [(NAMES[name], f"{NAMES[name]}: torn")]).to_dict()
    json.dumps(found, ensure_ascii=False).encode()
    for text in (found["images"][0]["path"], found["images"][0]["kind"], found["unreadable"][0][0]):
        assert original_name(text) == NAMES[name]


@pytest.mark.parametrize("name", NAMES)
def test_names_on_the_page(name: str, detection: fastdefect.Detection) -> None:
    pytest.importorskip("jinja2", reason="jinja2 is not installed")
    from fastdefect.report import PageExport

    page = PageExport(1, {"model": NAMES[name]}, {"fastdefect": "1"})
    page.add(NAMES[name], IMAGE, detection)
    page.fail(f"{NAMES[name]}: torn")
    text = page.html()
    text.encode()
    assert not {"\x1b", "\x80", "\x9b", "\u2028", "\u2029", "\u202e", "\t", "\r"} & set(text)


@given(st.text(st.one_of(st.characters(), st.sampled_from("\\xu0189abcf'=\udcff\udc80\ud800\x9b"))))
@example(r"\x5c")
@example("\\\udcff")
def test_every_text_comes_back(text: str) -> None:
    exported = exported_name(text)
    assert original_name(exported) == text
    exported.encode()
