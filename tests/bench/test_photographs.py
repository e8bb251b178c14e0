"""Photographs beside the repository are known by their digest; absent ones are said and left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import photographs
from benchmarks.photographs import PLACE, SETS


@pytest.mark.parametrize("name", SETS)
def test_what_lies_there_is_what_was_measured(name: str) -> None:
    if not (PLACE / name).is_dir():
        pytest.skip("the photographs are not here")
    assert photographs.photographs(name) == PLACE / name


def test_an_absent_set_is_left_out_with_its_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        photographs.photographs("paper", tmp_path)
    assert left.value.code == 0
    said = capsys.readouterr().err
    assert "left out" in said
    assert "CC BY 4.0" in said


def test_other_images_are_refused(tmp_path: Path) -> None:
    (tmp_path / "textures").mkdir()
    (tmp_path / "textures" / "a.png").write_bytes(b"other")
    with pytest.raises(SystemExit, match="expected the images that the tables were measured on"):
        photographs.photographs("textures", tmp_path)
