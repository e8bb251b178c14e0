"""``fastdefect evaluate`` on small generated sheets."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest
import schemas
from sheets import kind, run

from fastdefect import io
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.optional import install_line

pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra evaluate)")


@pytest.fixture(scope="module", name="data")
def _data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return kind(tmp_path_factory.mktemp("data") / "cloth")


@pytest.fixture(scope="module", name="model")
def _model(data: Path) -> Path:
    path = data.parent / "models" / "cloth.model"
    assert run("fit", data, "--out", path, "--threads", 1).exit_code == 0
    return path


def test_evaluate_prints_figures_and_writes_all(data: Path, model: Path, tmp_path: Path) -> None:
    report, out = tmp_path / "new" / "r.json", tmp_path / "report"
    result = run("evaluate", data, "--model", model, "--json", report, "--out", out, "--threads", 1)
    assert result.exit_code == 0, result.output
    for words in ("cloth: 3 good and 2 defective", "image AUROC", "pixel AUROC", "pixel AP", "AUPRO",
                  "best pixel F1", "false alarms", "recall", "ms per megapixel, 1 thread"):  # fmt: skip
        assert words in result.stdout
    (found,) = json.loads(report.read_text())["kinds"]
    assert found["kind"] == "cloth"
    assert found["threshold"] == TextureModel.load(model).threshold
    assert found["image_auroc"] == 1.0
    assert found["recall"] == [2, 2]
    assert len(found["images"]) == 5
    assert f"{found['pixel_ap']:.4f}" in result.stdout
    names = {"roc.png", "precision_recall.png", "pro.png", "gallery.png"}
    assert {path.name for path in out.iterdir()} == names
    for name in names:
        picture = io.read_image(out / name)
        assert min(picture.shape[:2]) > 200
        assert np.ptp(picture) == 255


def test_several_kinds_are_a_line_each_and_their_mean(
    data: Path, model: Path, tmp_path: Path
) -> None:
    both = tmp_path / "kinds"
    for name in ("cloth", "other"):
        shutil.copytree(data, both / name)
    models = tmp_path / "models"
    models.mkdir()
    for name in ("cloth.model", "other.json"):
        shutil.copy(model, models / name)
    report = tmp_path / "r.json"
    result = run("evaluate", both, "--model", models, "--json", report, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    starts = [line.split()[0] for line in result.stdout.splitlines() if line.strip()]
    for name in ("cloth", "other", "mean"):
        assert starts.count(name) == 1
    document = json.loads(report.read_text())
    schemas.check("evaluation.v1", document)
    assert [each["kind"] for each in document["kinds"]] == ["cloth", "other"]
    assert document["mean"]["pixel_ap"] == pytest.approx(document["kinds"][0]["pixel_ap"])
    assert document["mean"]["recall"] == [4, 4]
    assert {"gallery_cloth.png", "gallery_other.png"} <= {
        p.name for p in (tmp_path / "out").iterdir()
    }
    (models / "other.json").unlink()
    missing = run("evaluate", both, "--model", models)
    assert missing.exit_code == 2
    assert "one file for 'other'" in missing.stderr


def test_evaluate_names_what_it_cannot_use(data: Path, model: Path, tmp_path: Path) -> None:
    copy = tmp_path / "cloth"
    shutil.copytree(data, copy)
    (copy / "test" / "good" / "09_1.png").write_bytes(b"nonsense")
    result = run("evaluate", copy, "--model", model)
    assert result.exit_code == 1
    assert "2 good and 2 defective" in result.stdout
    assert "09_1.png" in result.stderr
    io.write_image(copy / "test" / "good" / "09_1.png", np.zeros((20, 20, 3), np.uint8))
    small = run("evaluate", copy, "--model", model)
    assert small.exit_code == 2
    assert re.search(r"09_1\.png: (img|shape): expected .*32", small.stderr)
    (copy / "test" / "good" / "09_1.png").unlink()
    io.write_image(copy / "ground_truth" / "blob" / "1_mask.png", np.zeros((5, 5), np.uint8))
    mask = run("evaluate", copy, "--model", model)
    assert mask.exit_code == 2
    assert "1_mask.png: expected shape (96, 96)" in mask.stderr
    foreign = run("evaluate", data, "--model", copy / "test" / "blob" / "1.png")
    assert foreign.exit_code == 1
    assert "expected a model file" in foreign.stderr
    layout = run("evaluate", data / "train" / "good", "--model", model)
    assert layout.exit_code == 2
    assert "test/good" in layout.stderr


def test_without_masks_pixels_have_no_figures(data: Path, model: Path, tmp_path: Path) -> None:
    copy = tmp_path / "cloth"
    shutil.copytree(data, copy, ignore=shutil.ignore_patterns("ground_truth"))
    report = tmp_path / "r.json"
    result = run("evaluate", copy, "--model", model, "--json", report, "--out", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "no masks" in result.stdout
    (found,) = json.loads(report.read_text())["kinds"]
    assert found["pixel_ap"] is None
    assert found["image_auroc"] == 1.0


@pytest.mark.parametrize(
    ("package", "extra"),
    [("sklearn", "evaluate"), ("matplotlib.figure", "panel")],
)
def test_a_missing_package_is_one_sentence_with_the_remedy(
    data: Path,
    model: Path,
    tmp_path: Path,
    package: str,
    extra: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    result = run("evaluate", data, "--model", model, "--out", tmp_path / "out")
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert install_line(extra, package) in result.stderr
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["fit", "evaluate"])
def test_help_has_examples(name: str) -> None:
    result = run(name, "--help")
    assert "Examples" in result.output
    assert result.output.count(f"  fastdefect {name} ") >= 3
    assert max(map(len, result.output.splitlines())) <= 80


def test_several_detectors_are_one_table(data: Path, model: Path, tmp_path: Path) -> None:
    other = tmp_path / "small.model"
    TextureModel.load(model).with_threshold(9.0).save(other)
    report, out = tmp_path / "r.json", tmp_path / "out"
    result = run(
        "evaluate", data, model, other, "--detector", "article", "--detector", "texture", "--json", report, "--out", out
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    starts = [line.split()[0] for line in result.stdout.splitlines() if line.strip()]
    for name in ("cloth", "small", "article", "texture"):
        assert name in starts
    document = json.loads(report.read_text())
    schemas.check("evaluation.v1", document)
    found = {each["detector"]: each for each in document["kinds"]}
    assert [*found] == ["cloth", "small", "article", "texture"]
    assert found["small"]["recall"] == [0, 2]
    assert found["small"]["image_auroc"] == found["cloth"]["image_auroc"] == 1.0
    assert found["cloth"]["model_bytes"] == model.stat().st_size
    assert found["article"]["model_bytes"] is None
    assert found["article"]["threshold"] == 1
    # what it learns in passing is what `fit` writes
    assert found["texture"]["threshold"] == found["cloth"]["threshold"]
    assert found["texture"]["model_bytes"] == found["cloth"]["model_bytes"]
    assert [each["detector"] for each in document["means"]] == [*found]
    assert {"gallery_cloth.png", "gallery_article.png"} <= {path.name for path in out.iterdir()}


def test_several_detectors_and_kinds(data: Path, model: Path, tmp_path: Path) -> None:
    both = tmp_path / "kinds"
    for name in ("one", "two"):
        shutil.copytree(data, both / name)
    report = tmp_path / "r.json"
    result = run("evaluate", both, model, "--detector", "article", "--json", report)
    assert result.exit_code == 0, result.output
    rows = [line.split()[:2] for line in result.stdout.splitlines()]
    for words in (["one", "cloth"], ["two", "article"], ["mean", "cloth"], ["mean", "article"]):
        assert rows.count(words) == 1
    document = json.loads(report.read_text())
    assert [(each["kind"], each["detector"]) for each in document["kinds"]] == [
        ("one", "cloth"), ("one", "article"), ("two", "cloth"), ("two", "article"),
    ]  # fmt: skip
    assert document["means"][0]["recall"] == [4, 4]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--detector", "nonsense"), "expected one of article"),
        (("--detector", "joined"), "learns from good images alone"),
        (("none.model",), "does not exist"),
    ],
)
def test_detectors_that_cannot_be_judged(
    data: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = run("evaluate", data, *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
