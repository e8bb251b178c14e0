"""What the Dockerfile does, in plain commands: installed by one user, used by another without a home who may not write."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
PREFIX = "/opt/fastdefect"
NOBODY = 65534


def environment(prefix: Path | str) -> dict[str, str]:
    """The variables of the image, and no others; its folder is ``prefix``."""
    (block,) = re.findall(r"^ENV ((?:.*\\\n)*.*)$", DOCKERFILE, re.MULTILINE)
    words = block.replace("\\\n", " ").replace(PREFIX, str(prefix)).split()
    return dict(word.split("=", 1) for word in words)


def test_the_image_is_made_by_the_script_and_run_by_nobody() -> None:
    lines = DOCKERFILE.splitlines()
    assert f"RUN /source/scripts/image {PREFIX}" in lines
    assert f"USER {NOBODY}:{NOBODY}" in lines
    assert lines.index(f"USER {NOBODY}:{NOBODY}") > lines.index(
        f"COPY --from=build {PREFIX} {PREFIX}"
    )
    chosen = environment(PREFIX)
    assert chosen["HOME"] == "/nonexistent"
    assert chosen["NUMBA_CACHE_DIR"] == f"{PREFIX}/kernels"
    assert 'NUMBA_CACHE_DIR="$prefix/kernels"' in (ROOT / "scripts" / "image").read_text("utf-8")


def test_what_is_copied_is_what_the_installation_reads() -> None:
    kept = re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    assert all((ROOT / name).exists() for name in kept)
    read = re.findall(r'"(README.md|LICENSE)"', (ROOT / "pyproject.toml").read_text("utf-8"))
    assert {*read, "fastdefect", "pyproject.toml", "scripts/image"} <= set(kept)


@pytest.fixture(name="place")
def _place() -> Iterator[Path]:
    """A folder that other users may enter, unlike pytest's."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.long  # an environment of its own, and all kernels
def test_a_user_without_a_home_inspects(place: Path) -> None:
    if os.geteuid() or not shutil.which("setpriv"):
        pytest.skip("only root can become another user")
    prefix, data, out = place / "fastdefect", place / "data", place / "out"
    subprocess.run(
        [ROOT / "scripts" / "image", prefix],
        env=os.environ | {"PYTHON": getattr(sys, "_base_executable", sys.executable)},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    for folder in (data, out):
        folder.mkdir()
    shutil.copy(ROOT / "bench_images" / "hole_canvas.png", data)
    os.chown(out, NOBODY, NOBODY)
    before = sorted(place.rglob("*"))
    setpriv = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    inspect = ["fastdefect", "detect", data, "--out", out, "--panel", "--report", out / "report.html"]  # fmt: skip
    temporary = {"TMPDIR": str(out)}  # the image has one of its own
    done = subprocess.run(
        [*setpriv, *inspect],
        env=environment(prefix) | temporary | {"MPLCONFIGDIR": str(out)},
        cwd=data,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert re.search(r"hole_canvas\.png  DEFECT +score 1,260", done.stdout)
    assert "compiling" not in done.stdout
    assert [line for line in done.stderr.splitlines() if not line.startswith("Note: ")] == []
    written = set(place.rglob("*")) - set(before)
    assert {out / "report.html", out / "hole_canvas_overlay.png", out / "hole_canvas_panel.png"} <= written  # fmt: skip
    assert all(path.is_relative_to(out) for path in written)
