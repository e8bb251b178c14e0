"""Options and fixtures of the pytest-benchmark suites.

``pytest benchmarks --benchmark-enable --benchmark-only`` runs the small sizes; ``--sizes`` asks for others.
"""

from __future__ import annotations

import pytest

from fastdefect.bench.compare import opencv_threads

SMALL = "256x256,512x512"


def pytest_addoption(parser):
    parser.addoption(
        "--sizes", default=SMALL, help=f"image sizes HxW, comma-separated; default {SMALL}"
    )


def pytest_generate_tests(metafunc):
    if "shape" in metafunc.fixturenames:
        names = metafunc.config.getoption("--sizes").split(",")
        shapes = [tuple(int(side) for side in name.split("x")) for name in names]
        metafunc.parametrize("shape", shapes, ids=names)


@pytest.fixture(autouse=True)
def one_thread_of_opencv():
    with opencv_threads(1):
        yield
