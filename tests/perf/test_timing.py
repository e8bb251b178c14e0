"""Timing on a clock of its own: the figures must not depend on this machine."""

from __future__ import annotations

import gc

import pytest

from fastdefect.perf.timing import MAX_ROUNDS, Quartiles, compare

pytestmark = pytest.mark.usefixtures("short_collections")


class Clock:
    """Time that passes only when a candidate works."""

    def __init__(self):
        self.now = 0.0
        self.log = []

    def __call__(self):
        return self.now

    def candidate(self, name, seconds):
        def work():
            self.log.append(name)
            self.now += seconds * (
                1 + 0.5 * (self.now > 5)
            )  # the machine slows down after five seconds

        return work


def test_ratio_survives_a_machine_that_slows_down():
    clock = Clock()
    result = compare(
        {"a": clock.candidate("a", 0.1), "b": clock.candidate("b", 0.3)}, 20, clock=clock
    )
    assert result.times_as_fast("a", "b").median == pytest.approx(3)
    assert result.times_as_fast("b", "a").median == pytest.approx(1 / 3)


def test_order_alternates_and_the_budget_ends_it():
    clock = Clock()
    result = compare(
        {"a": clock.candidate("a", 0.3), "b": clock.candidate("b", 0.3)}, 2.9, clock=clock
    )
    timed = "".join(clock.log[2:])  # one warm-up each: a call of 0.3 s needs no second
    assert timed == "abba" * (len(timed) // 4) + "ab" * (result.rounds % 2)
    assert result.rounds == 5


def test_slow_candidates_still_get_the_min_rounds():
    clock = Clock()
    assert compare({"a": clock.candidate("a", 9.0)}, 0.1, min_rounds=3, clock=clock).rounds == 3


def test_short_calls_are_batched():
    clock = Clock()
    result = compare({"a": clock.candidate("a", 1e-5)}, 0.1, clock=clock)
    assert result.calls["a"] == pytest.approx(200, abs=1)
    assert result.seconds("a").median == pytest.approx(1e-5)


def test_rounds_are_bounded_and_the_collector_is_put_back():
    assert gc.isenabled()
    result = compare(
        {"a": lambda: None}, 1e9, clock=iter([i * 0.01 for i in range(10**4)]).__next__
    )
    assert result.rounds == MAX_ROUNDS
    assert gc.isenabled()


def test_the_collector_is_put_back_after_an_error():
    with pytest.raises(ZeroDivisionError):
        compare({"a": lambda: 1 // 0})
    assert gc.isenabled()


def test_quartiles():
    assert Quartiles.of([3.0]) == Quartiles(3.0, 3.0, 3.0)
    assert Quartiles.of([4.0, 1.0, 2.0, 3.0, 5.0]) == Quartiles(3.0, 2.0, 4.0)
    assert Quartiles(3.0, 2.0, 4.0).scaled(2) == Quartiles(6.0, 4.0, 8.0)
