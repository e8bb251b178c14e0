"""The profile: percentiles, limits, web speed, the file, and two of them side by side."""

import copy
import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import schemas
from click.testing import CliRunner

import fastdefect
from fastdefect.cli.main import cli
from fastdefect.errors import ArgumentValueError, MissingPackageError
from fastdefect.kernels.roofline import ROUNDS
from fastdefect.optional import install_line
from fastdefect.perf import document as file
from fastdefect.perf import roofline, run
from fastdefect.perf.images import make
from fastdefect.perf.latency import Latency, histogram
from fastdefect.perf.web_speed import Web

STAGES = ["value_blur", "nl_means", "otsu_threshold", "defect_mask"]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits and starts that take no time."""
    measured = roofline.Roofline(1, 2e10, 8e10, 1e11)
    monkeypatch.setattr(roofline, "measure", lambda threads, size: measured)
    spread = SimpleNamespace(median=12.5)
    monkeypatch.setattr(run, "startup", lambda rounds: {"first image, warm cache": spread})


@pytest.fixture
def document(quick: None) -> dict:
    return run.machine_profile((40, 56), [1, 2], Web(1600, 0.5), seconds=0.01, command="me")


def test_percentiles_are_times_of_calls() -> None:
    found = Latency.of([float(n) for n in range(1, 1001)])
    assert (found.calls, found.p50, found.p99, found.p999, found.most) == (
        1000,
        501,
        991,
        1000,
        1000,
    )
    assert found.tail == pytest.approx(991 / 501)
    assert Latency.of([3.0]).p999 == 3


def test_every_call_is_in_the_histogram() -> None:
    found = histogram([1.0, 1.5, 2.0, 40.0, 40.0], bins=10)
    assert sum(found["counts"]) == 5
    assert len(found["edges"]) == 11
    assert sum(histogram([2.0, 2.0])["counts"]) == 2


def test_the_engine_profiles_itself() -> None:
    found = fastdefect.Engine((40, 56), threads=1).profile(make("cloth", (40, 56), 3), seconds=0.05)
    assert list(found.stages) == STAGES
    assert found.latency.calls == len(found.milliseconds) >= 20
    assert 0.5 < sum(stage.share for stage in found.stages.values()) <= 1
    blur = found.stages["value_blur"]
    pixels = 40 * 56 / (blur.latency.p50 / 1000)
    assert blur.bytes_per_second == pytest.approx(4 * pixels)
    assert blur.operations_per_second == pytest.approx(8 * pixels)
    assert "lanes" in found.stages["nl_means"].path or "loops" in found.stages["nl_means"].path
    with pytest.raises(ArgumentValueError, match="seconds"):
        fastdefect.Engine((8, 8)).profile(make("grey", (8, 8)), seconds=-1)


@pytest.mark.parametrize("threads", [1, 2])
def test_limits_count_what_the_loops_move_and_compute(threads: int) -> None:
    """On a clock that each look moves on by a millisecond, every loop takes one."""
    clock = (0.001 * look for look in range(10**6))
    found = roofline.measure(threads, 4096, seconds=0.0035, clock=clock.__next__)
    values = 64 * 2**20 // 4
    # triad, the better of the two at equal times: two values read and one written, 4 bytes each
    assert found.memory == pytest.approx(12 * values / 0.001)
    assert found.cache == pytest.approx(12 * 2**22 / 0.001)  # 4096 passes over 1024 values
    # a multiplication and an addition, ROUNDS times 2000 passes over 2048 values on each thread
    assert found.arithmetic == pytest.approx(2 * ROUNDS * 2000 * 2048 * threads / 0.001)
    assert found.threads == threads


@pytest.mark.parametrize(
    ("web", "shape", "milliseconds", "speed"),
    [
        (Web(512, 1), (512, 512), 1000, 0.512 * 60),  # one image a second, 512 mm long
        (Web(513, 1), (512, 512), 1000, 0.512 * 30),  # a second image beside it
        (Web(1600, 0.1), (1000, 16000), 100, 60),  # 16000 pixels, not one more
    ],
)
def test_web_speed(web: Web, shape: tuple[int, int], milliseconds: float, speed: float) -> None:
    assert web.metres_per_minute(shape, milliseconds) == pytest.approx(speed)


def test_the_line_for_the_plant() -> None:
    assert Web(1600, 0.2).sentence((1024, 2048), 4, 25.0) == (
        "With a web 1600 mm wide at 0.2 mm per pixel and 4 threads, this machine follows 123 m/min at p99."
    )
    with pytest.raises(ArgumentValueError, match="resolution"):
        Web(1600, 0)


def test_a_profile_of_the_machine(document: dict) -> None:
    assert [each["threads"] for each in document["runs"]] == [1, 2]
    assert len(document["megahertz"]) == len(document["celsius"]) == 3
    assert document["machine"]["versions"]["fastdefect"] == fastdefect.__version__
    assert document["memory"]["peak"] >= document["memory"]["before_plan"] > 0
    assert document["start_ms"] == {"first image, warm cache": 12.5}
    assert json.loads(json.dumps(document, allow_nan=False)) == document
    assert file.sentence(document).endswith("m/min at p99.")


def test_two_profiles_side_by_side(document: dict) -> None:
    other = copy.deepcopy(document)
    other["runs"] = other["runs"][:1]
    other["runs"][0]["latency"]["p99"] = 2 * document["runs"][0]["latency"]["p99"]
    sides = {side.what: side for side in file.compare(document, other)}
    assert sides["1 thread: image, p99, ms"].ratio == pytest.approx(2)
    assert sides["2 threads: image, p99, ms"].b is None
    assert sides["2 threads: image, p99, ms"].ratio is None
    other["shape"] = [1, 1]
    with pytest.raises(ArgumentValueError, match=r"one image shape.*40 × 56 and 1 × 1"):
        file.compare(document, other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"kind": "other", "format": 1}',
        '{"kind": "fastdefect profile", "format": 9}',
    ],
)
def test_foreign_files_are_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(ArgumentValueError, match=r"expected.*received.*--report"):
        file.read(path)


def test_the_command(quick: None, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="matplotlib is not installed (extra panel)")
    arguments = [
        "profile",
        "--shape",
        "40x56",
        "--seconds",
        "0.01",
        "--threads",
        "1",
        "--report",
        str(tmp_path),
    ]
    done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
    assert done.exit_code == 0
    assert "this machine follows" in done.stdout
    assert all(name in done.stdout for name in STAGES)
    assert {path.name for path in tmp_path.iterdir()} == {"profile.json", "profile.html"}
    schemas.check("profile.v1", json.loads((tmp_path / "profile.json").read_text("utf-8")))
    both = ["--compare", *[str(tmp_path / "profile.json")] * 2, "--report", str(tmp_path)]
    done = CliRunner().invoke(cli, ["profile", *both], catch_exceptions=False)
    assert done.exit_code == 0
    assert "1.00" in done.stdout
    assert (tmp_path / "compare.html").exists()


@pytest.mark.parametrize(
    "arguments", [["--shape", "5"], ["--shape", "0x4"], ["--threads", "0"], ["--seconds", "0"]]
)
def test_wrong_usage(arguments: list[str]) -> None:
    assert CliRunner().invoke(cli, ["profile", *arguments]).exit_code == 2


@pytest.mark.parametrize("package", ["jinja2", "matplotlib"])
def test_a_missing_package_is_said_before_measuring(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, package, None)
    monkeypatch.setattr(run, "machine_profile", lambda *a, **k: pytest.fail("measured"))
    done = CliRunner().invoke(cli, ["profile", "--report", str(tmp_path)])
    assert done.exit_code == 1
    assert install_line("report", package.partition(".")[0]) in done.stderr
    assert issubclass(MissingPackageError, ImportError)
