"""The build backend's parts that need no installer: a wheel with a library, and what is asked for where."""

import base64
import csv
import hashlib
import zipfile
from pathlib import Path

import pytest

from packaging_backend import dressing, freezing

METADATA = (
    "Metadata-Version: 2.4\nName: toy\nVersion: 1.2\n\nVersion: 9 is text of the description\n"
)
WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@pytest.fixture(name="pure")
def _pure(tmp_path: Path) -> Path:
    path = tmp_path / "toy-1.2-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as out:
        for name, text in (("METADATA", METADATA), ("WHEEL", WHEEL), ("RECORD", "")):
            out.writestr(f"toy-1.2.dist-info/{name}", text)
        out.writestr("toy/__init__.py", "x = 1\n")
    return path


def _contents(wheel: Path) -> dict[str, bytes]:
    """Files by name, once RECORD is right about all of them."""
    with zipfile.ZipFile(wheel) as source:
        files = {name: source.read(name) for name in source.namelist()}
    assert len(files) == len(zipfile.ZipFile(wheel).namelist())
    (own,) = (name for name in files if name.endswith("/RECORD"))
    for name, digest, size in csv.reader(files[own].decode().splitlines()):
        if name != own:
            told = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).decode()
            assert (digest, int(size)) == (f"sha256={told.rstrip('=')}", len(files[name]))
    return files


@pytest.mark.parametrize(("local", "version"), [("v3", "1.2+v3"), ("", "1.2")])
def test_a_wheel_with_a_library_says_for_what(
    pure: Path, tmp_path: Path, local: str, version: str
) -> None:
    library, out = tmp_path / "made.so", tmp_path / "out"
    library.write_bytes(b"\x7fELF")
    out.mkdir()
    wheel = dressing.dress(pure, out, library, "linux_x86_64", local)
    assert wheel == out / f"toy-{version}-py3-none-linux_x86_64.whl"
    files = _contents(wheel)
    own = f"toy-{version}.dist-info"
    assert files.pop(dressing.PLACE) == b"\x7fELF"
    assert set(files) == {f"{own}/METADATA", f"{own}/WHEEL", f"{own}/RECORD", "toy/__init__.py"}
    assert files[f"{own}/METADATA"].decode() == METADATA.replace(
        "Version: 1.2", f"Version: {version}"
    )
    told = files[f"{own}/WHEEL"].decode().splitlines()
    assert told[1:] == ["Root-Is-Purelib: false", "Tag: py3-none-linux_x86_64"]


def test_a_wheel_without_one_says_why(pure: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    wheel = dressing.remark(pure, tmp_path / "out", "no linker")
    assert wheel.name == pure.name
    files = _contents(wheel)
    assert files["toy-1.2.dist-info/FROZEN"] == b"no linker\n"
    assert files["toy-1.2.dist-info/WHEEL"].decode() == WHEEL
    assert dressing.PLACE not in files


IMPORTED = ["numpy", "numba", "opencv-python", "lazy-loader"]


@pytest.mark.parametrize(
    ("linker", "variables", "host", "asked"),
    [
        (True, {}, ("linux", "x86_64", "glibc"), IMPORTED),
        (True, {}, ("linux", "aarch64", "glibc"), IMPORTED),
        (True, {"PIP_NO_INDEX": "1"}, ("linux", "x86_64", "glibc"), IMPORTED),
        (False, {}, ("linux", "x86_64", "glibc"), [*IMPORTED, "ziglang"]),
        (False, {"PIP_NO_INDEX": "0"}, ("linux", "x86_64", "glibc"), [*IMPORTED, "ziglang"]),
        (False, {"PIP_NO_INDEX": "1"}, ("linux", "x86_64", "glibc"), []),
        (False, {"UV_OFFLINE": "true"}, ("linux", "x86_64", "glibc"), []),
        (True, {"FASTDEFECT_FROZEN": "off"}, ("linux", "x86_64", "glibc"), []),
        (True, {}, ("linux", "x86_64", ""), []),
        (True, {}, ("linux", "riscv64", "glibc"), []),
        (True, {}, ("darwin", "arm64", ""), []),
        (True, {}, ("win32", "AMD64", ""), []),
    ],
)
def test_what_freezing_needs_is_asked_for_where_it_can_be_done(
    monkeypatch: pytest.MonkeyPatch,
    linker: bool,
    variables: dict[str, str],
    host: tuple[str, str, str],
    asked: list[str],
) -> None:
    for name in ("PIP_NO_INDEX", "UV_NO_INDEX", "UV_OFFLINE", "FASTDEFECT_FROZEN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(freezing.sys, "platform", host[0])
    monkeypatch.setattr(freezing.platform, "machine", lambda: host[1])
    monkeypatch.setattr(freezing.platform, "libc_ver", lambda: (host[2], "2.36"))
    monkeypatch.setattr(freezing.shutil, "which", lambda name: f"/bin/{name}" if linker else None)
    monkeypatch.setattr(freezing, "find_spec", lambda name: None)
    found = freezing.requirements()
    assert [
        next(n for n in (*IMPORTED, "ziglang") if text.startswith(n)) for text in found
    ] == asked
    assert all(">=" in text for text in found)
