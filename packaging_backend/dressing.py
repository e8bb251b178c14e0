"""Wheels out of a wheel: the pure one with a library of machine code, a platform and a local version.

A wheel is a zip archive whose file RECORD has the digests of all others, so one with one file more is that archive written
anew; nothing is built again, and one library serves all versions of Python.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import zipfile
from pathlib import Path

PLACE = "fastdefect/frozen/libfastdefect.so"
"""Where the package looks for it."""
REMARK = "FROZEN"
"""File beside the metadata of a wheel without a library: why it has none."""


def dress(pure: Path, folder: Path, library: Path, platform: str, local: str = "") -> Path:
    """Write the wheel with a library to a folder.

    Parameters
    ----------
    pure : Path
        A wheel as setuptools builds it.
    folder, library : Path
    platform : str
        ``linux_x86_64`` and the like.
    local : str
        What stands behind the version's plus sign; by default nothing.

    Returns
    -------
    Path
    """
    return _rewrite(pure, folder, f"py3-none-{platform}", local, {PLACE: library.read_bytes()})


def remark(pure: Path, folder: Path, said: str) -> Path:
    """Write the wheel to a folder, with what `fastdefect --version` says of its kernels."""
    return _rewrite(pure, folder, more={f"{_metadata(pure)}{REMARK}": f"{said}\n".encode()})


def _metadata(wheel: Path) -> str:
    name, version, _ = wheel.stem.split("-", 2)
    return f"{name}-{version}.dist-info/"


def _rewrite(
    pure: Path, folder: Path, tag: str = "", local: str = "", more: dict[str, bytes] | None = None
) -> Path:
    name, version, own = pure.stem.split("-", 2)
    full = f"{version}+{local}" if local else version
    made = folder / f"{name}-{full}-{tag or own}.whl"
    before, after = _metadata(pure), _metadata(made)
    with zipfile.ZipFile(pure) as source:
        files = {info.filename: source.read(info) for info in source.infolist()} | (more or {})
        date = source.getinfo(f"{before}METADATA").date_time
    del files[f"{before}RECORD"]
    files[f"{before}METADATA"] = _line(files[f"{before}METADATA"], "Version", full)
    if tag:
        wheel = _line(files[f"{before}WHEEL"], "Root-Is-Purelib", "false")
        files[f"{before}WHEEL"] = _line(wheel, "Tag", tag)
    files = {path.replace(before, after, 1): data for path, data in files.items()}
    files[f"{after}RECORD"] = _record(files, f"{after}RECORD")
    with zipfile.ZipFile(made, "w") as out:
        for path, data in files.items():
            info = zipfile.ZipInfo(path, date)
            info.external_attr = 0o100644 << 16
            out.writestr(info, data, zipfile.ZIP_DEFLATED)
    return made


def _line(text: bytes, name: str, value: str) -> bytes:
    """A header with another value."""
    found, count = re.subn(rf"(?m)^{name}: .*$", f"{name}: {value}", text.decode(), count=1)
    assert count == 1, name
    return found.encode()


def _record(files: dict[str, bytes], own: str) -> bytes:
    table = io.StringIO()
    rows = csv.writer(table, lineterminator="\n")
    for path, data in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        rows.writerow([path, f"sha256={digest}", len(data)])
    rows.writerow([own, "", ""])
    return table.getvalue().encode()
