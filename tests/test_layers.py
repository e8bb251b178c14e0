"""A module imports only from rooms above its own, and heavy packages only where they belong."""

import ast
from pathlib import Path

from conftest import ROOT

PACKAGE = ROOT / "fastdefect"
# From the foundation up; a room may import its own files and every room in a line before its own.
ORDER = (
    ("errors", "opencv"),
    ("params", "texture_params", "defect", "defects", "result", "io", "image_header", "measure"),
    ("kernels", "reference"),
    ("frozen",),
    ("tiling",),
    ("backends",),
    ("arguments", "area", "ops", "pipeline", "mirror", "area_stages", "regions", "vertices"),
    ("engine",),
    ("detectors", "compat"),
    ("profiler",),
    ("large", "stream", "web"),
    ("report",),
    ("cli",),
)
RANK = {room: rank for rank, rooms in enumerate(ORDER) for room in rooms}
HOMES = {
    "numba": {"kernels"},
    "llvmlite": {"kernels"},
    "matplotlib": {"report"},
    "jinja2": {"report"},
    "click": {"cli"},
    "rich": {"cli"},
    "pandas": {"defects"},
    "supervision": {"result"},
    "tifffile": {"report"},
    "tomllib": {"cli"},
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


def test_every_file_stays_in_its_room() -> None:
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        room = _room(path)
        if room in {"__init__", "__main__"}:
            continue
        for name in _imports(path):
            package, *rest = name.split(".")
            if package == "fastdefect" and rest and RANK[rest[0]] > RANK[room]:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
            if package in HOMES and room not in HOMES[package]:
                wrong.append(f"{path.relative_to(ROOT)} imports {package}")
    assert not wrong


def test_files_are_small() -> None:
    long = {
        str(path.relative_to(ROOT)): length
        for folder in ("fastdefect", "benchmarks", "tests", "bench_images")
        for path in (ROOT / folder).rglob("*.py")
        if (length := len(path.read_text("utf-8").splitlines())) > 300
    }
    assert not long
