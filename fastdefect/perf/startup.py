"""What a start costs: each sample is a process of its own, and the kinds take turns."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from fastdefect.perf.timing import Quartiles

_IMPORTS = "import numpy, cv2"
FIRST_IMAGE = (
    "import numpy; from fastdefect import Engine; "
    "Engine((256, 256), threads=1)(numpy.full((256, 256, 3), 137, numpy.uint8))"
)
# Milliseconds since the interpreter runs: the start of Python itself is the same for all.
_PROGRAM = "from time import perf_counter as t; a = t(); {}; print((t() - a) * 1000)"


def startup(
    rounds: int = 5, before: Callable[[str], object] = lambda name: None
) -> dict[str, Quartiles]:
    """Measure imports and first images.

    Parameters
    ----------
    rounds : int
        Processes per kind, at least 1. The cold start compiles every kernel and runs once in three rounds.
    before : callable
        Called with the kind before each process.

    Returns
    -------
    dict of str to Quartiles
        Milliseconds within the process: ``"import numpy, cv2"``; ``"import fastdefect beside them"``, the
        difference within a round; ``"first image, cold cache"`` and ``"first image, warm cache"``, imports
        included, with a cache folder of their own.
    """
    samples: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="fastdefect-start-") as folder:
        warm = Path(folder) / "warm"
        run(FIRST_IMAGE, warm)
        run(_IMPORTS, warm)
        for number in range(rounds):
            before("import numpy, cv2")
            plain = run(_IMPORTS, warm)
            before("import fastdefect beside them")
            both = run(f"{_IMPORTS}, fastdefect", warm)
            samples.setdefault("import numpy, cv2", []).append(plain)
            samples.setdefault("import fastdefect beside them", []).append(both - plain)
            if number % 3 == 0:
                before("first image, cold cache")
                cold = run(FIRST_IMAGE, Path(folder) / f"cold-{number}")
                samples.setdefault("first image, cold cache", []).append(cold)
            before("first image, warm cache")
            samples.setdefault("first image, warm cache", []).append(run(FIRST_IMAGE, warm))
    return {name: Quartiles.of(values) for name, values in samples.items()}


def run(statement: str, cache: Path) -> float:
    """Run a statement in a new interpreter and return its milliseconds."""
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(statement)],
        env={**os.environ, "NUMBA_CACHE_DIR": str(cache)},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return float(done.stdout)
