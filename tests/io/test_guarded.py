"""Every reader of the package against everything that is no regular file: refused at once, with its name and a remedy."""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

import fastdefect
from fastdefect import io
from fastdefect.bench.record import Record
from fastdefect.cli.main import cli
from fastdefect.detectors.calibrating.drift import Drift
from fastdefect.detectors.registry import load_detector
from fastdefect.detectors.texture.model import TextureModel
from fastdefect.evaluation.approval import file as approval
from fastdefect.evaluation.approval.run import approve
from fastdefect.io import guarded
from fastdefect.perf import document
from fastdefect.roi.area import read_area

# One line for each reader: the name that it is tested by, how it is called, the most bytes that it takes.
READERS: dict[str, tuple[Callable[[Path], object], int]] = {
    "image": (io.read_image, 8 * io.MAX_PIXELS),
    "mask": (io.read_mask, 8 * io.MAX_PIXELS),
    "area.json": (read_area, 64 * 2**20),
    "model": (load_detector, 4 * 2**20),
    "texture model": (TextureModel.load, 4 * 2**20),
    "approval": (approval.read, 16 * 2**20),
    "drift": (Drift.load, 4 * 2**20),
    "profile": (document.read, 16 * 2**20),
    "baseline": (Record.from_file, 16 * 2**20),
    "configuration": (lambda path: _command("detect", "--config", path, "x.png"), 2**20),
    "--roi": (lambda path: _command("detect", _photo(path), "--roi", path), 8 * io.MAX_PIXELS),
    "--ignore": (lambda path: _command("detect", _photo(path), "--ignore", path), 8 * io.MAX_PIXELS),
    "--model": (lambda path: _command("detect", _photo(path), "--model", path), 4 * 2**20),
    "--drift": (lambda path: _command("detect", _photo(path), "--model", _model(path), "--drift", path), 4 * 2**20),
    "warmup": (lambda path: _command("warmup", "--model", path), 4 * 2**20),
    "calibrate": (lambda path: _command("calibrate", path, path.parent), 4 * 2**20),
    "--against": (lambda path: _command("validate", "none", "--against", path), 16 * 2**20),
    "validate": (lambda path: _command("validate", path, "--against", _approval(path)), 4 * 2**20),
    "compare": (lambda path: _command("profile", "--compare", path, path), 16 * 2**20),
}  # fmt: skip

COMMANDS = {
    "configuration",
    "--roi",
    "--ignore",
    "--model",
    "warmup",
    "compare",
    "calibrate",
    "--against",
    "validate",
    "--drift",
}


class _Refused(fastdefect.FastDefectError):
    """What a command said."""


def _command(*arguments: object) -> None:
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    assert result.exit_code in (1, 2), result.output
    assert isinstance(result.exception, SystemExit), result.exception
    raise _Refused(result.stderr.replace("\n", " "))


def _photo(path: Path) -> Path:
    return io.write_image(path.parent / "photo.png", np.full((8, 9, 3), 90, np.uint8))


def _model(path: Path) -> Path:
    """A model's file."""
    TextureModel.zero_shot().save(path.parent / "zero.json")
    return path.parent / "zero.json"


def _approval(path: Path) -> Path:
    """What some model once made of one image."""
    detector = fastdefect.ArticleDetector()
    machine = {"processor": "", "path": "", "threads": 1, "versions": {}}
    made = approve(detector, b"", [("photo.png", _photo(path))], machine, threads=1)
    return approval.write(path.parent / "approval.json", made)


def _name(tmp_path: Path, reader: str) -> Path:
    return tmp_path / (reader if reader.endswith(".json") else f"{reader.strip('-')}.file")


def _folder(path: Path) -> None:
    path.mkdir()


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _null(path: Path) -> None:
    path.symlink_to("/dev/null")


def _loop(path: Path) -> None:
    path.symlink_to(path)


def _dangling(path: Path) -> None:
    path.symlink_to("nothing of that name")


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


def _sparse(path: Path) -> None:
    with open(path, "wb") as file:
        file.truncate(2**40)  # takes no room on the disk


SPECIAL: dict[str, tuple[Callable[[Path], None], str]] = {
    "folder": (_folder, "folder|directory"),
    "fifo": (_fifo, "device or pipe"),
    "device": (_device, "device or pipe"),
    "null": (_null, "device or pipe"),
    "loop": (_loop, "symbolic links"),
    "dangling link": (_dangling, "nothing of that name|does not exist"),
    "socket": (_socket, "socket"),
    "sparse terabyte": (_sparse, "1099511627776 bytes"),
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Short names: the path of a socket has room for some hundred bytes."""
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("special", SPECIAL)
@pytest.mark.parametrize("reader", READERS)
def test_no_reader_takes_what_is_no_file(tmp_path: Path, reader: str, special: str) -> None:
    make, words = SPECIAL[special]
    path = Path(_name(tmp_path, reader).name)
    make(path)
    caught: list[BaseException] = []

    def read() -> None:
        try:
            READERS[reader][0](path)
        except BaseException as error:
            caught.append(error)

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    thread.join(30)
    assert not thread.is_alive(), "it waits"
    (error,) = caught
    assert isinstance(error, fastdefect.FastDefectError), repr(error)
    message = str(error)
    assert path.name in message
    assert re.search(words, message), message


@pytest.mark.parametrize("reader", [name for name in READERS if READERS[name][1] < 2**28])
def test_no_reader_takes_a_byte_more_than_its_limit(tmp_path: Path, reader: str) -> None:
    path = _name(tmp_path, reader)
    most = READERS[reader][1]
    with open(path, "wb") as file:
        file.truncate(most + 1)
    with pytest.raises(fastdefect.FastDefectError, match=f"{most + 1} bytes, more than the {most}"):
        READERS[reader][0](path)


@pytest.mark.parametrize("reader", [name for name in READERS if name not in COMMANDS])
def test_a_name_with_a_null_character(reader: str) -> None:
    """No process can be started with such an argument; configuration files are tested in tests/cli."""
    with pytest.raises(fastdefect.FastDefectError, match="cannot be opened"):
        READERS[reader][0](Path("a\0b.json" if reader.endswith("json") else "a\0b"))


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", ["x" * 300, "\udcff\udcfe", ""])
def test_no_reader_fails_over_a_name(reader: str, name: str) -> None:
    with pytest.raises(fastdefect.FastDefectError):
        READERS[reader][0](Path(name + (".json" if reader.endswith("json") else "")))


def test_a_file_that_is_swapped_between_look_and_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name leads to a pipe as soon as the file is open: what was looked at is what is read."""
    path = tmp_path / "photo.png"
    image = np.full((8, 9, 3), 90, np.uint8)
    io.write_image(path, image)
    fstat = os.fstat

    def swapped(descriptor: int) -> os.stat_result:
        path.unlink()
        os.mkfifo(path)
        return fstat(descriptor)

    monkeypatch.setattr(guarded.os, "fstat", swapped)
    np.testing.assert_array_equal(io.read_image(path), image)


def test_a_file_that_grows_is_read_to_the_length_it_had(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "photo.bmp"
    good = bytes(cv2.imencode(".bmp", np.full((8, 9, 3), 90, np.uint8))[1])
    path.write_bytes(good)
    fstat = os.fstat

    def grows(descriptor: int) -> os.stat_result:
        status = fstat(descriptor)
        with open(path, "ab") as file:
            file.write(bytes(10_000))
        return status

    monkeypatch.setattr(guarded.os, "fstat", grows)

    def fault(sentence: str) -> Any:
        pytest.fail(sentence)

    assert io.read_file(path, 10**6, fault) == good


@pytest.mark.parametrize("step", ["open", "fstat", "read"])
@pytest.mark.parametrize("reader", [name for name in READERS if name not in COMMANDS])
def test_a_disk_that_fails_at_any_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: str, step: str
) -> None:
    def fails(*_arguments: object, **_options: object) -> Any:
        raise OSError(116, "Stale file handle")

    path = _name(tmp_path, reader)
    path.write_bytes(b"[]")
    with monkeypatch.context() as patched:
        if step == "read":
            patched.setattr(guarded, "open", fails, raising=False)
        else:
            patched.setattr(guarded.os, step, fails)
        caught = None
        try:
            READERS[reader][0](path)
        except BaseException as error:
            caught = error
    assert isinstance(caught, fastdefect.FastDefectError), repr(caught)
    assert path.name in str(caught)
    assert "Stale file handle" in str(caught)


def test_descriptors_are_closed(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        with pytest.raises(fastdefect.ImageReadError):
            io.read_image(path)
    assert len(os.listdir("/proc/self/fd")) == before
