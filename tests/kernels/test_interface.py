"""What every kernel has in common: few parameters and a docstring."""

import ast
from collections.abc import Iterator
from pathlib import Path

from conftest import ROOT

KERNELS = ROOT / "fastdefect" / "kernels"
MOST_PARAMETERS = 11


def _files() -> list[Path]:
    return sorted(KERNELS.rglob("*.py"))


def _kernels() -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in _files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(
                getattr(mark, "id", "") == "kernel" for mark in node.decorator_list
            ):
                yield f"{path.relative_to(KERNELS)}:{node.name}", node


def test_there_are_kernels() -> None:
    assert len(list(_kernels())) > 100


def test_no_kernel_takes_twelve_parameters() -> None:
    """Numbers and scratch come as named tuples instead."""
    counts = {name: len(node.args.args) for name, node in _kernels()}
    assert not {name: count for name, count in counts.items() if count > MOST_PARAMETERS}


def test_every_kernel_says_what_it_does() -> None:
    assert not [name for name, node in _kernels() if not ast.get_docstring(node)]
