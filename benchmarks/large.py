"""A large TIFF inspected in parts, against the plan of 4 megapixels in memory and against copying and hashing as many bytes.

    python -m benchmarks.large --side 8192 --folder /data          64 megapixels
    python -m benchmarks.large --folder /data                      32768 x 32768, a gigapixel

Writes the image window by window (0.2 s of one core for each megapixel), inspects it by the article's detector and by a
texture model trained on other places of the roll, each in a process of its own, and writes benchmarks/LARGE.md. Says first
how much free disk it needs.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

import fastdefect
from bench_images.catalogue import vast
from fastdefect.large import detect
from fastdefect.perf.machine import describe
from fastdefect.tiling.workers import available_threads

TILE, SEED, MEMORY = 1024, 7, "512MB"
HELD = 2048  # side of the image in memory: 4 megapixels
ROUNDS = 5
KINDS = "article", "texture"
IN_AND_OUT = "reading", "writing", "hashing"
MOST_MEMORY = 512e6
TARGET = Path(__file__).with_name("LARGE.md")
# Source 3 bytes a pixel; mask, map and filtered image 6; runs of defects.
BYTES_PER_PIXEL = 3 + 6 + 2


def main() -> None:
    """Measure, or, called by itself, one detector."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=32768)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--one", choices=KINDS, help=argparse.SUPPRESS)
    parser.add_argument(
        "--image-only", action="store_true", help="write the image and keep it for later calls"
    )
    parser.add_argument("--no-write", action="store_true", help="print the table only")
    chosen = parser.parse_args()
    path = chosen.folder / f"fastdefect-large-{chosen.side}.tif"
    if chosen.one:
        print(json.dumps(measured(chosen.one, path, chosen.folder)))
        return
    needed, free = chosen.side**2 * BYTES_PER_PIXEL, shutil.disk_usage(chosen.folder).free
    print(
        f"needs {needed / 1e9:.1f} GB of free disk in {chosen.folder}, which has {free / 1e9:.1f}",
        flush=True,
    )
    if needed > free:
        sys.exit(1)
    kept = path.exists()
    try:
        if not kept:
            begin = time.perf_counter()
            part = path.with_suffix(".part")
            write_image(part, chosen.side)
            part.replace(path)
            print(f"image written in {time.perf_counter() - begin:.0f} s", flush=True)
        kept = kept or chosen.image_only
        if chosen.image_only:
            return
        found = {}
        for kind in KINDS:
            command = [sys.executable, "-m", "benchmarks.large", "--one", kind]
            command += ["--side", str(chosen.side), "--folder", str(chosen.folder)]
            result = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            found[kind] = json.loads(result.stdout.splitlines()[-1])
            print(kind, found[kind], flush=True)
    finally:
        if not kept:
            path.unlink(missing_ok=True)
    text = rendered(chosen.side, found)
    print(text)
    if not chosen.no_write:
        TARGET.write_text(text, "utf-8")
    for kind, figures in found.items():
        if figures["peak"] > MOST_MEMORY:
            sys.exit(
                f"{kind}: expected at most {MOST_MEMORY / 1e6:.0f} MB of anonymous memory over the interpreter's, received "
                f"{figures['peak'] / 1e6:.0f}"
            )


def write_image(path: Path, side: int) -> None:
    """A roll with defects as a BigTIFF in tiles, made window by window."""
    scene = vast((side, side), SEED)

    def tiles() -> Iterator[np.ndarray]:
        for y in range(0, side, TILE):
            for x in range(0, side, TILE):
                window = scene.window(y, x, min(TILE, side - y), min(TILE, side - x))
                yield np.ascontiguousarray(window[:, :, ::-1])

    tifffile.imwrite(
        path, tiles(), shape=(side, side, 3), dtype=np.uint8, photometric="rgb", tile=(TILE, TILE), bigtiff=True
    )  # fmt: skip


def made(kind: str) -> Any:
    """The article's detector, or a texture model of 24 places of the roll without defects."""
    if kind == "article":
        return fastdefect.ArticleDetector()
    scene = vast((1 << 20, 1 << 20), SEED, defects=0)
    good = [scene.window(4096 * i, 8192 * i, 512, 512) for i in range(1, 25)]
    return fastdefect.TextureModel().fit(good)


def measured(kind: str, path: Path, folder: Path) -> dict[str, Any]:
    """Figures of one detector, in a process of its own."""
    detector = made(kind)
    side = tifffile.TiffFile(path).pages[0].imagewidth
    held = vast((side, side), SEED).window(0, 0, HELD, HELD)
    plan = detector.plan((HELD, HELD))
    plan.warmup()
    load = os.getloadavg()[0]
    before = [_in_memory(plan, held) for _ in range(ROUNDS)]
    with tempfile.TemporaryDirectory(dir=folder) as warm:
        detect(np.ascontiguousarray(held[:1500, :1500]), detector, out=warm, memory=MEMORY)
    del plan
    with tempfile.TemporaryDirectory(dir=folder) as out, Anonymous() as memory:
        processor, begin = time.process_time(), time.perf_counter()
        found = detect(path, detector, out=out, memory=MEMORY)
        wall, spent = time.perf_counter() - begin, time.process_time() - processor
        result = sum(file.stat().st_size for file in Path(out).rglob("*.tif"))
        runs, defects = len(found.defects.columns.runs), len(found.defects)
        written = result + (side * side if kind == "article" else 0)
        begin = time.perf_counter(), time.process_time()
        _copy_and_hash(path, written, Path(out))
        copied = time.perf_counter() - begin[0], time.process_time() - begin[1]
    plan = detector.plan((HELD, HELD))
    plan.warmup()
    after = [_in_memory(plan, held) for _ in range(ROUNDS)]
    clock, processor_time = ([each[k] for each in before + after] for k in (0, 1))
    return {
        "speed": found.speed, "processor": found.processor, "wall": wall, "cores": spent / wall, "peak": memory.peak,
        "held": memory.held, "plan": [statistics.median(clock), statistics.median(processor_time)], "copied": copied,
        "defects": defects, "runs": runs, "verdict": found.verdict, "load": load,
    }  # fmt: skip


def _in_memory(plan: Any, image: np.ndarray) -> tuple[float, float]:
    """Milliseconds for each megapixel: on the clock, and of the processor by all threads."""
    begin = time.process_time()
    clock = plan(image, copy=False).speed["total"]
    megapixels = HELD * HELD / 1e6
    return clock / megapixels, 1000 * (time.process_time() - begin) / megapixels


class Anonymous:
    """Largest anonymous memory of this process within the block, over what it had before, in bytes."""

    def __enter__(self) -> Anonymous:
        self._ends, self.held = threading.Event(), _anonymous()
        self._most = self.held
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        self._thread.join()

    @property
    def peak(self) -> int:
        return self._most - self.held

    def _watch(self) -> None:
        while not self._ends.wait(0.05):
            self._most = max(self._most, _anonymous())


def _anonymous() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return 1024 * int(line.split()[1])
    raise OSError("the system does not tell the anonymous memory")


def _copy_and_hash(path: Path, written: int, folder: Path) -> None:
    """Let the standard library read the image, write as many bytes as a result has, and hash both."""
    piece = 1 << 22
    total, left = hashlib.sha256(), written
    with open(path, "rb") as source, open(folder / "copied", "wb") as target:
        data = b""
        while part := source.read(piece):
            total.update(part)
            data = part if len(part) == piece else data
        while left > 0:
            part = data[:left]
            total.update(part)
            target.write(part)
            left -= len(part)
    os.unlink(folder / "copied")


def rendered(side: int, found: dict[str, dict[str, Any]]) -> str:
    """The text of LARGE.md."""
    machine = describe(available_threads())
    pixels = side * side / 1e6
    lines = [
        "# Images that memory does not hold",
        "",
        f"Generated by `python -m benchmarks.large --side {side}`; do not edit. A BigTIFF of {side} x {side} pixels in "
        f'colour ({pixels:.0f} megapixels, tiles of {TILE}), inspected in parts with `memory="{MEMORY}"`. *Plan* is the '
        f"same detector on {HELD} x {HELD} pixels in memory, median of {2 * ROUNDS} calls before and after in the same "
        "process. *Standard library*: the image read, as many bytes written as the result has, SHA-256 of both.",
        "",
        f"{machine['processor']}, {machine['threads']} threads, {machine['system']}, commit {machine['commit']}. Load of "
        f"the machine before each detector: {', '.join(format(f['load'], '.1f') for f in found.values())}; beside other "
        "work times on the clock say little, and those of the processor (all threads added up) hold.",
        "",
        "| | " + " | ".join(found) + " |",
        "| --- |" + " ---: |" * len(found),
    ]
    rows: dict[str, Any] = {
        "computing, processor ms per megapixel": lambda f: (
            f"{f['processor']['computing'] / pixels:.1f}"
        ),
        "plan in memory, the same": lambda f: f"{f['plan'][1]:.1f}",
        "computing against the plan, processor": lambda f: _ratio(
            f["processor"]["computing"] / pixels, f["plan"][1]
        ),
        "computing, ms per megapixel": lambda f: f"{f['speed']['computing'] / pixels:.1f}",
        "plan in memory, ms per megapixel": lambda f: f"{f['plan'][0]:.1f}",
        "computing against the plan": lambda f: _ratio(
            f["speed"]["computing"] / pixels, f["plan"][0]
        ),
        "threads at work while computing": lambda f: _ratio(
            f["processor"]["computing"], f["speed"]["computing"]
        ),
        **{f"{name}, s (processor)": _spent(name) for name in IN_AND_OUT},
        "standard library, s (processor)": lambda f: f"{f['copied'][0]:.1f} ({f['copied'][1]:.1f})",
        "reading, writing and hashing against it": lambda f: _ratio(
            _io(f["speed"]), f["copied"][0]
        ),
        "the same, processor": lambda f: _ratio(_io(f["processor"]), f["copied"][1]),
        "defects found and measured, s (processor)": _spent("measuring"),
        "all, s": lambda f: f"{f['wall']:.1f}",
        "cores busy": lambda f: f"{f['cores']:.2f}",
        "anonymous memory over the interpreter's, MB": lambda f: f"{f['peak'] / 1e6:.0f}",
        "the interpreter's, MB": lambda f: f"{f['held'] / 1e6:.0f}",
        "defects": lambda f: f"{f['defects']:,}",
        "runs": lambda f: f"{f['runs']:,}",
    }
    for name, of in rows.items():
        lines.append(f"| {name} | " + " | ".join(of(figures) for figures in found.values()) + " |")
    return "\n".join(lines) + "\n"


def _ratio(one: float, other: float) -> str:
    return f"{one / other:.2f}"


def _spent(name: str) -> Callable[[dict[str, Any]], str]:
    def told(figures: dict[str, Any]) -> str:
        clock, processor = (figures[kind].get(name, 0) / 1e3 for kind in ("speed", "processor"))
        return f"{clock:.1f} ({processor:.1f})"

    return told


def _io(milliseconds: dict[str, float]) -> float:
    """Seconds."""
    return sum(milliseconds.get(name, 0) for name in IN_AND_OUT) / 1e3


if __name__ == "__main__":
    main()
