"""The file of joined detectors: the same bits back, and nothing from strangers."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from joined_cases import announce, coloured, speck, texture_and_spots, two_textures
from texture_cases import cloth, spoiled

import fastdefect
from fastdefect.detectors import Joined
from fastdefect.detectors.model_file import digest
from fastdefect.errors import ModelFileError, OutputError


@pytest.mark.parametrize("make", [two_textures, texture_and_spots])
def test_a_file_gives_the_same_bits_and_the_same_file(
    make: Callable[[], Joined], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined = make()
    announce(monkeypatch)
    joined.save(tmp_path / "m")
    again = fastdefect.load_detector(tmp_path / "m")
    again.save(tmp_path / "n")
    assert (tmp_path / "m").read_bytes() == (tmp_path / "n").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m", "n"]
    assert (type(again), again.calibration, again.left_out) == (Joined, joined.calibration, None)
    for image in (spoiled(cloth(108)), coloured(109), speck(110), cloth(111)):
        one, two = joined(image), again(image)
        assert (one.score, one.verdict, one.notes) == (two.score, two.verdict, two.notes)
        np.testing.assert_array_equal(one.score_map, two.score_map)
        np.testing.assert_array_equal(one.mask, two.mask)
    changed = joined.with_threshold(1.5, mask_threshold=0.5)
    changed.save(tmp_path / "m")
    again = fastdefect.load_detector(tmp_path / "m")
    assert (again.threshold, again.mask_threshold) == (1.5, 0.5)


def sealed(content: dict[str, object]) -> str:
    """With a digest that fits, so that what is wrong is found behind it."""
    return json.dumps(content | {"digest": digest(content)})


def part(content: dict, **changes: object) -> dict:
    """With a changed first part, whose own digest fits."""
    inner = {**content["parts"][0], **changes}
    return content | {"parts": [inner | {"digest": digest(inner)}, content["parts"][1]]}


HOSTILE = {
    "future": lambda c: sealed(c | {"version": 2}),
    "true version": lambda c: sealed(c | {"version": True}),
    "no digest": lambda c: json.dumps({k: v for k, v in c.items() if k != "digest"}),
    "edited": lambda c: json.dumps(c | {"threshold": 2.0}),
    "edited part": lambda c: sealed(
        c | {"parts": [c["parts"][0] | {"threshold": 9.0}, c["parts"][1]]}
    ),
    "one part": lambda c: sealed(c | {"parts": c["parts"][:1]}),
    "parts of numbers": lambda c: sealed(c | {"parts": [1, 2]}),
    "no parts": lambda c: sealed({k: v for k, v in c.items() if k != "parts"}),
    "joined itself": lambda c: sealed(c | {"parts": [c, c["parts"][1]]}),
    "foreign part": lambda c: sealed(part(c, format="of another package")),
    "hostile part": lambda c: sealed(part(c, channels=2**40)),
    "part of threshold 0": lambda c: sealed(part(c, threshold=0)),
    "parts of other channels": lambda c: sealed(part(c, channels=1, domain=None, calibration=None)),
    "rate of a half": lambda c: sealed(c | {"false_alarms": 0.5}),
    "negative threshold": lambda c: sealed(c | {"threshold": -1}),
    "calibration": lambda c: sealed(c | {"calibration": [1]}),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_files_of_strangers_are_refused(name: str, tmp_path: Path) -> None:
    path = tmp_path / "m"
    two_textures().save(path)
    path.write_text(HOSTILE[name](json.loads(path.read_text("utf-8"))), encoding="utf-8")
    with pytest.raises(ModelFileError, match="path: expected"):
        Joined.load(path)


def test_without_a_folder_for_temporary_files_the_machine_is_named_and_not_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    joined = two_textures()
    joined.save(tmp_path / "m")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    for call in (lambda: Joined.load(tmp_path / "m"), lambda: joined.save(tmp_path / "n")):
        with pytest.raises(OutputError, match=r"TMPDIR: expected a folder .* No such file"):
            call()
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


def test_a_part_of_a_kind_that_is_not_installed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        announce(patch)
        texture_and_spots().save(tmp_path / "m")
    with pytest.raises(ModelFileError, match="unknown format 'spots 1'"):
        fastdefect.load_detector(tmp_path / "m")
