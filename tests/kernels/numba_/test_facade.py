"""Numba's private parts are used in one folder, and the others enter it by its front door."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

KERNELS = ROOT / "fastdefect" / "kernels"
# Documented for extensions; everything else of Numba and llvmlite belongs to one folder.
PUBLIC = ("numba.extending.", "llvmlite.ir")


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _others() -> list[Path]:
    package = ROOT / "fastdefect"
    return [p for p in sorted(package.rglob("*.py")) if KERNELS / "_numba" not in p.parents]


def test_numbas_private_parts_are_used_in_one_folder() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _others()
        for name in _imports(path)
        if name.split(".")[0] in ("numba", "llvmlite") and not name.startswith(PUBLIC)
    ]
    assert not wrong


def test_the_folder_is_entered_by_its_front_door() -> None:
    """Names come from ``fastdefect.kernels._numba`` itself, not from its modules."""
    inner = {path.stem for path in (KERNELS / "_numba").glob("*.py")} - {"__init__"}
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in _others()
        for name in _imports(path)
        if name.startswith("fastdefect.kernels._numba.")
        and (name.split(".")[3] in inner or name.count(".") > 3)
    ]
    assert not wrong


@pytest.mark.parametrize("word", ["._cache", "_source_stamp", "py_func", "targetctx", "_compile"])
def test_private_attributes_are_read_in_one_folder(word: str) -> None:
    assert not [str(path) for path in _others() if word in path.read_text("utf-8")]
