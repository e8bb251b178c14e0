"""The command itself: help, versions, errors, and that it starts without heavy libraries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import fastdefect
from fastdefect.cli import main as front

HEAVY = {"numba", "llvmlite", "matplotlib", "cv2", "skimage", "scipy", "pandas"}


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "fastdefect", *arguments]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def test_help_names_every_command() -> None:
    result = CliRunner().invoke(front.cli, ["--help"])
    assert result.exit_code == 0
    for word in (*front.COMMANDS, "--version", "Exit status"):
        assert word in result.output
    assert max(map(len, result.output.splitlines())) <= 80


@pytest.mark.parametrize(("alias", "name"), front.ALIASES.items())
def test_a_second_name_is_the_same_command_and_told(alias: str, name: str) -> None:
    helps = [CliRunner().invoke(front.cli, [word, "--help"]).output for word in (alias, name)]
    assert f"`fastdefect {alias}`" in helps[1]
    assert helps[0].replace(alias, name, 1) == helps[1]


@pytest.mark.parametrize("name", front.COMMANDS)
def test_help_of_each_command_has_an_example(name: str) -> None:
    result = CliRunner().invoke(front.cli, [name, "--help"])
    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"  fastdefect {name}" in result.output


def test_versions() -> None:
    result = CliRunner().invoke(front.cli, ["--version"])
    assert result.exit_code == 0
    assert f"fastdefect {fastdefect.__version__}" in result.output
    for word in ("numba ", "numpy ", "OpenCV ", "Python "):
        assert word in result.output
    assert "not installed" not in result.output


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], *([name, "--help"] for name in front.COMMANDS)],
)
def test_help_and_versions_load_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom fastdefect.cli.main import cli\n"
        f"try: cli({arguments!r})\nexcept SystemExit: pass\n"
        f"print(sorted({HEAVY!r} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["detect"], ["detect", "x.png", "--threads", "0"], ["detect", "--frobnicate"]],
)
def test_wrong_usage_has_exit_status_2(arguments: list[str]) -> None:
    result = CliRunner().invoke(front.cli, arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Error: " in result.stderr


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (fastdefect.ArgumentValueError("h: expected one, received two; pass one"), 2),
        (fastdefect.ArgumentTypeError("h: expected one, received two; pass one"), 2),
        (fastdefect.OutputError("there: cannot be written"), 1),
        (fastdefect.MissingPackageError("run pip"), 1),
        (fastdefect.ModelFileError("foreign"), 1),
    ],
)
def test_errors_of_the_package_are_one_line(
    error: Exception, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    def failing() -> None:
        raise error

    monkeypatch.setattr(front.Commands, "get_command", lambda *_arguments: failing)
    result = CliRunner().invoke(front.cli, ["failing"])
    assert result.exit_code == status
    assert result.stdout == ""
    assert result.stderr == f"Error: {error}\n"


def test_as_a_process(tmp_path: Path) -> None:
    assert command("--version").stdout.startswith("fastdefect ")
    missing = command("detect", str(tmp_path / "no.png"), "--out", str(tmp_path / "out"))
    assert missing.returncode == 1
    assert str(tmp_path / "no.png") in missing.stderr
    assert "Traceback" not in missing.stderr
    assert missing.stdout == ""
