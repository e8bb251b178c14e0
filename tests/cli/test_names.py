"""Names on the terminal: shown, never obeyed, whatever characters they hold."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from fastdefect import io
from fastdefect.cli.main import cli
from fastdefect.io import printable

NAMES = {
    "escape": ("a\x1b[2Jb", r"a\x1b[2Jb"),
    "bell": ("a\x07", r"a\x07"),
    "newline": ("a\nError: b", r"a\x0aError: b"),
    "return": ("a\rb", r"a\x0db"),
    "C1": ("a\x9b31m", r"a\u009b31m"),
    "delete": ("a\x7f", r"a\x7f"),
    "line separator": ("a\u2028b", r"a\u2028b"),
    "right to left": ("a\u202egnp.exe", r"a\u202egnp.exe"),
    "no UTF-8": ("a\udcff\udcfe", r"a\xff\xfe"),
    "letters": ("Gewebe äöü 布地 ткань 🧵", "Gewebe äöü 布地 ткань 🧵"),
}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shown(name: str) -> None:
    text, shown = NAMES[name]
    assert printable(text) == shown
    assert printable(Path(text)) == shown
    shown.encode()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "command", ["good", "damaged", "missing", "unused", "model", "config", "fit", "evaluate"]
)
def test_no_name_reaches_the_terminal_as_it_is(
    tmp_path: Path, name: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text, shown = NAMES[name]
    image = np.full((24, 32, 3), 90, np.uint8)
    io.write_image("x.png", image)
    os.makedirs("data/train/good")
    if command in {"good", "unused"}:
        io.write_image(f"{text}.png", image)
    elif command == "damaged":
        Path(f"{text}.png").write_bytes(b"no image")
    Path("data", f"{text}.txt").touch()
    io.write_image("data/y.png", image)
    arguments = {
        "good": ["detect", f"{text}.png", "x.png", "--no-overlay"],
        "damaged": ["detect", f"{text}.png"],
        "missing": ["detect", f"{text}.png"],
        "unused": ["detect", "data", "--no-overlay"],
        "model": ["detect", "x.png", "--model", text],
        "config": ["detect", "x.png", "--config", text],
        "fit": ["fit", text, "--out", "m.json"],
        "evaluate": ["evaluate", text],
    }[command]
    result = CliRunner().invoke(cli, arguments)
    output = result.stdout + result.stderr
    assert shown in output.replace("\n", "\n") or command in {"fit", "evaluate"}
    if shown != text:
        assert text not in output
        assert not {"\x1b", "\x07", "\r", "\x9b", "\x7f", "\u2028", "\u202e"} & set(output)


def test_json_lines_of_such_names_are_read_by_a_program(tmp_path: Path) -> None:
    """The whole way through a process whose standard output is strict UTF-8."""
    name = os.fsencode(tmp_path) + b"/a\xff\x1b.png"
    Path(os.fsdecode(name)).write_bytes(b"no image")
    run = subprocess.run(
        [sys.executable, "-m", "fastdefect", "detect", name], capture_output=True, check=False, cwd=tmp_path,
    )  # fmt: skip
    assert run.returncode == 1
    assert rb"a\xff\x1b.png: expected an image file" in run.stderr
    assert b"\x1b" not in run.stderr
