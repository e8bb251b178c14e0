"""Each image on the command line is inspected once, whatever is asked of its result."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from fastdefect import io
from fastdefect.cli.main import cli
from fastdefect.detectors import registry


class Counted:
    """A detector whose plans count what they are asked for."""

    def __init__(self, detector: Any, calls: list[str]) -> None:
        self._detector = detector
        self._calls = calls
        self.kind, self.channels = detector.kind, detector.channels

    def plan(self, shape: tuple[int, int], **options: Any) -> Any:
        plan, calls = self._detector.plan(shape, **options), self._calls

        class Plan:
            threads, nbytes = plan.threads, plan.nbytes

            def __call__(self, image: np.ndarray, **how: Any) -> Any:
                calls.append("call")
                return plan(image, **how)

            def warmup(self, **how: Any) -> Any:
                calls.append("warmup")
                return plan.warmup(**how)

        return Plan()

    def __call__(self, image: np.ndarray, **how: Any) -> Any:
        self._calls.append("call")
        return self._detector(image, **how)


@pytest.fixture(name="calls")
def _calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Calls of the default detector, which also stands for every model; four photographs of two sizes."""
    calls: list[str] = []
    made = Counted(registry.default_detector(), calls)
    monkeypatch.setattr(registry, "default_detector", lambda: made)
    monkeypatch.setattr(registry, "load_detector", lambda _path: made)
    monkeypatch.chdir(tmp_path)
    image = np.full((96, 128, 3), 210, np.uint8)
    image[30:60, 40:90] = 30
    (tmp_path / "photos").mkdir()
    for index, shown in enumerate((image, image[:, :100], image[::-1], image[:, ::-1])):
        io.write_image(tmp_path / "photos" / f"{index}.png", shown.copy())
    return calls


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, [*map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result


@pytest.mark.parametrize(
    "options",
    [
        ("--no-overlay",),
        ("--panel",),
        ("--report", "r.html", "--masks", "--score-maps", "--csv", "t.csv", "--coco", "c.json"),
        ("--model", "any.model", "--verbose"),
        ("--model", "any.model", "--panel", "--report", "r.html", "--json"),
    ],
)
def test_detect_inspects_each_image_once(calls: list[str], options: tuple[str, ...]) -> None:
    for package in ("jinja2", "tifffile", "matplotlib"):
        pytest.importorskip(package, reason=f"{package} is not installed")
    run("detect", "photos", *options)
    assert calls == ["warmup", *["call"] * 4]  # kernels are made ready once, on noise of 64 x 64


@pytest.mark.parametrize("options", [(), ("--out", "pictures", "--json", "r.json")])
def test_evaluate_inspects_each_image_once(calls: list[str], options: tuple[str, ...]) -> None:
    pytest.importorskip("sklearn", reason="scikit-learn is not installed (extra evaluate)")
    for kind, index in (("good", 0), ("good", 1), ("hole", 2), ("hole", 3)):
        folder = Path("data", "test", kind)
        folder.mkdir(parents=True, exist_ok=True)
        Path("photos", f"{index}.png").rename(folder / f"{index}.png")
    run("evaluate", "data", *options)
    assert calls.count("call") == 4
    assert calls.count("warmup") == 2  # once for each of the two sizes


def test_times_hold_no_kernels(calls: list[str]) -> None:
    """In this process kernels are loaded at most once; what that took is said and not in the stages."""
    (found,) = (
        json.loads(line) for line in run("detect", "photos/0.png", "--json").stdout.splitlines()
    )
    stages = {name: ms for name, ms in found["speed"].items() if name != "total"}
    assert found["speed"]["total"] == pytest.approx(sum(stages.values()), abs=1e-6)
    assert found["preparation_ms"] >= 0
    again = json.loads(run("detect", "photos/0.png", "--json").stdout)
    assert again["preparation_ms"] == 0
