"""The engine in C against bad arguments, several threads and allocations; sanitizers look on."""

from __future__ import annotations

import ctypes
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import ROOT
from engine_library import (
    ARGUMENT,
    OK,
    ORDER,
    ROOM,
    UNSUPPORTED,
    CEngine,
    Image,
    Outputs,
    Verdict,
    error,
    folder,
    library,
    params,
)
from test_engine_stages import spotted

from fastdefect.kernels._numba import COMPILED

# freezing takes two minutes of two processors for each level
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not COMPILED, reason="without the JIT nothing is frozen"),
]


def _refused(
    image: Any, outputs: dict[str, Image], pitch: int | None = None, channels: int = 3
) -> str:
    engine = CEngine(image.shape[:2])
    places, verdict = Outputs(**outputs), Verdict()
    status = library().fd_engine_run(
        engine.handle, image.ctypes.data, image.strides[0] if pitch is None else pitch, channels,
        ctypes.byref(places), ctypes.byref(verdict),
    )  # fmt: skip
    assert status == ARGUMENT
    return error()


def test_sets_of_nl_means_that_are_not_there() -> None:
    assert not library().fd_engine_create(5, 5, ctypes.byref(params(h=7.25)), 1)
    assert re.search(r"one of this library's \d+ sets .* received 7.25, 7, 22", error())
    assert library().fd_last_status() == UNSUPPORTED


def test_images_that_cannot_be_taken() -> None:
    image = spotted((20, 30, 3))
    at, room = image.ctypes.data, np.zeros((20, 64), np.uint8)
    assert "image: expected a pitch of at least a row's 90 bytes, received 89" in _refused(
        image, {}, 89
    )
    assert "image: expected a pitch of at least a row's 90 bytes, received -90" in _refused(
        image, {}, -90
    )
    assert "image: expected rows that lie in memory" in _refused(image, {}, 2**62)
    assert "channels: expected 1, 3 or 4, received 2" in _refused(image, {}, channels=2)
    assert "outputs.mask: expected memory of its own, received some of image" in _refused(
        image, {"mask": Image(at + 100, 30)}
    )
    assert "outputs.mask: expected memory of its own, received some of outputs.value" in _refused(
        image, {"value": Image(room.ctypes.data, 64), "mask": Image(room.ctypes.data + 29, 64)}
    )
    assert "outputs.hsv: expected NULL" in _refused(
        image, {"hsv": Image(room.ctypes.data, 99)}, channels=1
    )


def test_images_beside_each_other_are_taken() -> None:
    image, room = spotted((20, 30, 3)), np.zeros((20, 64), np.uint8)
    engine = CEngine((20, 30))
    engine(
        image,
        {"value": room[:, :30], "mask": room[:, 30:60], "binary": np.zeros((20, 30), np.uint8)},
    )
    assert np.array_equal(room[:, :30], image.max(axis=2))
    assert not room[:, 60:].any()


def test_nothing_is_asked_of_nothing() -> None:
    verdict, count = Verdict(), ctypes.c_int64(0)
    nothing = library().fd_engine_run(None, None, 0, 3, None, ctypes.byref(verdict))
    assert nothing == ARGUMENT
    assert library().fd_engine_defects(None, None, None, None, None) == ARGUMENT
    engine, places = CEngine((5, 5)), ctypes.byref(count)
    assert library().fd_engine_defects(engine.handle, None, places, None, places) == ORDER
    engine(spotted((5, 5, 3)))
    assert library().fd_engine_defects(engine.handle, None, places, None, places) == ORDER
    assert "params.most_runs" in error()
    library().fd_engine_destroy(None)


def test_more_runs_than_room() -> None:
    checked = np.indices((40, 40)).sum(axis=0).astype(np.uint8) % 2 * 255
    engine = CEngine(
        (40, 40), most_runs=3, blur_width=1, blur_height=1, structuring_width=1, structuring_height=1, h=3.0,
        search_window=21,
    )  # fmt: skip
    engine(checked)
    count, runs = ctypes.c_int64(0), ctypes.c_int64(0)
    ask = library().fd_engine_defects
    assert ask(engine.handle, None, ctypes.byref(count), None, ctypes.byref(runs)) == ROOM
    assert re.search(r"params.most_runs: expected at least \d+ for this image, received 3", error())
    engine(np.zeros((40, 40), np.uint8))
    assert ask(engine.handle, None, ctypes.byref(count), None, ctypes.byref(runs)) in (OK, ROOM)


def _program(name: str, place: Path) -> Path:
    lib = folder() / "lib"
    subprocess.run(
        [
            "cc", "-std=c11", "-O1", "-D_GNU_SOURCE", "-pthread", str(ROOT / f"scripts/engine/{name}.c"), "-lm",
            f"-I{folder() / 'include'}", f"-L{lib}", "-lfastdefect", f"-Wl,-rpath,{lib}", "-o", str(place / name),
        ],
        check=True,
    )  # fmt: skip
    return place / name


def _said(*command: str | Path) -> str:
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_ten_thousand_sets_of_arguments(tmp_path: Path) -> None:
    said = _said(_program("fuzz", tmp_path), "10000")
    engines, images = map(int, re.findall(r"(\d+) (?:engines|images)", said))
    assert 2000 < engines < 9000
    assert images > 2000


def test_frames_ask_for_no_memory(tmp_path: Path) -> None:
    assert _said(_program("allocations", tmp_path), "20").endswith("to make it, 0 in 20 frames\n")


def test_hosts_with_threads(tmp_path: Path) -> None:
    assert "4 threads, 20 frames: 0 wrong" in _said(_program("hosts", tmp_path), "4", "20")


def test_sanitizers_find_nothing() -> None:
    said = _said(sys.executable, ROOT / "scripts/engine/check.py", folder(), "--sets", "500")
    assert said.count(": clean") >= 5
    assert "NOT CLEAN" not in said
