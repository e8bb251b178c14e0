"""Stacks of threads that run on: what the garbage collector calls meanwhile may take no frame away."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading

import pytest
from conftest import ROOT

from fastdefect.tiling.stack import frames, locals_of, stacks

# Collections all the time, each of which lets other threads run, that come and go through frames meanwhile.
WALKS = """
import gc, threading, time
from fastdefect.tiling.stack import locals_of, stacks
gc.set_threshold(1)
gc.callbacks.append(lambda phase, info: time.sleep(0.0001))
stop = time.monotonic() + 3
def deep(left):
    mine = left
    return deep(left - 1) if left else time.sleep(0)
def run():
    while time.monotonic() < stop:
        deep(200)
        time.sleep(0.0005)
threads = [threading.Thread(target=run) for _ in range(3)]
for thread in threads:
    thread.start()
while time.monotonic() < stop:
    for stack in stacks().values():
        locals_of(frame for frame in stack if frame.f_code is deep.__code__)
for thread in threads:
    thread.join()
print(gc.isenabled())
"""


def test_stacks_of_threads_that_run_on() -> None:
    done = subprocess.run(
        [sys.executable, "-c", WALKS],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "True\n", "")


def test_frames_outwards() -> None:
    mine = object()
    here = sys._getframe()
    assert next(frames(here)) is here
    assert stacks()[threading.get_ident()][-1] is list(frames(here))[-1]
    assert locals_of([here])[0]["mine"] is mine


@pytest.mark.parametrize("enabled", [False, True])
def test_the_collector_is_left_as_it_was(enabled: bool) -> None:
    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        stacks()
        assert gc.isenabled() is enabled
    finally:
        (gc.enable if before else gc.disable)()
