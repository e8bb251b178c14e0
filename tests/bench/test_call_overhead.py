"""The table of call overheads: every public operation stands in it, and equal results come before times."""

from __future__ import annotations

import json

import numpy as np
import pytest

from benchmarks import call_overhead
from fastdefect.bench.parity import ParityError
from fastdefect.bench.record import Record, Run
from fastdefect.operations import OPERATIONS
from fastdefect.perf.machine import describe


def test_every_public_operation_has_a_row():
    assert set(call_overhead.OPENCV) == {name for name, each in OPERATIONS.items() if each.public}


def test_a_wrong_result_is_not_timed(monkeypatch):
    monkeypatch.setitem(call_overhead.OPENCV, "dilate", lambda grey: np.zeros_like(grey))
    with pytest.raises(ParityError, match="dilate, 16 x 16"):
        call_overhead.row("dilate", 16, 0.01)


@pytest.mark.long
def test_the_page_holds_every_row_and_survives_its_file(tmp_path, monkeypatch):
    rows = [call_overhead.row("dilate", side, 0.01) for side in call_overhead.SIDES]
    detections = [call_overhead.detector(side, 0.01) for side in call_overhead.SIDES]
    run = Run("avx2", describe(2), "python -m benchmarks.call_overhead", rows)
    text = call_overhead.page(run, detections)
    for row in rows:
        assert text.count(f"`{row.id}`") == 1
    assert text.count("| 64 × 64 |") == 1
    results = tmp_path / "call_overhead.json"
    results.write_text(
        json.dumps({**json.loads(Record([run]).to_json()), "detect": detections}), "utf-8"
    )
    monkeypatch.setattr(call_overhead, "RESULTS", results)
    monkeypatch.setattr(call_overhead, "TEXT", tmp_path / "CALLS.md")
    monkeypatch.setattr("sys.argv", ["call_overhead", "--render"])
    call_overhead.main()
    assert (tmp_path / "CALLS.md").read_text("utf-8") == text
