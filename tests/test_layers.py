"""A module imports only from rooms above its own, heavy packages only where they belong, folders stay small."""

import ast
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT

PACKAGE = ROOT / "fastdefect"
# From the foundation up. A room may import its own files and every room of an earlier line, none of its own line.
ORDER = (
    ("errors",),
    ("typing",),
    ("checks", "optional"),
    ("operations",),
    ("io",),
    ("frozen",),
    ("kernels", "reference"),
    ("tiling",),
    ("backends",),
    ("ops",),
    ("roi",),
    ("defects",),
    ("calibration",),
    ("detectors",),
    ("evaluation",),
    ("large",),
    ("dask",),
    ("perf",),
    ("bench",),
    ("report",),
    ("freezer",),
    ("cli",),
)
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
# Imports upwards, inside a function, so that they cost nothing at start: (file, room), with the reason.
UPWARDS = {
    ("detectors/predictions.py", "evaluation"): "Detector.score is the image AUROC",
    ("detectors/plan.py", "perf"): "Plan.profile, and the name of what it returns",
    ("detectors/shown.py", "report"): "Detection.overlay draws, and notebooks show",
    ("detectors/estimator.py", "report"): "notebooks show a model",
    ("defects/table.py", "report"): "notebooks show a table",
}
HOMES = {
    "numba": {"kernels"},
    "llvmlite": {"kernels"},
    # decoding, the back end and its comparison, drawing; a profile's pictures and a model's grey levels
    "cv2": {"io", "optional", "backends", "reference", "bench", "report", "perf"},
    "matplotlib": {"report"},
    "torch": {"detectors"},
    "onnx": {"detectors"},
    "onnxruntime": {"detectors"},
    "jinja2": {"report"},
    "dask": {"dask"},
    "zarr": {"io", "dask"},
    "click": {"cli"},
    "rich": {"cli"},
    "tomllib": {"cli", "detectors"},
    "tomli_w": {"cli"},
}


def _imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _files() -> list[Path]:
    return [p for p in sorted(PACKAGE.rglob("*.py")) if _room(p) not in {"__init__", "__main__"}]


def test_every_room_has_a_rank_and_every_rank_a_room() -> None:
    assert {_room(path) for path in _files()} == set(RANK)


def test_every_file_imports_from_rooms_above_its_own() -> None:
    wrong = []
    used = set()
    for path in _files():
        room, file = _room(path), str(path.relative_to(PACKAGE))
        for name in _imports(path):
            package, *rest = name.split(".")
            if package != "fastdefect" or not rest or rest[0] == room:
                continue
            if RANK[rest[0]] < RANK[room]:
                continue
            used.add((file, rest[0]))
            if (file, rest[0]) not in UPWARDS:
                wrong.append(f"{file} imports {name}")
    assert not wrong
    assert used == set(UPWARDS)


def test_heavy_packages_stay_in_their_homes() -> None:
    wrong = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in _files()
        for name in _imports(path)
        if _room(path) not in HOMES.get(name.split(".")[0], {_room(path)})
    ]
    assert not wrong


@pytest.mark.parametrize("top", ["fastdefect", "tests", "benchmarks", "bench_images"])
def test_files_are_small(top: str) -> None:
    lengths = {
        str(p.relative_to(ROOT)): len(p.read_text("utf-8").splitlines())
        for p in (ROOT / top).rglob("*.py")
    }
    assert not {name: length for name, length in lengths.items() if length > 300}


def test_folders_are_small() -> None:
    counts = Counter(path.parent.relative_to(ROOT) for path in PACKAGE.rglob("*.py"))
    assert not {str(folder): count for folder, count in counts.items() if count > 15}
