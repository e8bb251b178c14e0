"""``fastdefect validate``: the approved model passes anywhere; anything else is named."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest
import schemas
from sheets import kind, run

from fastdefect import TextureModel, io
from fastdefect.evaluation.approval import run as running


@pytest.fixture(scope="module", name="approved")
def _approved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with data, model and approval."""
    folder = tmp_path_factory.mktemp("approved")
    kind(folder / "cloth")
    out, approval = folder / "cloth.model", folder / "new" / "cloth.approval"
    result = run("fit", folder / "cloth", "--out", out, "--approve", approval, "--threads", 1)
    assert result.exit_code == 0, result.output
    assert "approval   " in result.stdout
    assert "17 images" in result.stdout  # 12 to train on, 3 good and 2 flawed to test
    return folder


@pytest.fixture(name="own")
def _own(approved: Path, tmp_path: Path) -> Path:
    """A copy that may be changed."""
    return Path(shutil.copytree(approved, tmp_path / "own"))


def check(folder: Path, *more: object, model: str = "cloth.model") -> Any:
    arguments = ("--against", folder / "new/cloth.approval", "--images", folder / "cloth", *more)
    return run("validate", folder / model, *arguments)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_approved_model_is_the_same(approved: Path, threads: int) -> None:
    result = check(approved, "--threads", threads)
    assert result.exit_code == 0, result.output
    for words in ("the approved file", "17 of 17", "the same bits", "ms per megapixel", "SAME"):
        assert words in result.stdout


def test_images_are_known_by_their_content(own: Path) -> None:
    (own / "cloth/elsewhere/deep").mkdir(parents=True)
    for number, path in enumerate(sorted((own / "cloth/train/good").iterdir())):
        path.rename(own / f"cloth/elsewhere/deep/photo{number}.png")
    assert check(own).exit_code == 0


def test_one_changed_weight_differs(own: Path) -> None:
    document = json.loads((own / "cloth.model").read_text())
    document["constants"]["grey_weights"][0] *= 1.0001
    document["digest"] = None
    (own / "edited.model").write_text(json.dumps(document))
    with pytest.warns(UserWarning, match="without its digest"):
        TextureModel.load(own / "edited.model").save(own / "edited.model")
    result = check(own, model="edited.model")
    assert result.exit_code == 3
    assert "not the approved file" in result.stdout
    assert "differs    test/" in result.stdout or "differs    train/" in result.stdout
    assert "then," in result.stdout
    assert "DIFFERENT" in result.stdout


def test_another_file_that_answers_the_same_differs_too(own: Path) -> None:
    document = json.loads((own / "cloth.model").read_text())
    (own / "flat.model").write_text(json.dumps(document))
    result = check(own, model="flat.model")
    assert result.exit_code == 3
    assert "not the approved file" in result.stdout
    assert "differs    " not in result.stdout


def test_changed_and_missing_images_prove_nothing(own: Path) -> None:
    good = own / "cloth/train/good"
    io.write_image(good / "01_1.png", io.read_image(good / "01_1.png")[::-1].copy())
    (good / "02_0.png").unlink()
    result = check(own)
    assert result.exit_code == 1
    assert "changed    train/good/01_1.png" in result.stdout
    assert "missing    train/good/02_0.png" in result.stdout
    assert "15 of 17" in result.stdout
    assert "NOT PROVED" in result.stdout


def test_reports(own: Path) -> None:
    pytest.importorskip("jinja2", reason="jinja2 is not installed")
    page, written = own / "out/proof.html", own / "out/proof.json"
    (own / "cloth/train/good/02_0.png").unlink()
    result = check(own, "--report", page, "--json", written)
    assert result.exit_code == 1
    document = json.loads(written.read_text("utf-8"))
    schemas.check("validation.v1", document)
    assert (document["outcome"], document["compared"], document["images"]) == ("incomplete", 16, 17)
    assert document["missing"] == ["train/good/02_0.png"]
    assert document["then"]["threshold"] == document["now"]["threshold"]
    html = page.read_text("utf-8")
    assert "NOT PROVED" in html
    assert "train/good/02_0.png" in html
    assert "Content-Security-Policy" in html


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_stopped_it_says_how_far_it_came(
    own: Path, monkeypatch: pytest.MonkeyPatch, number: int, status: int
) -> None:
    whole, left = running.compare, iter(range(17))

    def stops(*arguments: Any) -> Any:
        if next(left) == 3:
            signal.raise_signal(number)
        return whole(*arguments)

    monkeypatch.setattr(running, "compare", stops)
    result = check(own, "--json", own / "part.json")
    assert result.exit_code == status
    assert "after 3 of 17 images, 0 of them differ" in result.stderr
    document = json.loads((own / "part.json").read_text("utf-8"))
    assert (document["outcome"], document["compared"]) == ("incomplete", 3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda document: document.update(threshold=9.0), "does not fit its digest"),
        (lambda document: document.update(version=2), "version 2"),
        (lambda document: document.update(format="another"), "another kind of file"),
        (lambda document: document.pop("digest"), "does not fit its digest"),
    ],
)
def test_a_damaged_approval_is_refused(own: Path, change: Any, words: str) -> None:
    path = own / "new/cloth.approval"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    result = check(own)
    assert result.exit_code == 1
    assert "--against: expected" in result.stderr
    assert words in result.stderr


def test_calibrate_approves_too(own: Path) -> None:
    result = run(
        "calibrate", own / "cloth.model", own / "cloth", "--approve", own / "new/cloth.approval"
    )
    assert result.exit_code == 0, result.output
    assert check(own).exit_code == 0
