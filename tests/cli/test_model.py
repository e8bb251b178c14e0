"""``detect --model``: a trained model in place of the article's detector, with areas, exports and clear errors."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from bench_images import roll
from fastdefect.cli.main import cli
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.io import write_image


@pytest.fixture(scope="module", name="model")
def _model() -> TextureModel:
    cloth = roll(7)
    return TextureModel(0.01).fit([cloth.window(200 * i, 0, 160, 192) for i in range(12)])


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, model: TextureModel, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    model.save("cloth.json")
    good = roll(7).window(9000, 0, 160, 192)
    bad = good.copy()
    bad[60:75, 40:60] //= 3
    write_image("good.png", good)
    write_image("bad.png", bad)
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["detect", *map(str, arguments)])


def test_a_model_judges_and_shows_where(folder: Path) -> None:
    result = run("good.png", "bad.png", "--model", "cloth.json", "--json")
    assert result.exit_code == 0, result.output
    good, bad = map(json.loads, result.stdout.splitlines())
    assert (good["is_defective"], bad["is_defective"]) == (False, True)
    row, column = max(bad["defects"], key=lambda d: d["area"])["centroid"]
    assert 55 < row < 80
    assert 35 < column < 65
    assert (folder / "fastdefect-out" / "bad_overlay.png").exists()


def test_what_is_ignored_does_not_count(folder: Path) -> None:
    square = [[30, 50], [70, 50], [70, 85], [30, 85]]
    (folder / "ignore.json").write_text(json.dumps([square]))
    result = run("bad.png", "--model", "cloth.json", "--ignore", "ignore.json", "--json")
    assert json.loads(result.stdout)["is_defective"] is False


def test_nothing_outside_changes_the_map_inside(model: TextureModel) -> None:
    cloth = roll(7).window(9000, 0, 160, 192)
    outside = np.zeros(cloth.shape[:2], bool)
    outside[:, 120:] = True
    soiled = cloth.copy()
    soiled[outside] = np.random.default_rng(0).integers(0, 256, (int(outside.sum()), 3), np.uint8)
    plan = model.plan((160, 192), ignore=outside)
    left, right = plan(cloth), plan(soiled)
    np.testing.assert_array_equal(left.score_map, right.score_map)
    assert not right.score_map[outside].any()
    np.testing.assert_array_equal(model(soiled, ignore=outside).score_map, right.score_map)
    zero = TextureModel.zero_shot()
    maps = [zero(image, ignore=outside).score_map for image in (cloth, soiled)]
    np.testing.assert_array_equal(*maps)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--panel"], 2, "--panel: .*'texture', which has none"),
        (["--model", "none.json"], 1, "none.json"),
        (["--model", "good.png"], 1, "good.png"),
    ],
)
def test_bad_calls(folder: Path, arguments: list[str], status: int, words: str) -> None:
    if "--panel" in arguments:
        pytest.importorskip("matplotlib", reason="matplotlib is not installed (extra panel)")
    result = run("bad.png", "--model", "cloth.json", *arguments)
    assert result.exit_code == status
    assert re.search(words, result.stderr)
