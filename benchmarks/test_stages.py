"""Every stage of every back end, one thread; the same bytes as the reference first, then the clock."""

from __future__ import annotations

import pytest

from fastdefect.bench.cases import CASES
from fastdefect.bench.compare import picture
from fastdefect.bench.parity import OPERATIONS, require_equal

PICTURES = {duel.name: duel.picture for duel in CASES}


@pytest.mark.parametrize("backend", ["numba", "opencv", "auto"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_stage(benchmark, subjects, name, backend, shape):
    operation = OPERATIONS[name]
    setting = operation.settings[0]
    image = picture(PICTURES[name], shape, operation.channels_in)
    step, truth = (
        operation.prepare(subjects.load(table), shape, setting, subjects.workers(1))
        for table in (backend, "reference")
    )
    require_equal(f"{name} of {backend}, {shape}", truth(image), step(image), operation.tolerance)
    benchmark.group = f"{name} {shape[0]}x{shape[1]}"
    benchmark(step, image)
