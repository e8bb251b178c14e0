"""RESULTS.md and the README's table come from the JSON alone, losses beside wins."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks import render
from fastdefect.bench.record import Record, Row
from fastdefect.perf.machine import describe
from fastdefect.perf.timing import Spread

ONE = Spread(1.0, 0.9, 1.1)
WIN = Row("nl_means", 512, 512, 1, "numba", "opencv", ONE, ONE.scaled(12), ONE.scaled(12), 9)
LOSS = dataclasses.replace(WIN, name="erode", ratio=ONE.scaled(0.5))
PEER = dataclasses.replace(WIN, name="erode:scipy", note="same values on this image")
SET = dataclasses.replace(WIN, name="nl_means:3,7,21")
RECORD = Record(
    describe(2),
    "python -m benchmarks.results",
    [WIN, LOSS, PEER, SET],
    {"import": Spread(60, 55, 70)},
)


def test_every_row_stands_in_the_table_with_its_id_and_spread():
    text = render.results(RECORD)
    for row in RECORD.rows:
        assert text.count(f"`{row.id}`") == 1
    assert "12.0 (10.8 - 13.2)" in text
    assert "python -m benchmarks.results" in text
    assert "| import | 60.0 (55.0 - 70.0) |" in text


def test_losses_are_counted_and_marked():
    text = render.results(RECORD)
    assert "Losses: 1 of 3 rows against OpenCV" in text
    assert text.count("**slower**") == 2  # in the sentence and in the row


def test_the_readme_keeps_what_surrounds_the_table():
    text = f"before\n{render.BEGIN}\nold\n{render.END}\nafter\n"
    once = render.replaced(text, render.readme_table(RECORD))
    assert once.startswith("before\n")
    assert once.endswith("\nafter\n")
    assert "old" not in once
    assert "`nl_means` | 512 × 512 | 1 |" in once
    assert render.replaced(once, render.readme_table(RECORD)) == once


def test_a_readme_without_markers_is_refused():
    with pytest.raises(ValueError, match="markers"):
        render.replaced("no table here", "x")
