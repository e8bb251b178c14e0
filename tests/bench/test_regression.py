"""The benchmark as a gate: ratios only, another machine refused, another version said."""

from __future__ import annotations

import dataclasses

import pytest

from fastdefect import ArgumentValueError
from fastdefect.bench import regression
from fastdefect.bench.record import Record, Row, Run
from fastdefect.perf.timing import Quartiles

MACHINE = {
    "processor": "Some 9",
    "family": "X 26 2",
    "features": ["avx2"],
    "system": "Linux x86_64",
    "versions": {"numba": "0.61", "numpy": "2.0"},
    "settings": {},
    "megahertz": 2450,
}


def row(name="box_blur", ratio=4.0, milliseconds=1.0):
    took, other = (Quartiles(value, value, value) for value in (milliseconds, milliseconds * ratio))
    return Row(name, 512, 512, 1, "numba", "opencv", took, other, Quartiles(ratio, ratio, ratio), 9)


def run(*rows, **machine):
    return Run("avx2", {**MACHINE, **machine}, "fastdefect bench", rows)


def test_a_record_comes_back_from_its_file(tmp_path):
    before = dataclasses.replace(
        run(row(), row("erode", 0.8)), startup_ms={"import": Quartiles(3, 2, 4)}
    )
    file = tmp_path / "rows.json"
    file.write_text(Record([before]).to_json())
    after = Record.from_file(file).run("avx2")
    assert (list(after.rows), after.machine, after.startup_ms) == (
        list(before.rows), before.machine, before.startup_ms,
    )  # fmt: skip
    assert after.rows[0].id == "box_blur/512x512/1t"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"format": 1}',
        '{"format": 99}',
        "\udcff",
        '{"format": 2, "runs": 3}',
    ],
)
def test_a_foreign_file_is_refused_in_one_sentence(tmp_path, text):
    file = tmp_path / "rows.json"
    file.write_text(text, errors="surrogateescape")
    with pytest.raises(ArgumentValueError, match=r"baseline: expected.*received.*--save"):
        Record.from_file(file)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ArgumentValueError, match="FileNotFoundError"):
        Record.from_file(tmp_path / "none.json")


def test_a_run_takes_the_place_of_that_of_its_path(tmp_path):
    first, other = run(row()), dataclasses.replace(run(row()), path="avx512")
    again = run(row("erode"))
    record = Record([first]).replaced(other).replaced(again)
    assert list(record.runs) == [again, other]
    with pytest.raises(ArgumentValueError, match="path portable, received runs of avx2, avx512"):
        record.run("portable")


def test_only_ratios_count():
    found = regression.changes(run(row(milliseconds=1.0)), [row(milliseconds=50.0)])
    assert found[0].slowdown == 0


@pytest.mark.parametrize(("now", "slowdown"), [(3.0, 0.25), (5.0, -0.25), (4.0, 0.0)])
def test_slowdown_is_the_share_of_the_ratio(now, slowdown):
    assert regression.changes(run(row(ratio=4.0)), [row(ratio=now)])[0].slowdown == pytest.approx(
        slowdown
    )


@pytest.mark.parametrize(
    ("before", "now", "noise", "judged", "lost"),
    [
        ((4.0, 4.0, 4.0), (3.0, 3.0, 3.0), 0.0, True, True),
        ((4.0, 3.8, 4.2), (3.0, 2.9, 3.1), 0.06, True, True),
        ((4.0, 3.0, 5.0), (3.2, 3.1, 3.3), 0.252, False, False),  # the baseline was noisy
        ((4.0, 3.9, 4.1), (3.2, 2.4, 4.0), 0.251, False, False),  # this run is
        ((4.0, 3.9, 4.1), (3.9, 3.8, 4.0), 0.036, False, False),
        ((4.0, 3.9, 4.1), (3.7, 3.6, 3.8), 0.037, True, False),  # slower, but within the limit
        ((4.0, 3.9, 4.1), (6.0, 5.9, 6.1), 0.03, True, False),
    ],
)
def test_a_difference_within_the_noise_is_not_judged(before, now, noise, judged, lost):
    change = regression.Change("x", Quartiles(*before), Quartiles(*now))
    assert change.noise == pytest.approx(noise, abs=0.001)
    assert change.is_judged is judged
    assert change.lost(0.1) is lost


def test_nothing_in_common_is_an_error():
    with pytest.raises(
        ArgumentValueError, match="expected rows such as erode/512x512/1t, received box_blur"
    ):
        regression.changes(run(row()), [row("erode")])


@pytest.mark.parametrize(
    ("field", "value"),
    [("processor", "Other 1"), ("features", ["avx2", "avx512bw"]), ("system", "Linux aarch64")],
)
def test_a_baseline_of_another_machine_is_refused(field, value):
    with pytest.raises(
        ArgumentValueError, match=f"one of another \\({field} .*write a baseline here"
    ):
        regression.require_same_machine({**MACHINE, field: value}, MACHINE)


def test_another_clock_rate_is_the_same_machine():
    regression.require_same_machine({**MACHINE, "megahertz": 1000}, MACHINE)


def test_other_versions_and_settings_are_said():
    now = {
        **MACHINE,
        "versions": {"numba": "0.68", "numpy": "2.0"},
        "settings": {"FASTDEFECT_CPU": "avx2"},
    }
    assert regression.other_versions(MACHINE, now) == [
        "numba was 0.61, now 0.68",
        "FASTDEFECT_CPU was absent, now avx2",
    ]
    assert regression.other_versions(MACHINE, MACHINE) == []
