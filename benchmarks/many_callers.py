"""Many callers at once: threads with an engine each, and forked processes beside them.

python -m benchmarks.many_callers                                8 threads and 4 processes, 200 frames each
python -m benchmarks.many_callers --frames 20 --size 64x64       a quick look

Every mask is compared with the article's OpenCV calls. Exit status 1 when a byte differs, a process holds more threads
than it may, or the time runs out.
"""

from __future__ import annotations

import argparse
import faulthandler
import os
import signal
import sys
import threading
import time
import warnings
from typing import Any

import numpy as np

from fastdefect import Engine
from fastdefect.perf.images import make
from fastdefect.perf.memory import system_threads
from fastdefect.reference.article import fab_defect_detect

KINDS = ("cloth", "noise", "specks", "ramp")


def main() -> None:
    options = _options()
    faulthandler.dump_traceback_later(
        options.limit, exit=True
    )  # a deadlock ends here, with every stack
    shape = tuple(int(side) for side in options.size.split("x"))
    images = [make(kind, shape, 3, seed=3) for kind in KINDS]
    truths = [np.equal(fab_defect_detect(image)[6], 0) for image in images]
    Engine(shape, threads=options.threads).warmup()
    base = system_threads() - (options.threads - 1)  # the main thread, and what the libraries keep
    wrong: list[str] = []
    most = [0]
    watching = threading.Event()

    def inspect(name: str) -> None:
        engine = Engine(shape, threads=options.threads)
        for number in range(options.frames):
            which = number % len(images)
            if not np.array_equal(engine(images[which], copy=False).mask, truths[which]):
                wrong.append(f"{name}, frame {number}")

    def watch() -> None:
        while not watching.wait(0.01):
            most[0] = max(most[0], system_threads())

    start = time.perf_counter()
    callers = [
        threading.Thread(target=inspect, args=(f"thread {n}",)) for n in range(options.callers)
    ]
    watcher = threading.Thread(target=watch)
    for thread in (watcher, *callers):
        thread.start()
    children = [_fork(inspect, wrong, options) for _ in range(options.processes)]
    for thread in callers:
        thread.join()
    failed = [child for child in children if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])]
    watching.set()
    watcher.join()
    cap = base + 1 + options.callers + options.threads - 1
    print(
        f"{options.callers} threads and {options.processes} forked processes, {options.frames} frames of "
        f"{options.size} each, engines of {options.threads} threads: {time.perf_counter() - start:.1f} s"
    )
    print(f"frames with wrong bytes: {len(wrong)}; processes that failed: {len(failed)}")
    print(
        f"most threads of this process: {most[0]}, at most {cap} allowed (callers, a watcher, the main thread, "
        f"{options.threads - 1} of the pool)"
    )
    sys.exit(1 if wrong or failed or most[0] > cap else 0)


def _fork(inspect: Any, wrong: list[str], options: argparse.Namespace) -> int:
    """Start a process that inspects its frames while the parent's threads are at work; return its id."""
    with warnings.catch_warnings():
        # Python 3.12 warns of what is tried here
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child:
        return child
    signal.alarm(
        int(options.limit)
    )  # ends this process; the watch over deadlocks is a thread of the parent
    try:
        inspect(f"process {os.getpid()}")
        cap = 1 + options.threads - 1  # the threads of the parent are gone
        os._exit(1 if wrong or system_threads() > cap else 0)
    finally:
        os._exit(2)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.many_callers", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--callers", type=int, default=8)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--frames", type=int, default=200)
    parser.add_argument("--threads", type=int, default=2, help="of each engine")
    parser.add_argument("--size", metavar="HxW", default="256x256")
    parser.add_argument(
        "--limit", type=float, default=600, help="seconds until a deadlock is assumed"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
