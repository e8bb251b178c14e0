"""Count the instructions of NL-means' inner loops in the machine code that this processor's path gets.

    python -m benchmarks.nl_means_instructions [--show]

Compiles anew for the article's parameters, reads the assembly and prints, for the longest loop without a loop inside of
each pass: instructions, loads and stores of vectors, and accesses to the stack, which would be registers that did not
suffice. A visited weight serves both ends of its offset.
"""

from __future__ import annotations

import argparse
import os
import re
import tempfile
from collections.abc import Iterator
from typing import NamedTuple

ARTICLE = (10.0, 7, 22)
_LABEL = re.compile(r"^([.\w$]+):")
_STACK = re.compile(r"\[sp|\(%r[sb]p")
_BRANCH = re.compile(r"^(?:j\w+|b|b\.\w+|t?cbn?z|tbn?z)\s.*?([.\w$]+)$")
_SKIPPED = (".", "#", "//", ";")


class Loop(NamedTuple):
    """Instructions from a label to the branch back to it."""

    lines: list[str]

    @property
    def stack(self) -> int:
        return sum(bool(_STACK.search(line)) for line in self.lines)


def loops(assembly: str) -> Iterator[Loop]:
    """Loops of an assembly text that have no loop inside."""
    lines: list[str] = []
    labels: dict[str, int] = {}
    ends: list[int] = []
    for raw in assembly.splitlines():
        line = raw.split("//")[0].strip()
        label = _LABEL.match(line)
        if label:
            labels[label[1]] = len(lines)
        elif line and not line.startswith(_SKIPPED):
            lines.append(line)
            branch = _BRANCH.match(line)
            start = labels.get(branch[1]) if branch else None
            if start is not None:
                if not any(start < end for end in ends):
                    yield Loop(lines[start:])
                ends.append(len(lines))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--show", action="store_true", help="print the loops")
    show = parser.parse_args().show
    # kernels from a disk cache have no assembly, and Numba reads the variable when it is imported
    with tempfile.TemporaryDirectory() as folder:
        os.environ["NUMBA_CACHE_DIR"] = folder
        _report(show)


def _report(show: bool) -> None:
    import numpy as np

    from fastdefect.backends.numba_nl_means import nl_means
    from fastdefect.kernels._numba import cpu_path
    from fastdefect.kernels.nl_means.columns import ROWS, sum_columns
    from fastdefect.kernels.nl_means.gather import gather_rows
    from fastdefect.kernels.nl_means.rows import weigh_rows
    from fastdefect.tiling.workers import Workers

    image = np.zeros((40, 60), np.uint8)
    image[:, 30:] = 255  # both sums, narrow and wide blocks
    step = nl_means(image.shape, *ARTICLE, Workers(1))
    step(image, np.empty_like(image))
    print(
        f"processor path {cpu_path()}, parameters {ARTICLE}: instructions of the inner loop per visited weight"
    )
    print(
        f"{'pass, what it is compiled for':110}{'lanes':>6}{'weights':>8}{'all':>6}{'each':>7}{'stack':>6}"
    )
    for kernel, rows in ((sum_columns, ROWS), (weigh_rows, 2), (gather_rows, 4)):
        for signature in kernel.signatures:
            spec = signature[0].value
            best = max(loops(kernel.inspect_asm(signature)), key=lambda loop: len(loop.lines))
            weights = rows * spec.lanes
            each = len(best.lines) / weights
            name = f"{kernel.__name__}, {spec}"
            print(
                f"{name:110}{spec.lanes:6}{weights:8}{len(best.lines):6}{each:7.2f}{best.stack:6}"
            )
            if show:
                print("\n".join(f"    {line}" for line in best.lines))


if __name__ == "__main__":
    main()
