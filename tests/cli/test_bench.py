"""``fastdefect bench`` with small back ends of its own and a clock of its own: what it prints, writes, how it ends."""

from __future__ import annotations

import hashlib
import json
from functools import partial
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from fastdefect import ArgumentValueError
from fastdefect.bench import cases, compare
from fastdefect.bench.parity import ParityError
from fastdefect.cli.bench.command import bench as command
from fastdefect.kernels._numba import PATHS


class Clock:
    """A clock that each look moves on by about a millisecond, exact in binary; what else takes time says so."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        self.now += 2**-10
        return self.now


CLOCK = Clock()


def table(pause=0.0, fault=0):
    """A back end with one operation, slowed down and spoilt on request."""

    def dilate(shape, ksize, workers):
        def step(src, out):
            cv2.dilate(src, np.ones(ksize[::-1], np.uint8), out)
            out[2, 3] ^= fault
            CLOCK.now += pause

        return step

    return SimpleNamespace(name="fake", dilate=dilate)


@pytest.fixture
def backends(monkeypatch):
    """The package's back ends; a test changes an entry."""
    tables = {"numba": table()}
    monkeypatch.setattr(cases, "load", tables.__getitem__)
    monkeypatch.setattr(compare, "compare", partial(compare.compare, clock=CLOCK))
    return tables


def bench(*arguments):
    fixed = ["--size", "16x24", "--threads", "1", "--seconds", "0.01", "--row", "dilate"]
    return CliRunner().invoke(command, [*fixed, *map(str, arguments)])


def test_the_table_shows_both_sides_and_the_machine(backends):
    result = bench()
    assert result.exit_code == 0, result.output
    assert "16 x 24 pixels, 1 thread on both sides" in result.output
    assert "dilate" in result.output
    assert "numpy" in result.output
    assert "equal byte for byte" in result.output


def test_a_difference_is_never_timed(backends):
    backends["numba"] = table(fault=1)
    result = bench()
    assert isinstance(result.exception, ParityError)
    assert "dilate 16x24 on 1 thread(s)" in str(result.exception)
    assert "at (2, 3)" in str(result.exception)


def test_opencv_has_its_threads_back(backends):
    before = cv2.getNumThreads()
    bench()
    backends["numba"] = table(fault=1)
    bench()
    assert cv2.getNumThreads() == before


@pytest.mark.parametrize("option", ["--save", "--json"])
def test_figures_are_saved(backends, tmp_path, option):
    file = tmp_path / "rows.json"
    assert bench(option, file).exit_code == 0
    document = json.loads(file.read_text())
    (run,) = document["runs"]
    assert run["path"] in PATHS
    assert [row["id"] for row in run["rows"]] == ["dilate/16x24/1t"]
    assert run["rows"][0]["ratio"]["median"] == pytest.approx(1)
    assert list(tmp_path.iterdir()) == [file]


def test_figures_are_written_for_other_tools(backends, tmp_path):
    google, metrics, own = (tmp_path / name for name in ("google.json", "metrics.json", "own.json"))
    result = bench("--google-json", google, "--bencher-json", metrics, "--save", own)
    assert result.exit_code == 0, result.output
    (row,) = json.loads(own.read_text())["runs"][0]["rows"]
    document = json.loads(google.read_text())
    names = [entry["run_name"] for entry in document["benchmarks"]]
    assert names == ["dilate/16x24/1t", "dilate/16x24/1t/baseline"]
    first = document["benchmarks"][0]
    assert (first["real_time"], first["time_unit"]) == (row["subject_ms"]["median"], "ms")
    assert first["digest"] == row["digest"]
    assert {"governor", "affinity", "turbo"} == set(document["context"]["machine"]["scheduling"])
    found = json.loads(metrics.read_text())["dilate/16x24/1t"]
    assert found["latency"]["value"] == pytest.approx(1e6 * row["subject_ms"]["median"])
    assert found["times-as-fast"]["value"] == row["ratio"]["median"]
    assert found["latency"]["lower_value"] <= found["latency"]["upper_value"]


def test_the_digest_is_that_of_the_answer(backends, tmp_path):
    image = compare.picture("binary", (16, 24), 1)
    expected = cv2.dilate(image, np.ones((5, 5), np.uint8))
    bench("--save", tmp_path / "rows.json")
    (row,) = json.loads((tmp_path / "rows.json").read_text())["runs"][0]["rows"]
    assert row["digest"] == hashlib.sha256(expected.tobytes()).hexdigest()


def test_rows_that_were_held_back_say_so(backends, monkeypatch):
    looks = iter(range(0, 40, 4))
    monkeypatch.setattr(compare, "times_held_back", lambda: next(looks))
    assert "slowed the processor in 1 of 1 row" in bench().output
    monkeypatch.setattr(compare, "times_held_back", lambda: 3)
    assert "Held back" not in bench().output


def test_the_gate_passes_and_fails(backends, tmp_path):
    file = tmp_path / "rows.json"
    bench("--save", file)
    passed = bench("--baseline", file, "--fail-above", "60%")
    assert passed.exit_code == 0, passed.output
    assert "Passed" in passed.output
    backends["numba"] = table(pause=2**-9)
    failed = bench("--baseline", file, "--fail-above", "60%")
    assert failed.exit_code == 1
    assert "Failed: 1 of 1 rows" in failed.output


def test_a_loss_within_the_noise_is_not_judged(backends, tmp_path):
    """The same loss as above, but the baseline's ratios scatter by more."""
    file = tmp_path / "rows.json"
    bench("--save", file)
    document = json.loads(file.read_text())
    ratio = document["runs"][0]["rows"][0]["ratio"]
    ratio["low"], ratio["high"] = 0.0, 2.0
    file.write_text(json.dumps(document))
    backends["numba"] = table(pause=2**-9)
    result = bench("--baseline", file, "--fail-above", "60%")
    assert result.exit_code == 0, result.output
    assert "within noise: ± 100.0%" in result.output
    assert "Not judged: 1 row whose noise alone is more than 60%" in result.output


def test_the_ratio_is_printed_with_its_spread(backends, tmp_path):
    file = tmp_path / "rows.json"
    saved = bench("--save", file)
    assert "1.00 (1.00 - 1.00)" in saved.output
    assert bench("--baseline", file).output.count("1.00 (1.00 - 1.00)") == 3  # row, baseline, now


def test_a_baseline_of_another_machine_is_refused_before_measuring(backends, tmp_path):
    file = tmp_path / "rows.json"
    bench("--save", file)
    document = json.loads(file.read_text())
    document["runs"][0]["machine"]["processor"] = "Other 1"
    file.write_text(json.dumps(document))
    backends.clear()  # measuring would raise a KeyError
    result = bench("--baseline", file)
    assert isinstance(result.exception, ArgumentValueError)
    assert "Other 1" in str(result.exception)


def test_a_baseline_of_another_path_is_refused(backends, tmp_path):
    file = tmp_path / "rows.json"
    bench("--save", file)
    document = json.loads(file.read_text())
    document["runs"][0]["path"] = "elsewhere"
    file.write_text(json.dumps(document))
    result = bench("--baseline", file)
    assert isinstance(result.exception, ArgumentValueError)
    assert "received runs of elsewhere" in str(result.exception)


@pytest.mark.long
def test_peers_are_printed_with_what_differs(backends):
    result = bench("--peers")
    assert result.exit_code == 0, result.output
    for name in ("skimage.restoration.denoise_nl_means", "skimage.morphology.dilation"):
        assert name in result.output
    assert "same values on this image" in result.output
    assert "not comparable byte for byte" in result.output


def test_a_baseline_of_another_version_is_said(backends, tmp_path):
    file = tmp_path / "rows.json"
    bench("--save", file)
    document = json.loads(file.read_text())
    document["runs"][0]["machine"]["versions"]["numba"] = "0.1"
    file.write_text(json.dumps(document))
    result = bench("--baseline", file, "--fail-above", "60%")
    assert result.exit_code == 0
    assert "numba was 0.1" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [("--size", "16"), ("--size", "0x5"), ("--size", "axb"), ("--fail-above", "x"), ("--fail-above", "100%"),
     ("--fail-above", "nan"), ("--threads", "0"), ("--threads", "257"), ("--seconds", "0")],
)  # fmt: skip
def test_impossible_options_are_refused(backends, arguments):
    result = bench(*arguments)
    assert result.exit_code == 2
    assert "Invalid value" in result.output


def test_an_unknown_row_is_refused(backends):
    result = bench("--row", "dilation")
    assert isinstance(result.exception, ArgumentValueError)
    assert "nl_means" in str(result.exception)
