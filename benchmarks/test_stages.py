"""Every stage of every back end, one thread; the same bytes as the reference first, then the clock."""

from __future__ import annotations

import pytest

from fastdefect.backends import load
from fastdefect.bench.compare import digest_of, picture
from fastdefect.bench.parity import prepare, require_equal
from fastdefect.operations import OPERATIONS
from fastdefect.tiling.workers import Workers


@pytest.mark.parametrize("backend", ["numba", "opencv", "auto"])
# benchmarks/texture_speed.py times those that need a training first
@pytest.mark.parametrize("name", [name for name, each in OPERATIONS.items() if each.benchmarks])
def test_stage(benchmark, name, backend, shape):
    operation = OPERATIONS[name]
    setting = operation.cases[0]
    kind = operation.benchmarks[0].picture
    image = picture(kind, shape, operation.inputs[0].channels[0])
    step, truth = (
        prepare(operation, load(table), shape, setting, Workers(1))
        for table in (backend, "reference")
    )
    found = step(image)
    require_equal(f"{name} of {backend}, {shape}", truth(image), found, operation.tolerance)
    benchmark.extra_info["digest"] = digest_of(found)
    benchmark.group = f"{name} {shape[0]}x{shape[1]}"
    benchmark(step, image)
