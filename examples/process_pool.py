"""Many files on many cores: one process per core, one thread in each, a detector that is loaded once a process.

    python examples/process_pool.py bench_images --jobs 2 --model cloth.model

Results are data: they are pickled on their way back. Kernels are compiled once and kept on disk, so the processes load them.
"""

from __future__ import annotations

import argparse
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import fastdefect

_detector: fastdefect.Detector


def start(model: Path | None) -> None:
    """Make the detector of this process."""
    global _detector
    _detector = fastdefect.load_detector(model) if model else fastdefect.ArticleDetector()


def inspect(path: Path) -> tuple[str, fastdefect.Detection]:
    """Inspect a file."""
    return path.name, _detector(fastdefect.read_image(path), threads=1)


def main() -> None:
    """Run as the command line says."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("folder", type=Path)
    options.add_argument("--jobs", type=int, default=2)
    options.add_argument("--model", type=Path)
    chosen = options.parse_args()
    images = sorted(chosen.folder.glob("*.png"))
    # not forked: a process that has threads is no good parent for a fork
    with ProcessPoolExecutor(chosen.jobs, get_context("spawn"), start, (chosen.model,)) as pool:
        for name, found in pool.map(inspect, images, chunksize=4):
            print(f"{name}: {found.verdict}, {len(found.defects)} defects, score {found.score:.4g}")


if __name__ == "__main__":
    main()
