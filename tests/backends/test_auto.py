"""`auto` against the committed results: each processor path's rules follow from its rows, row by row."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from benchmarks.nl_means_sets import BENCHMARKS
from benchmarks.results import JSON
from fastdefect.backends import auto, load
from fastdefect.bench.record import Record, Row, Run
from fastdefect.kernels._numba import PATHS
from fastdefect.operations import OPERATIONS
from fastdefect.operations.nl_means import NL_MEANS
from fastdefect.perf.timing import Quartiles
from fastdefect.tiling.workers import Workers

RUNS = {run.path: run for run in Record.from_file(JSON).runs}
# name of a row: its operation and parameters
ROWS = {
    benchmark.row: (operation, benchmark.setting or operation.cases[0])
    for operation in OPERATIONS.values()
    for benchmark in operation.benchmarks
} | {benchmark.row: (NL_MEANS, benchmark.setting or NL_MEANS.cases[0]) for benchmark in BENCHMARKS}
MARGIN = 0.1


def _by_question(run: Run) -> dict[tuple, list[Row]]:
    """Rows of Numba's own kernels by what the routing is asked: operation, size, parameters, threads."""
    found = defaultdict(list)
    for row in run.rows:
        if row.subject == "numba" and not row.note:
            operation, setting = ROWS[row.name]
            question = operation.name, (row.height, row.width), setting.plan, row.threads
            found[question].append(row)
    return found


QUESTIONS = [
    pytest.param(path, question, rows, id=f"{path}-{rows[0].id}")
    for path, run in RUNS.items()
    for question, rows in _by_question(run).items()
]


def _winner(ratio: Quartiles) -> str:
    """More than 10 % either way decides."""
    if ratio.median < 1 - MARGIN:
        return "opencv"
    return "numba" if ratio.median > 1 + MARGIN else ""


@pytest.mark.parametrize(("path", "question", "rows"), QUESTIONS)
def test_the_routing_follows_the_rows(path, question, rows):
    """An operation with two baselines is judged by the quicker one."""
    quickest = min((row.ratio for row in rows), key=lambda ratio: ratio.median)
    assert auto.routed(path, *question) == _winner(quickest) or not _winner(quickest), rows


@pytest.mark.parametrize("path", RUNS)
def test_most_rows_decide(path):
    """A run on a machine so busy that its rows say nothing must not pass for evidence."""
    rows = [row for row in RUNS[path].rows if row.subject == "numba" and not row.note]
    clear = [row for row in rows if row.ratio.high / row.ratio.low < 1.5]
    assert len(clear) > 0.75 * len(rows)


@pytest.mark.parametrize("path", RUNS)
def test_every_rule_names_rows_that_say_so(path):
    """Each row exists and shows OpenCV ahead."""
    measured = {row.id: row for row in RUNS[path].rows}
    for rule in auto.RULES[path]:
        assert {_winner(measured[row].ratio) for row in rule.rows} == {"opencv"}, rule


def test_every_path_has_rules_and_every_rule_an_operation():
    assert set(auto.RULES) == set(PATHS)
    assert {rule.operation for rules in auto.RULES.values() for rule in rules} <= set(OPERATIONS)


@pytest.mark.parametrize("path", PATHS)
def test_planners_take_what_routed_says(path, monkeypatch):
    """The table and the function that explains it are one."""
    monkeypatch.setattr(auto, "_path", lambda: path)
    taken = []
    for operation in OPERATIONS.values():
        for name, planners in (("opencv", auto._OPENCV), ("numba", auto.numba.PLANNERS)):
            monkeypatch.setitem(planners, operation.name, _spy(name, taken))
        planner = auto._routed(operation.name)
        for setting in operation.cases:
            for shape, threads in (((64, 64), 1), ((2048, 2048), 2)):
                planner(shape, *setting.plan, Workers(threads))
                assert taken.pop() == auto.routed(
                    path, operation.name, shape, setting.plan, threads
                )


def _spy(name, taken):
    return lambda *arguments: taken.append(name)


@pytest.mark.parametrize("ksize", [(5, 5), (16, 16), (31, 31)])
def test_the_value_blur_of_auto_takes_grey_and_colour(ksize):
    rng = np.random.default_rng(0)
    for shape in ((40, 50), (40, 50, 3)):
        image = rng.integers(0, 256, shape, np.uint8)
        results = []
        for name in ("auto", "reference"):
            out = np.empty((40, 50), np.uint8)
            load(name).value_blur((40, 50), ksize, Workers(1))(image, out)
            results.append(out)
        np.testing.assert_array_equal(*results)
