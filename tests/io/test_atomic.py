"""One way to write a file: whole or not at all, whatever goes wrong on the way."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fastdefect import OutputError, io


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_an_error_at_any_step_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    def fails(*_arguments: object) -> None:
        raise error

    path = tmp_path / "model.json"
    path.write_text("older")
    monkeypatch.setattr(os, step, fails)
    with pytest.raises(OutputError if isinstance(error, OSError) else KeyboardInterrupt):
        io.write_text(path, "newer")
    assert path.read_text() == "older"
    assert os.listdir(tmp_path) == ["model.json"]


def test_the_content_is_on_the_disk_before_the_name_changes_hands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[object] = []
    sync, replace = os.fsync, os.replace

    def synced(file: int) -> None:
        done.append(os.fstat(file).st_size)
        sync(file)

    def replaced(beside: Path, name: Path) -> None:
        done.append(beside.name)
        replace(beside, name)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    for _ in range(2):
        io.write_bytes(tmp_path / "a.bin", b"12345")
    first, second = done[1], done[3]
    assert (done[0], done[2]) == (5, 5)
    assert first != second  # a name that nobody can guess
    assert os.listdir(tmp_path) == ["a.bin"]
