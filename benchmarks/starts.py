"""What a process costs up to its first verdict: with frozen kernels, with compiled ones, and OpenCV's own stages.

    python -m benchmarks.starts [--rounds 9] [--frozen LIBRARY]

Each sample is a process of its own, and the kinds take turns. Needs a frozen library: `fastdefect freeze`, or `--frozen`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import cv2
import numpy as np

SIDE = 512
# what the reference does but NL-means, which alone takes longer than everything else
OPENCV = """
import sys, cv2, numpy as np
image = cv2.imread(sys.argv[1])
value = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)[:, :, 2]
blurred = cv2.blur(value, (16, 16))
binary = cv2.threshold(blurred, 0, 256, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1]
dilated = cv2.dilate(binary, np.ones((5, 5), np.uint8))
print((dilated == 0).sum() > 0)
"""
PACKAGE = """
import sys, fastdefect
print(fastdefect.detect(fastdefect.read_image(sys.argv[1]), threads=1).is_defective)
"""


def kinds(image: Path, folder: Path, library: str) -> dict[str, tuple[list[str], dict[str, str]]]:
    """Command and variables by name."""
    program = [sys.executable, "-c", PACKAGE, str(image)]
    command = [sys.executable, "-m", "fastdefect", "detect", str(image), "--threads", "1"]
    compiled = {"FASTDEFECT_FROZEN": "off", "NUMBA_CACHE_DIR": str(folder / "warm")}
    frozen = {
        "NUMBA_CACHE_DIR": str(folder / "never"),
        **({"FASTDEFECT_FROZEN": library} if library else {}),
    }
    return {
        "OpenCV's stages without NL-means": ([sys.executable, "-c", OPENCV, str(image)], {}),
        "detect, frozen": (program, frozen),
        "detect, compiled before": (program, compiled),
        "fastdefect detect, frozen": (command, frozen),
        "fastdefect detect, compiled before": (command, compiled),
    }


def run(command: list[str], variables: dict[str, str], folder: Path) -> tuple[float, float, float]:
    """Milliseconds, milliseconds of the processor, MB at most."""
    begin = time.perf_counter()
    # pictures of the command are written to where it runs
    with subprocess.Popen(
        command, env=os.environ | variables, cwd=folder, stdout=subprocess.DEVNULL
    ) as process:
        _, status, used = os.wait4(process.pid, 0)
        took = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command[:3])}: ended with {process.returncode}")
    return 1e3 * took, 1e3 * (used.ru_utime + used.ru_stime), used.ru_maxrss / 1e3


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--frozen", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        image = folder / "image.png"
        noise = np.random.default_rng(0).normal(140, 12, (SIDE, SIDE, 3))
        cv2.imwrite(str(image), np.clip(noise, 0, 255).astype(np.uint8))
        all_kinds = kinds(image, folder, given.frozen and str(Path(given.frozen).resolve()))
        samples: dict[str, list[tuple[float, float, float]]] = {name: [] for name in all_kinds}
        for number in range(given.rounds + 1):
            for name, what in all_kinds.items():
                sample = run(*what, folder)
                if number:  # the first compiles, and reads files that are in memory later
                    samples[name].append(sample)
        if (folder / "never").exists():
            print("a kernel was compiled beside the frozen library")
    print(
        f"| {SIDE} x {SIDE}, one thread | ms | processor, ms | peak, MB |\n| --- | --- | --- | --- |"
    )
    for name, found in samples.items():
        wall, processor, memory = (median(column) for column in zip(*found, strict=True))
        print(f"| {name} | {wall:.0f} | {processor:.0f} | {memory:.0f} |")


if __name__ == "__main__":
    main()
