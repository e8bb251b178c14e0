"""``fastdefect bench`` with small contenders of its own: what it prints, what it writes, how it ends."""

from __future__ import annotations

import json
import time
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from fastdefect import ArgumentValueError
from fastdefect.bench.cases import Subjects
from fastdefect.bench.parity import ParityError
from fastdefect.cli import bench_subjects
from fastdefect.cli.bench import bench as command


def table(pause=0.0, fault=0):
    """A back end with one operation, slowed down and spoilt on request."""

    def dilate(shape, ksize, workers):
        def step(src, out):
            cv2.dilate(src, np.ones(ksize[::-1], np.uint8), out)
            out[2, 3] ^= fault
            time.sleep(pause)

        return step

    return SimpleNamespace(name="fake", dilate=dilate)


@pytest.fixture
def contenders(monkeypatch):
    """The package's back ends; a test changes an entry."""
    tables = {"numba": table()}
    house = Subjects(tables.__getitem__, lambda threads: None, None, None, None)
    monkeypatch.setattr(bench_subjects, "subjects", lambda: house)
    return tables


def bench(*arguments):
    fixed = ["--size", "16x24", "--threads", "1", "--seconds", "0.01", "--row", "dilate"]
    return CliRunner().invoke(command, [*fixed, *map(str, arguments)])


def test_the_table_shows_both_sides_and_the_machine(contenders):
    result = bench()
    assert result.exit_code == 0, result.output
    assert "16 x 24 pixels, 1 thread on both sides" in result.output
    assert "dilate" in result.output
    assert "numpy" in result.output
    assert "equal byte for byte" in result.output


def test_a_difference_is_never_timed(contenders):
    contenders["numba"] = table(fault=1)
    result = bench()
    assert isinstance(result.exception, ParityError)
    assert "dilate 16x24 on 1 thread(s)" in str(result.exception)
    assert "at (2, 3)" in str(result.exception)


def test_opencv_has_its_threads_back(contenders):
    before = cv2.getNumThreads()
    bench()
    contenders["numba"] = table(fault=1)
    bench()
    assert cv2.getNumThreads() == before


@pytest.mark.parametrize("option", ["--save", "--json"])
def test_figures_are_saved(contenders, tmp_path, option):
    file = tmp_path / "rows.json"
    assert bench(option, file).exit_code == 0
    document = json.loads(file.read_text())
    assert [row["id"] for row in document["rows"]] == ["dilate/16x24/1t"]
    assert document["rows"][0]["ratio"]["median"] > 0
    assert list(tmp_path.iterdir()) == [file]


def test_the_gate_passes_and_fails(contenders, tmp_path):
    file = tmp_path / "rows.json"
    bench("--save", file)
    passed = bench("--baseline", file, "--fail-above", "60%")
    assert passed.exit_code == 0, passed.output
    assert "Passed" in passed.output
    contenders["numba"] = table(pause=0.002)
    failed = bench("--baseline", file, "--fail-above", "60%")
    assert failed.exit_code == 1
    assert "Failed: 1 of 1 rows" in failed.output


def test_a_baseline_of_another_machine_is_refused_before_measuring(contenders, tmp_path):
    file = tmp_path / "rows.json"
    bench("--save", file)
    document = json.loads(file.read_text())
    document["machine"]["processor"] = "Other 1"
    file.write_text(json.dumps(document))
    contenders.clear()  # measuring would raise a KeyError
    result = bench("--baseline", file)
    assert isinstance(result.exception, ArgumentValueError)
    assert "Other 1" in str(result.exception)


def test_a_baseline_of_another_version_is_said(contenders, tmp_path):
    file = tmp_path / "rows.json"
    bench("--save", file)
    document = json.loads(file.read_text())
    document["machine"]["versions"]["numba"] = "0.1"
    file.write_text(json.dumps(document))
    result = bench("--baseline", file, "--fail-above", "60%")
    assert result.exit_code == 0
    assert "numba was 0.1" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [("--size", "16"), ("--size", "0x5"), ("--size", "axb"), ("--fail-above", "x"), ("--fail-above", "100%"),
     ("--fail-above", "nan"), ("--threads", "0"), ("--threads", "257"), ("--seconds", "0")],
)  # fmt: skip
def test_impossible_options_are_refused(contenders, arguments):
    result = bench(*arguments)
    assert result.exit_code == 2
    assert "Invalid value" in result.output


def test_an_unknown_row_is_refused(contenders):
    result = bench("--row", "dilation")
    assert isinstance(result.exception, ArgumentValueError)
    assert "nl_means" in str(result.exception)
