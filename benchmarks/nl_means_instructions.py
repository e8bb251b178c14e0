"""Count the instructions of NL-means' inner loops in the machine code that this processor's path gets.

    python -m benchmarks.nl_means_instructions [--show]

Compiles anew for the article's parameters, reads the assembly and prints, for each pass, the shortest turn of a loop that
does its work: instructions, and accesses to the stack, which would be registers that did not suffice. A visited weight
serves both ends of its offset.
"""

from __future__ import annotations

import argparse
import heapq
import os
import re
import tempfile
from unittest.mock import patch

ARTICLE = (10.0, 7, 22)
_LABEL = re.compile(r"^([.\w$]+):")
_STACK = re.compile(r"\[sp|\(%r[sb]p")
_BRANCH = re.compile(r"^(?:j\w+|b|b\.\w+|cbn?z|tbn?z)\s.*?([.\w$]+)$")
_LEAVES = re.compile(r"^(?:b|jmp|jmpq|br|ret|retq)\b(?!\.)")
_SKIPPED = (".", "#", "//", ";")


def turn(assembly: str, work: str) -> list[str]:
    """Instructions of the shortest cycle of blocks through one that has an instruction matching ``work``.

    Raises
    ------
    ValueError
        There is none.
    """
    blocks: list[list[str]] = [[]]
    labels: dict[str, int] = {}
    for raw in assembly.splitlines():
        line = raw.split("//")[0].strip()
        label = _LABEL.match(line)
        if label:
            blocks.append([])
            labels[label[1]] = len(blocks) - 1
        elif line and not line.startswith(_SKIPPED):
            blocks[-1].append(line)
            if _BRANCH.match(line) or _LEAVES.match(line):
                blocks.append([])
    follow: list[list[int]] = []
    for number, block in enumerate(blocks):
        last = block[-1] if block else ""
        branch = _BRANCH.match(last)
        after = [] if _LEAVES.match(last) or number + 1 == len(blocks) else [number + 1]
        follow.append(after + ([labels[branch[1]]] if branch and branch[1] in labels else []))
    cycles = []
    for start, block in enumerate(blocks):
        if any(re.search(work, line) for line in block):
            cycle = _cycle(blocks, follow, start)
            if cycle:
                cycles.append([line for number in cycle for line in blocks[number]])
    if not cycles:
        raise ValueError(f"no loop has an instruction like {work}")
    return min(cycles, key=len)


def _cycle(blocks: list[list[str]], follow: list[list[int]], start: int) -> list[int]:
    """The cycle of fewest instructions through a block; empty where there is none."""
    waiting = [(len(blocks[start]), [start])]
    done = set()
    while waiting:
        cost, path = heapq.heappop(waiting)
        if path[-1] in done:
            continue
        if len(path) > 1 and path[-1] == start:
            return path[1:]
        if len(path) > 1:
            done.add(path[-1])
        for number in follow[path[-1]]:
            heapq.heappush(waiting, (cost + len(blocks[number]), [*path, number]))
    return []


def stack(lines: list[str]) -> int:
    """How many instructions access the stack."""
    return sum(bool(_STACK.search(line)) for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--show", action="store_true", help="print the loops")
    show = parser.parse_args().show
    # kernels from a disk cache have no assembly, and Numba reads the variable when it is imported
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NUMBA_CACHE_DIR"] = folder
        _report(show)


def _report(show: bool) -> None:
    import numba
    import numpy as np

    from fastdefect.backends.numba_nl_means import nl_means
    from fastdefect.kernels._numba import cpu_path, jit
    from fastdefect.kernels.nl_means.columns import ROWS, sum_columns
    from fastdefect.kernels.nl_means.gather import gather_rows
    from fastdefect.kernels.nl_means.rows import weigh_rows
    from fastdefect.tiling.workers import Workers

    image = np.zeros((40, 60), np.uint8)
    image[:, 30:] = 255  # both sums, narrow and wide blocks
    inner = {}

    def watched(
        function, options
    ):  # kernels inside kernels have types, but no machine code of their own
        return inner.setdefault(function, jit_linked(function, options))

    jit_linked = jit.linked
    with patch.object(jit, "linked", watched):
        step = nl_means(image.shape, *ARTICLE, Workers(1))
        step(image, np.empty_like(image))
    print(
        f"processor path {cpu_path()}, parameters {ARTICLE}: instructions of the inner loop per visited weight"
    )
    print(
        f"{'pass, what it is compiled for':150}{'lanes':>6}{'weights':>8}{'all':>6}{'each':>7}{'stack':>6}"
    )
    passes = (
        (sum_columns, ROWS, r"\bmul\s+v|pmaddubs|pmullw"),
        (weigh_rows, 2, r"\btbl\b|pshufb|\bld1\b|pinsrw|vperm"),
        (gather_rows, 4, r"smlal|smull|pmaddwd"),
    )
    for kernel, rows, work in passes:
        for signature in inner[kernel.py_func].signatures:
            spec = signature[0].value
            alone = numba.njit(nogil=True, error_model="numpy")(kernel.py_func)
            alone.compile(signature)
            try:
                lines = turn(alone.inspect_asm(signature), work)
            except ValueError:  # a version for constants that leave nothing to do
                print(f"{kernel.__name__}, {signature}: no loop that works")
                continue
            weights = rows * spec.lanes
            each = len(lines) / weights
            name = f"{kernel.__name__}, {spec}"
            print(f"{name:150}{spec.lanes:6}{weights:8}{len(lines):6}{each:7.2f}{stack(lines):6}")
            if show:
                print("\n".join(f"    {line}" for line in lines))


if __name__ == "__main__":
    main()
