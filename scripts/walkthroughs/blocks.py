"""The template's commands, one after the other in one folder, each followed by what it printed."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_README = re.compile(r"^\{readme:(\w+)\}$", re.MULTILINE)
_CODE = re.compile(r"^\{code:([\w./-]+):(\w+)\}$", re.MULTILINE)
_COMMANDS = re.compile(r"^```sh\n(.*?)^```\n", re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[str]:
    """The fenced shell blocks of a template or of a document."""
    return _COMMANDS.findall(text)


def expanded(template: str) -> str:
    """The template with the README's commands and functions of files in their places."""
    template = _README.sub(lambda found: f"```sh\n{readme(found[1])}```", template)
    return _CODE.sub(lambda found: function(ROOT / found[1], found[2]), template)


def function(path: Path, name: str) -> str:
    """The lines of a function at the top of a Python file."""
    text = path.read_text("utf-8")
    (found,) = (each for each in ast.parse(text).body if getattr(each, "name", None) == name)
    return ast.get_source_segment(text, found) or ""


def readme(name: str) -> str:
    """A command of README.md."""
    script = ROOT / "scripts" / "readme_command"
    return subprocess.run([script, name], capture_output=True, text=True, check=True).stdout


def carried_out(template: str, run: Callable[[str], str]) -> str:
    """The template with the output of each command below it."""

    def with_output(found: re.Match[str]) -> str:
        printed = run(found[1])
        return found[0] + (f"\n```text\n{printed}\n```\n" if printed else "")

    return _COMMANDS.sub(with_output, template)


class Shell:
    """A folder in which blocks run; a status other than 0 is printed at the end of a block's output.

    Parameters
    ----------
    folder : Path
        A clone.
    installs : bool
        Whether the README's lines that make an environment are run, or it stands there already.
    """

    def __init__(self, folder: Path, installs: bool) -> None:
        self._folder, self._installs = folder, installs

    def __call__(self, block: str) -> str:
        """Run one block; returns what it printed, both streams as a terminal shows them."""
        done = subprocess.run(
            ["bash", "-c", block if self._installs else _without_installing(block)],
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        printed = done.stdout.rstrip()
        return "\n".join(
            filter(None, (printed, f"exit status {done.returncode}" if done.returncode else ""))
        )


def _without_installing(block: str) -> str:
    """The block without its parts that make an environment or install into it."""
    lines = (
        " && ".join(
            part
            for part in line.split(" && ")
            if "-m venv" not in part and "pip install" not in part
        )
        for line in block.splitlines()
    )
    return "\n".join(lines)
