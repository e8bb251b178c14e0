"""What is fuzzed: every reader with good files of its kind, what it may say, and the source whose lines are counted."""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from click.testing import CliRunner

import fastdefect
from fastdefect.cli.main import cli
from fastdefect.detectors.registry import load_detector
from fastdefect.errors import FastDefectError
from fastdefect.kernels._numba.disk_cache import CheckedFiles
from fastdefect.roi.area import read_area

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from image_samples import SAMPLES  # noqa: E402  lies beside the tests, which are no package

_IMAGE = np.full((48, 64, 3), 200, np.uint8)


class WrongError(Exception):
    """The reader took a file for something else than it is."""


@dataclass(frozen=True)
class Reader:
    """``read`` gets a good file's name and the changed one at ``path``; it returns, or raises a `FastDefectError`."""

    seeds: dict[str, bytes]
    read: Callable[[str, Path], Any]
    sources: tuple[str, ...]


def _images(_folder: Path) -> Reader:
    seeds = {f"sample.{name}": sample.data for name, sample in SAMPLES.items()}
    listed = sorted((ROOT / "fastdefect" / "io" / "formats").glob("*.py"))
    sources = [f"io/formats/{path.name}" for path in listed]
    return Reader(seeds, _image, ("io/images.py", "io/guarded.py", "io/tiff.py", *sources))


def _models(folder: Path) -> Reader:
    texture = fastdefect.TextureModel()
    rng = np.random.default_rng(3)
    texture.fit([rng.integers(90, 160, (96, 96, 3), np.uint8) for _ in range(12)])
    texture.save(folder / "model.json")
    seeds = {"model.json": (folder / "model.json").read_bytes()}
    sources = (
        "detectors/model_file.py",
        "detectors/texture/file.py",
        "detectors/training/entries.py",
    )
    return Reader(seeds, _model(seeds), sources)


def _areas(_folder: Path) -> Reader:
    polygons = [[[1, 2], [50, 3.5], [30, 40]], [[5, 5], [9, 5], [9, 9]]]
    mask = cv2.imencode(".png", _IMAGE)[1].tobytes()
    seeds = {"area.json": json.dumps({"polygons": polygons}).encode(), "mask.png": mask}
    return Reader(seeds, _area, ("roi/area.py",))


def _configurations(_folder: Path) -> Reader:
    options = [
        "--mm-per-px",
        "0.2,0.25",
        "--min-area",
        "5",
        "--severity-limits",
        "10,20.5",
        "--csv",
        "t.csv",
    ]
    text = CliRunner().invoke(cli, ["detect", "a.png", *options, "--dump-config", "-"]).stdout
    return Reader({"config.toml": text.encode()}, _config, ("cli/config.py",))


def _kernels(folder: Path) -> Reader:
    return Reader(_kept(folder), _kernel, ("kernels/_numba/disk_cache.py",))


def _image(_seed: str, path: Path) -> Any:
    """A picture is what OpenCV's own decoder gives, if that gives any."""
    found = fastdefect.io.read_image(path)
    if found.dtype != np.uint8 or found.ndim not in (2, 3):
        raise WrongError(f"{found.dtype} {found.shape}")
    expected = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if expected is not None and expected.shape == found.shape and (expected != found).any():
        raise WrongError("other pixels than OpenCV's")


def _model(seeds: dict[str, bytes]) -> Callable[[str, Path], Any]:
    def read(seed: str, path: Path) -> None:
        """What loads is the model that was saved; a ``null`` for its digest is a change on purpose."""
        detector: Any = load_detector(path)
        if json.loads(path.read_bytes()).get("digest") is None:
            return
        again = path.with_name("again.json")
        detector.save(again)
        if json.loads(again.read_bytes()) != json.loads(seeds[seed]):
            raise WrongError("another model was loaded without a word")

    return read


def _area(_seed: str, path: Path) -> None:
    fastdefect.detect(_IMAGE, roi=read_area(path))


def _config(_seed: str, path: Path) -> None:
    done = CliRunner().invoke(cli, ["detect", "--config", str(path), "--dump-config", "-"])
    if done.exit_code not in (0, 1, 2) or not isinstance(done.exception, (type(None), SystemExit)):
        raise WrongError(f"exit {done.exit_code}, {done.exception!r}")
    if done.exit_code:
        raise FastDefectError(done.stderr)


def _kept(folder: Path) -> dict[str, bytes]:
    _files(folder).save("int", _CODE)
    return {path.name: path.read_bytes() for path in sorted(folder.glob("kernel-*"))}


_CODE = {"code": bytes(range(256)), "types": ["array", 3]}


def _files(folder: Path) -> CheckedFiles:
    return CheckedFiles(str(folder), "kernel-1.py3", "")


def _kernel(_seed: str, path: Path) -> None:
    """One of the two files is changed, the other good: the code that was kept, or a miss."""
    found = _files(path.parent).load("int")
    if found is None:
        raise FastDefectError("a miss")
    if found != _CODE:
        raise WrongError("other code than was kept")


READERS: dict[str, Callable[[Path], Reader]] = {
    "images": _images,
    "models": _models,
    "areas": _areas,
    "configuration": _configurations,
    "kernel cache": _kernels,
}
"""What makes each; the folder takes what is needed to make good files."""

warnings.simplefilter("ignore")
