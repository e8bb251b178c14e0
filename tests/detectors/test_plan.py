"""The promise of a plan: nothing grows, starts or compiles after the warm-up, whoever calls it from wherever."""

import asyncio
import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from conftest import ROOT

import fastdefect
from fastdefect.perf.images import make
from fastdefect.reference.article import fab_defect_detect

CLOTH = make("cloth", (48, 64), 3, seed=1)
DARK = np.equal(fab_defect_detect(CLOTH)[6], 0)

# What a plan meets after its warm-up, in a process of its own; printed: the kernels compiled while warming up and after.
AFTER_WARMUP = """
import os
os.environ["FASTDEFECT_FROZEN"] = "off"
import numpy as np
import fastdefect
from fastdefect.kernels._numba import compile_events
from fastdefect.perf.images import KINDS, make
from fastdefect.detectors.article.marks import mark_vertices
warming, after = [], []
with compile_events(warming.append):
    fastdefect.Engine((512, 512), threads=2).warmup(stages=True)
    for small in ((9, 9), (1, 9), (1, 1)):  # rows, and images, of fewer pixels than a vector take plain loops
        fastdefect.Engine(small, threads=1).warmup(stages=True)
with compile_events(after.append):
    for shape, threads in (((512, 512), 2), ((40, 600), 1), ((33, 47), 2), ((1, 1), 1), ((1, 9), 1), ((9, 1), 1)):
        engine = fastdefect.Engine(shape, threads=threads)
        for kind in KINDS:
            for channels in (3, 1):
                image = make(kind, shape, channels)
                image.flags.writeable = kind != "noise"
                engine(image, copy=False, stages=True)
for found in (warming, after):
    print(sorted({kernel.kernel for kernel in found if kernel.compiled}))
"""


def run(*command: str) -> str:
    """Run Python in a process of its own, in the repository, and return what it prints."""
    done = subprocess.run(
        [sys.executable, *command],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("detector", "threads"),
    [
        ("article", "2"),
        ("texture", "1"),
        *(
            pytest.param(*case, marks=pytest.mark.long)
            for case in [
                ("article", "1"),
                ("texture", "2"),
                ("texture-grey", "1"),
                ("pattern", "1"),
                ("pattern", "2"),
                ("joined", "2"),
            ]
        ),
    ],
)
def test_nothing_is_left_behind_started_or_compiled(detector: str, threads: str) -> None:
    size = ("--size", "128x128", "--calls", "200", "--threads", threads)
    printed = run("-m", "benchmarks.latency", "--no-timing", "--detector", detector, *size)
    assert printed.count("holds: ") == 6
    assert "FAILS" not in printed


def test_many_threads_and_forked_processes() -> None:
    quick = ("--frames", "20", "--size", "64x64", "--limit", "120")
    assert "wrong bytes: 0" in run("-m", "benchmarks.many_callers", *quick)


def test_nothing_compiles_after_the_warmup_nor_in_a_second_process() -> None:
    assert run("-c", AFTER_WARMUP).splitlines()[1] == "[]"
    assert run("-c", AFTER_WARMUP).splitlines() == ["[]", "[]"]


def mask_of(image: np.ndarray) -> np.ndarray:
    """What a spawned process is sent to do."""
    return fastdefect.detect(image, threads=2).mask


def test_a_spawned_process() -> None:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as processes:
        np.testing.assert_array_equal(processes.submit(mask_of, CLOTH).result(120), DARK)


def test_threads_of_asyncio() -> None:
    async def gather() -> list[np.ndarray]:
        return await asyncio.gather(*(asyncio.to_thread(mask_of, CLOTH) for _ in range(12)))

    for mask in asyncio.run(gather()):
        np.testing.assert_array_equal(mask, DARK)


def test_the_memory_of_a_plan_counts_the_stages_own() -> None:
    one, two = (fastdefect.Engine((64, 64), threads=threads).nbytes for threads in (1, 2))
    assert two > 1.2 * one > 500_000  # NL-means holds most of it, for each thread


def test_a_warmup_for_one_kind_of_image(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = fastdefect.ArticleDetector().plan((48, 64), threads=1)
    seen: list[np.ndarray] = []
    run = plan._run
    monkeypatch.setattr(plan, "_run", lambda image, *how: seen.append(image) or run(image, *how))
    assert list(plan.warmup(like=CLOTH)) == [*plan.paths(), "total"]
    plan.warmup(like=CLOTH[:, :, 0])
    assert [image.shape for image in seen] == [(48, 64, 3), (48, 64)]
    assert all(np.ptp(image) for image in seen)
    with pytest.raises(fastdefect.ArgumentTypeError, match="like"):
        plan.warmup(like=[1])  # type: ignore[arg-type]
