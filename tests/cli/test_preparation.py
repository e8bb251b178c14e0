"""Kernels that are made ready during an inspection: kept out of its times, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from fastdefect.cli.detect.preparation import Preparation


@dataclass
class Kernel:
    milliseconds: float
    compiled: bool = False


class Clock:
    """A clock that a test sets, in milliseconds."""

    now = 0.0

    def __call__(self) -> float:
        return self.now / 1000


def noted(*events: tuple[float, Kernel], begin: float = 100.0) -> Preparation:
    """Kernels that were ready at these times, around stages that began at ``begin``."""
    clock = Clock()
    preparation = Preparation(clock)
    clock.now = begin
    preparation.begin()
    for clock.now, kernel in events:
        preparation(kernel)
    return preparation


SPEED = {"blur": 50.0, "filter": 30.0, "total": 80.0}


def test_a_warm_inspection_keeps_its_times() -> None:
    preparation = noted()
    assert preparation.without(SPEED) == SPEED
    assert preparation.milliseconds == 0.0


def test_kernels_are_taken_off_their_stage_and_the_total() -> None:
    preparation = noted((130, Kernel(30)), (141, Kernel(10)), (176, Kernel(25, compiled=True)))
    left = preparation.without(SPEED)
    assert left == pytest.approx({"blur": 10.0, "filter": 5.0, "total": 15.0})
    assert list(left) == list(SPEED)
    assert (preparation.milliseconds, preparation.compiled) == (65, True)


def test_what_was_ready_before_the_stages_is_in_none_of_them() -> None:
    preparation = noted((60, Kernel(50)))
    assert preparation.without(SPEED) == SPEED
    assert preparation.milliseconds == 50
    assert not preparation.compiled


def test_no_stage_falls_below_zero() -> None:
    left = noted((149, Kernel(60)), (149.5, Kernel(60))).without(SPEED)
    assert left == {"blur": 0.0, "filter": 30.0, "total": 30.0}
