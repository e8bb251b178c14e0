"""The plans of the public functions: kept by each thread, bounded, never shared, never a stale or aliased result."""

import gc
import os
import threading
from typing import Any

import numpy as np
import pytest

import fastdefect
from fastdefect import ops
from fastdefect.backends import load
from fastdefect.errors import FastDefectError
from fastdefect.operations import OPERATIONS
from fastdefect.operations.operation import Operation
from fastdefect.ops.held import held_bytes
from fastdefect.perf.images import make
from fastdefect.tiling import kept as bounds
from fastdefect.tiling.kept import kept
from fastdefect.tiling.workers import Workers

PUBLIC = [operation for operation in OPERATIONS.values() if operation.public]


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "plans", {})


@pytest.fixture
def grey() -> np.ndarray:
    return make("noise", (40, 50), 1)


def _call(operation: Operation, image: np.ndarray, **options: Any) -> Any:
    setting = operation.cases[0]
    return getattr(ops, operation.name)(image, *setting.plan, *setting.call, **options)


@pytest.mark.parametrize("operation", PUBLIC, ids=lambda operation: operation.name)
def test_a_second_call_takes_the_kept_plan_and_gives_the_result_of_its_own_image(
    operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Results are new arrays or the caller's: a later call changes none of them."""
    channels = operation.inputs[0].channels[0]
    first, second = (make("noise", (40, 50), channels, seed=seed) for seed in (1, 2))
    expected = [_call(operation, image, backend="reference") for image in (first, second)]
    found = [_call(operation, first, threads=1)]
    plans = dict(kept.plans)
    found += [_call(operation, image, threads=1) for image in (second, first)]
    assert kept.plans == plans
    np.testing.assert_array_equal(found[0], expected[0])
    np.testing.assert_array_equal(found[1], expected[1])
    np.testing.assert_array_equal(found[2], expected[0])
    if operation.output:
        out = np.empty_like(expected[1])
        assert _call(operation, second, threads=1, out=out) is out
        np.testing.assert_array_equal(out, expected[1])
        assert not any(np.shares_memory(a, b) for a in (out, found[0]) for b in found[1:])
        assert kept.plans == plans


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ({"ksize": 1}, {"ksize": True}),
        ({"ksize": 3}, {"ksize": 3.0}),
        ({"ksize": (1, 3)}, {"ksize": (True, 3)}),
        ({"ksize": (1, 3)}, {"ksize": (1, 3.0)}),
        ({"ksize": 3, "threads": 1}, {"ksize": 3, "threads": True}),
        ({"ksize": 3, "threads": 1}, {"ksize": 3, "threads": 1.0}),
        ({"ksize": 3}, {"ksize": 3, "backend": ""}),
        ({"ksize": 3}, {"ksize": 3, "backend": "fortran"}),
    ],
)
def test_what_is_refused_is_refused_beside_a_kept_plan_of_an_equal_key(
    grey: np.ndarray, good: dict[str, Any], bad: dict[str, Any]
) -> None:
    with pytest.raises(FastDefectError) as before:
        fastdefect.dilate(grey, **bad)
    fastdefect.dilate(grey, **good)
    with pytest.raises(FastDefectError) as after:
        fastdefect.dilate(grey, **bad)
    assert str(after.value) == str(before.value)


@pytest.mark.parametrize(
    "other",
    [
        {"ksize": (3, 5)},
        {"threads": 2},
        {"backend": "opencv"},
        {"src": make("noise", (40, 51), 1)},
        {"src": make("noise", (50, 40), 1)},
    ],
)
def test_what_differs_has_a_plan_of_its_own(grey: np.ndarray, other: dict[str, Any]) -> None:
    asked = {"src": grey, "ksize": 3, "threads": 1, "backend": "numba"}
    fastdefect.dilate(**asked)
    fastdefect.dilate(**asked | other)
    assert len(kept.plans) == 2


def test_the_back_end_of_the_environment_counts_at_once(
    grey: np.ndarray, monkeypatch: pytest.MonkeyPatch
) -> None:
    fastdefect.dilate(grey, 3)
    monkeypatch.setenv("FASTDEFECT_BACKEND", "opencv")
    fastdefect.dilate(grey, 3)
    assert len(kept.plans) == 2
    monkeypatch.setenv("FASTDEFECT_BACKEND", "fortran")
    with pytest.raises(FastDefectError, match=r"^FASTDEFECT_BACKEND: expected"):
        fastdefect.dilate(grey, 3)
    monkeypatch.delenv("FASTDEFECT_BACKEND")
    fastdefect.dilate(grey, 3)
    assert len(kept.plans) == 2


def test_bounded_in_number(grey: np.ndarray) -> None:
    for width in range(10, 10 + 2 * bounds.MOST_PLANS):
        fastdefect.dilate(np.zeros((20, width), np.uint8), 3)
    assert len(kept.plans) == bounds.MOST_PLANS
    newest = 9 + 2 * bounds.MOST_PLANS
    assert [key[1][1] for key in kept.plans] == list(
        range(newest + 1 - bounds.MOST_PLANS, newest + 1)
    )


def test_bounded_in_bytes(grey: np.ndarray, monkeypatch: pytest.MonkeyPatch) -> None:
    fastdefect.box_blur(grey, 5, backend="numba")
    fastdefect.box_blur(grey, 7, backend="numba")
    fastdefect.box_blur(grey, 9, backend="numba")
    sizes = [plan.nbytes for plan in kept.plans.values()]
    assert all(size > 0 for size in sizes)
    monkeypatch.setattr(bounds, "MOST_BYTES", sum(sizes))
    fastdefect.box_blur(grey, 11, backend="numba")
    assert len(kept.plans) < 4
    assert sum(plan.nbytes for plan in kept.plans.values()) <= sum(sizes)


@pytest.mark.parametrize("operation", PUBLIC, ids=lambda operation: operation.name)
def test_the_bytes_of_a_step_are_found(operation: Operation) -> None:
    """Counted, not told: every array of some size that NumPy made for a step is among those found in it."""
    shape = (300, 400)
    arguments = shape, *operation.cases[0].plan, Workers(1)
    planner = load("numba").planners[operation.name]
    planner(*arguments)  # compiled, and what is shared by all plans is made
    made: list[int] = []
    empty, zeros = np.empty, np.zeros
    with pytest.MonkeyPatch.context() as patch:
        for function in (empty, zeros):

            def counted(*given: Any, function: Any = function, **options: Any) -> np.ndarray:
                array = function(*given, **options)
                made.append(array.nbytes)
                return array

            patch.setattr(np, function.__name__, counted)
        step = planner(*arguments)
    assert held_bytes(step) >= sum(size for size in made if size > 2048)


def test_each_thread_keeps_its_own(grey: np.ndarray) -> None:
    fastdefect.dilate(grey, 3)
    mine = next(iter(kept.plans.values()))
    theirs: list[Any] = []

    def work() -> None:
        fastdefect.dilate(grey, 3)
        theirs.extend(kept.plans.values())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(theirs) == 1
    assert theirs[0] is not mine


class _Finalizer:
    """Calls a function when it is collected: in the middle of whatever runs then."""

    def __init__(self, call: Any) -> None:
        self.cycle, self.call = self, call

    def __del__(self) -> None:
        self.call()


def test_a_call_within_a_call_has_a_plan_of_its_own(grey: np.ndarray) -> None:
    expected = fastdefect.box_blur(grey, 7)
    other = 255 - grey
    wanted = fastdefect.box_blur(other, 7)
    plan = next(iter(kept.plans.values()))
    step, within = plan.step, []

    def interrupted(*arguments: Any) -> Any:
        _Finalizer(lambda: within.append(fastdefect.box_blur(other, 7)))
        gc.collect()
        return step(*arguments)

    plan.step = interrupted
    np.testing.assert_array_equal(fastdefect.box_blur(grey, 7), expected)
    np.testing.assert_array_equal(within[0], wanted)
    assert list(kept.plans.values()) == [plan]


def test_a_plan_that_failed_is_gone(grey: np.ndarray) -> None:
    expected = fastdefect.otsu_threshold(grey)

    def fail(*arguments: Any) -> Any:
        raise KeyboardInterrupt

    next(iter(kept.plans.values())).step = fail
    with pytest.raises(KeyboardInterrupt):
        fastdefect.otsu_threshold(grey)
    assert not kept.plans
    assert fastdefect.otsu_threshold(grey) == expected


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_goes_on_with_what_was_kept() -> None:
    image = make("noise", (1024, 1100), 1)
    expected = fastdefect.dilate(image, 5, threads=3, backend="numba")
    child = os.fork()
    if child == 0:
        same = np.array_equal(fastdefect.dilate(image, 5, threads=3, backend="numba"), expected)
        os._exit(0 if same else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_many_threads_at_once() -> None:
    images = [make("noise", (64, 64), 1, seed=seed) for seed in range(4)]
    expected = [fastdefect.box_blur(image, 9, backend="reference") for image in images]
    wrong: list[int] = []

    def work(number: int) -> None:
        for _ in range(200):
            if not np.array_equal(fastdefect.box_blur(images[number], 9), expected[number]):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
