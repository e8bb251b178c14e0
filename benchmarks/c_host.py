"""What a C program costs from its start to the verdict on one frame, beside the work itself.

    python -m benchmarks.c_host --library FOLDER [--rounds 51] [--size HxW]

FOLDER is what `fastdefect freeze --out` wrote for this machine, as build/x86_64. The program is examples/c/frame.c; each
sample is a process of its own, from before its start to its end, with the defects listed. The work itself: an engine that
has run, in this process, in turns with the processes; medians, and the 95 % interval of the differences' median.
"""

from __future__ import annotations

import argparse
import ctypes
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from benchmarks.frozen_speed import engine
from benchmarks.verdict_cost import median_interval

SOURCE = Path(__file__).parents[1] / "examples" / "c" / "frame.c"


def host(folder: Path, place: Path) -> Path:
    """The example, built against the shared library."""
    lib = folder.resolve() / "lib"
    made = place / "frame"
    subprocess.run(
        ["cc", "-O2", "-std=c11", str(SOURCE), f"-I{folder / 'include'}", f"-L{lib}", "-lfastdefect",
         f"-Wl,-rpath,{lib}", "-o", str(made)],
        check=True,
    )  # fmt: skip
    return made


def process(command: list[str]) -> tuple[float, float]:
    """Milliseconds of a process by the clock, and those of the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.DEVNULL, check=False)
    took = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in (0, 1):
        raise SystemExit("the example failed")
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return 1e3 * took, 1e3 * worked


def memory(command: list[str]) -> str:
    """MB of a process at most, by the command `time`: a child of this one would count what this one holds."""
    timer = shutil.which("time")
    if timer is None:
        return "memory not known without the command time"
    done = subprocess.run(
        [timer, "-q", "-f", "%M", *command], capture_output=True, text=True, check=False
    )
    return f"{int(done.stderr.split()[-1]) / 1e3:.1f} MB"


def clocked(run: Callable[..., object]) -> tuple[float, float]:
    """Milliseconds of a call, the same two."""
    begin, worked = time.perf_counter(), time.thread_time()
    run()
    return 1e3 * (time.perf_counter() - begin), 1e3 * (time.thread_time() - worked)


def main() -> None:
    """Print what it costs by the clock, and by the processor's time, which others on the machine do not lengthen."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=51)
    parser.add_argument("--size", default="512x512")
    given = parser.parse_args()
    height, width = map(int, given.size.split("x"))
    noise = np.random.default_rng(0).normal(140, 12, (height, width, 3))
    image = np.clip(noise, 0, 255).astype(np.uint8)
    work = engine(ctypes.CDLL(str(given.library / "lib" / "libfastdefect.so")), image, 1)
    with tempfile.TemporaryDirectory() as place:
        frame = Path(place) / "frame.bgr"
        frame.write_bytes(image.tobytes())
        command = [str(host(given.library, Path(place))), str(frame), str(width), str(height), "1"]
        process(command)
        work()
        samples = [(process(command), clocked(work)) for _ in range(given.rounds)]
        most = memory(command)
    print(f"{given.size}, {most}")
    for name, (whole, alone) in zip(
        ("clock", "processor"), np.array(samples).transpose(2, 1, 0), strict=True
    ):
        low, high = median_interval((whole - alone).tolist())
        print(
            f"  by the {name}: process {median(whole):.1f} ms, the work itself {median(alone):.1f} ms, over it "
            f"{median(whole - alone):.1f} ms [{low:.1f}, {high:.1f}]"
        )


if __name__ == "__main__":
    main()
