"""Options and fixtures of the pytest-benchmark suites.

``pytest benchmarks --benchmark-enable --benchmark-only`` runs the small sizes; ``--sizes`` asks for others. Beside
pytest-benchmark's own ``--benchmark-json``, ``--google-json`` and ``--bencher-json`` write what other tools read.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from fastdefect.bench.compare import opencv_threads
from fastdefect.bench.formats import Figure, bencher, google_benchmark
from fastdefect.perf.machine import describe
from fastdefect.perf.scheduling import scheduling, times_held_back
from fastdefect.perf.timing import Quartiles
from fastdefect.tiling.workers import available_threads

SMALL = "256x256,512x512"


def pytest_addoption(parser):
    parser.addoption(
        "--sizes", default=SMALL, help=f"image sizes HxW, comma-separated; default {SMALL}"
    )
    for name in ("google", "bencher"):
        parser.addoption(
            f"--{name}-json", type=Path, metavar="FILE", help="write the figures in this format too"
        )


def pytest_sessionfinish(session):
    google, metrics = (session.config.getoption(f"--{name}-json") for name in ("google", "bencher"))
    timed = [each for each in session.config._benchmarksession.benchmarks if each.stats.data]
    figures = [_figure(each) for each in timed]
    if google is not None:
        command = shlex.join(["pytest", *sys.argv[1:]])
        google.write_text(google_benchmark(figures, describe(available_threads()), command))
    if metrics is not None:
        metrics.write_text(bencher(figures))


def _figure(timed):
    stats = timed.stats
    milliseconds = Quartiles(1e3 * stats.median, 1e3 * stats.q1, 1e3 * stats.q3)
    facts = dict(timed.extra_info)
    return Figure(timed.fullname, milliseconds, stats.rounds, label=timed.group or "", facts=facts)


def pytest_generate_tests(metafunc):
    if "shape" in metafunc.fixturenames:
        names = metafunc.config.getoption("--sizes").split(",")
        shapes = [tuple(int(side) for side in name.split("x")) for name in names]
        metafunc.parametrize("shape", shapes, ids=names)


@pytest.fixture(autouse=True)
def what_the_system_allowed(request):
    """With each figure: governor and affinity, and how often heat or a quota held the processor back meanwhile."""
    before = times_held_back()
    yield
    after = times_held_back()
    benchmark = request.node.funcargs.get("benchmark")
    if benchmark is not None:
        benchmark.extra_info |= {
            "held_back": None if before is None or after is None else after - before,
            "scheduling": scheduling(),
        }


@pytest.fixture(autouse=True)
def one_thread_of_opencv():
    with opencv_threads(1):
        yield
