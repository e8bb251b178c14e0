#!/usr/bin/env python3
"""Interrupt inspections with 2,000 real signals, with one thread and with two, and look at what they leave.

    scripts/interrupts.py [SIGNALS]

A process of its own inspects in its main thread while another of its threads sends SIGINT at random moments, one to three in
a row. After each interrupt the same call must give the same bytes; at the end the process must go. Prints a line per number
of threads; exit status 1 if one is stuck, wrong or slow to go.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from types import FrameType

LIMIT = 600.0
"""Seconds after which a process counts as stuck."""
GO = 10.0
"""Seconds within which it must go."""


def inspect(threads: int, signals: int) -> None:
    """Be the process that is interrupted; print how many interrupts were taken, wrong results and the clock."""
    import numpy as np

    import fastdefect

    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (128, 96, 3), np.uint8)
    grey = image[:, :, 0].copy()
    engine = fastdefect.Engine(image.shape[:2], threads=threads)
    calls = (
        lambda: engine(image).mask,
        lambda: fastdefect.detect(image, threads=threads).mask,
        lambda: fastdefect.dilate(grey, (5, 5), threads=threads),
        lambda: fastdefect.nl_means(grey, search_window=9, threads=threads),
    )
    expected = [call() for call in calls]
    home = os.path.dirname(fastdefect.__file__)
    main = threading.get_ident()
    taken = wrong = 0

    def take(_number: int, frame: FrameType | None) -> None:
        """Interrupt the package, and nothing of this script."""
        nonlocal taken
        while frame is not None:
            if frame.f_code.co_filename.startswith(home):
                taken += 1
                raise KeyboardInterrupt
            frame = frame.f_back

    def send() -> None:
        moments = random.Random(threads)
        while taken < signals:
            time.sleep(moments.uniform(0, 0.006))
            for _ in range(moments.choice((1, 1, 2, 3))):
                signal.pthread_kill(main, signal.SIGINT)
                time.sleep(moments.choice((0, 0.0002)))

    signal.signal(signal.SIGINT, take)
    sender = threading.Thread(target=send)
    sender.start()
    while taken < signals:
        for call, right in zip(calls, expected, strict=True):
            try:
                wrong += not np.array_equal(call(), right)
            except KeyboardInterrupt:
                continue
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sender.join()
    for call, right in zip(calls, expected, strict=True):
        wrong += not np.array_equal(call(), right)
    print(taken, wrong, time.time(), flush=True)


def main(signals: int) -> int:
    """Run the processes and print what they left."""
    bad = False
    for threads in (1, 2):
        command = [sys.executable, __file__, "inspect", str(threads), str(signals)]
        try:
            done = subprocess.run(command, stdout=subprocess.PIPE, timeout=LIMIT, check=False)
            taken, wrong, ended = map(float, done.stdout.split())
            stuck, seconds = done.returncode != 0, time.time() - ended
        except (subprocess.TimeoutExpired, ValueError):
            stuck, taken, wrong, seconds = True, 0, 0, LIMIT
        print(
            f"{threads} thread{'s' * (threads > 1)}: {taken:.0f} interrupts, stuck {int(stuck)}, "
            f"wrong bytes {wrong:.0f}, seconds to exit {seconds:.2f}",
            flush=True,
        )
        bad = bad or stuck or wrong > 0 or seconds >= GO
    return int(bad)


if __name__ == "__main__":
    if sys.argv[1:2] == ["inspect"]:
        inspect(int(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
