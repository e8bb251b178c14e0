"""Detectors of the package and of another one, through the same plan, command line, evaluation and report."""

import ast
import json
import os
import pickle
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from texture_cases import cloth, spoiled

import fastdefect
from fastdefect import write_image
from fastdefect.detectors.registry import detector_class, kinds, load_detector

PLUGIN = Path(__file__).parent / "plugin"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the small package is installed in, from a wheel: that needs no network and no build tool."""
    folder = tmp_path_factory.mktemp("site")
    wheel = tmp_path_factory.mktemp("wheel") / "spots-1.0-py3-none-any.whl"
    info = "spots-1.0.dist-info"
    files = {
        "spots/__init__.py": (PLUGIN / "spots/__init__.py").read_text("utf-8"),
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: spots\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[fastdefect.detectors]\nspots = spots:SpotDetector\n",
    }
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
        archive.writestr(
            f"{info}/RECORD", "".join(f"{name},,\n" for name in [*files, f"{info}/RECORD"])
        )
    install = ["pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(folder)]
    subprocess.run([sys.executable, "-m", *install, str(wheel)], check=True, timeout=300)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small data set in the MVTec-AD layout."""
    folder = tmp_path_factory.mktemp("data")
    for part in ("train/good", "test/good", "test/stain", "ground_truth/stain"):
        (folder / part).mkdir(parents=True)
    for seed in range(8):
        write_image(folder / f"train/good/{seed % 4}_{seed}.png", cloth(seed))
    for seed in range(3):
        write_image(folder / f"test/good/{seed}.png", cloth(20 + seed))
        write_image(folder / f"test/stain/{seed}.png", spoiled(cloth(30 + seed)) // 2)
        mask = np.zeros(cloth(0).shape[:2], np.uint8)
        mask[40:52, 60:70] = 255
        write_image(folder / f"ground_truth/stain/{seed}_mask.png", mask)
    return folder


def run(site: Path, *arguments: str) -> str:
    """Run the command line with the small package in reach."""
    done = subprocess.run(
        [sys.executable, "-m", "fastdefect", *arguments],
        env=os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{site}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_small_package_is_small() -> None:
    assert len((PLUGIN / "spots/__init__.py").read_text("utf-8").splitlines()) <= 36
    body = ast.parse((PLUGIN / "spots/__init__.py").read_text("utf-8")).body[-1]
    assert body.end_lineno - body.lineno + 1 < 30


@pytest.mark.parametrize(
    "kind",
    [
        *(pytest.param(kind, marks=pytest.mark.long) for kind in ("texture", "pattern", "spots")),
        "texture+spots",
    ],
)
def test_a_trained_detector_goes_through_everything(
    kind: str, site: Path, data: Path, tmp_path: Path
) -> None:
    model, page, rows = tmp_path / "m", tmp_path / "page.html", tmp_path / "rows.jsonl"
    run(site, "fit", str(data), "--detector", kind, "--out", str(model))
    assert ("joined" if "+" in kind else kind) in json.loads(model.read_text("utf-8"))["format"]
    shown = run(
        site, "detect", str(data / "test/stain"), "--model", str(model), "--out", str(tmp_path / "out"),
        "--report", str(page), "--jsonl", str(rows), "--csv", str(tmp_path / "rows.csv"),
    )  # fmt: skip
    assert shown.count("DEFECT") == 3
    assert page.read_text("utf-8").count("data:image") >= 3
    for line in rows.read_text("utf-8").splitlines():
        assert json.loads(line)["defects"]
    strict = tmp_path / "strict"
    said = run(
        site, "calibrate", str(model), str(data), "--out", str(strict), "--false-alarms", "0.1%"
    )
    assert ("as this model gives them" in said) == (kind == "spots")
    assert (
        json.loads(strict.read_text("utf-8"))["format"]
        == json.loads(model.read_text("utf-8"))["format"]
    )
    assert strict.read_bytes() != model.read_bytes()
    run(site, "evaluate", str(data), "--model", str(model), "--json", str(tmp_path / "e.json"))
    (found,) = json.loads((tmp_path / "e.json").read_text("utf-8"))["kinds"]
    assert (found["image_auroc"], found["recall"]) == (1.0, [3, 3])


def test_the_small_package_in_this_process(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(site))
    assert "spots" in kinds()
    detector = detector_class("spots")(threshold=100.0)
    image = np.full((30, 40), 200, np.uint8)
    image[5:8, 5:9] = 20
    plan = detector.plan(image.shape, threads=1)
    found = plan(image, copy=False)
    assert [defect.bbox for defect in found.defects] == [(5, 5, 8, 9)]
    assert found.defects[0].contrast == pytest.approx(-0.9)
    assert plan(image[::-1], copy=False).defects != found.defects
    with pytest.raises(fastdefect.StaleResultError):
        _ = found.mask
    whole = detector(image, ignore=[[[0, 0], [12, 0], [12, 12], [0, 12]]])
    assert not whole.is_defective
    assert pickle.loads(pickle.dumps(detector))(image).is_defective


def test_two_packages_with_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Entry:
        name, value = "texture", "elsewhere:Detector"

    monkeypatch.setattr(metadata, "entry_points", lambda group: [Entry])
    with pytest.raises(fastdefect.ArgumentValueError, match="uninstall one"):
        kinds()


def test_what_is_no_detector_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    class Entry:
        name, value = "shape", "fastdefect.defects.moments:Moments"

    monkeypatch.setattr(metadata, "entry_points", lambda group: [Entry])
    with pytest.raises(fastdefect.ArgumentTypeError, match="entry point"):
        detector_class("shape")


def test_unknown_kinds_and_formats_are_refused(tmp_path: Path) -> None:
    with pytest.raises(fastdefect.ArgumentValueError, match="article, texture"):
        detector_class("sound")
    path = tmp_path / "m"
    path.write_text('{"format": "of another package", "version": 1}')
    with pytest.raises(fastdefect.ModelFileError, match="unknown format 'of another package'"):
        load_detector(path)


@pytest.mark.parametrize("room", ["cli", "report", "evaluation"])
def test_rooms_that_only_format_name_no_detector(room: str) -> None:
    """Neither an import nor a name in the code of these rooms is a detector's own; help texts may speak of one."""
    wrong = []
    for path in sorted((ROOT / "fastdefect" / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [
                getattr(node, field, None) for field in ("id", "attr", "name", "arg", "module")
            ]
            for name in filter(lambda n: isinstance(n, str), names):
                if "article" in name.lower() or "texture" in name.lower():
                    wrong.append(f"{path.name}:{getattr(node, 'lineno', 0)} {name}")
    assert not wrong
