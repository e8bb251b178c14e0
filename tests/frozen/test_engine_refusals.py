"""What the engine in C refuses before it looks for kernels: its C part alone, built without any."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from typing import Any

import numpy as np
import pytest
from engine_library import ARGUMENT, UNSUPPORTED, bound, params
from test_engine_texture import model

from fastdefect.freezer import engine_data
from fastdefect.freezer.linking import SOURCE
from fastdefect.freezer.texture_file import packed

BAD: dict[str, tuple[tuple[int, int], int, dict[str, Any]]] = {
    "width: expected 1 ... 1048576, received 0": ((0, 5), 1, {}),
    "height: expected 1 ... 1048576, received -3": ((5, -3), 1, {}),
    "width, height: expected at most 2^30 pixels": ((1 << 20, 1 << 20), 1, {}),
    "threads: expected 1 ... 256, received 0": ((5, 5), 0, {}),
    "threads: expected 1 ... 256, received 257": ((5, 5), 257, {}),
    "params: expected a structure of": ((5, 5), 1, {"size": 3}),
    "params.level: expected 2 ... 4, received 1": ((5, 5), 1, {"level": 1}),
    "params.blur_width: expected 1 ... 255, received 256": ((5, 5), 1, {"blur_width": 256}),
    "params.structuring_height: expected 1 ... 63, received 0": (
        (5, 5),
        1,
        {"structuring_height": 0},
    ),
    "params.h: expected a finite number": ((5, 5), 1, {"h": float("nan")}),
    "params.max_dark_pixels: expected 0 ...": ((5, 5), 1, {"max_dark_pixels": -1}),
    "params.most_runs: expected 0 ...": ((5, 5), 1, {"most_runs": -1}),
    "params.merge_distance: expected 0 ... 255": ((5, 5), 1, {"merge_distance": 256}),
    "OpenCV's mean of 2 pixels": ((5, 5), 1, {"blur_width": 2, "blur_height": 1}),
    "expected a processor that this library has machine code for": ((5, 5), 1, {}),
}
SUPPORT = "mean of 2", "machine code"


@pytest.fixture(scope="module", name="alone")
def _alone(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A library of the C part, for no level."""
    if shutil.which("cc") is None:
        pytest.skip("no C compiler is installed")
    made = tmp_path_factory.mktemp("engine")
    (made / "constants.h").write_text(engine_data.constants(), "utf-8")
    (made / "common.c").write_text(
        engine_data.common([]) + "const char fd_table_text[1];\n", "utf-8"
    )
    sources = [made / "common.c", *SOURCE.glob("*.c")]
    command = "cc", "-std=c11", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-pthread"
    places = f"-I{SOURCE}", f"-I{made}", "-lm", "-o", made / "alone.so"
    subprocess.run([*map(str, (*command, *sources, *places))], check=True)
    return bound(made / "alone.so")


@pytest.mark.parametrize("words", BAD)
def test_an_engine_that_cannot_be_made(words: str, alone: Any) -> None:
    (width, height), threads, values = BAD[words]
    given = params(alone, **values)
    assert not alone.fd_engine_create(width, height, ctypes.byref(given), threads)
    assert words in alone.fd_last_error().decode()
    unknown = any(part in words for part in SUPPORT)
    assert alone.fd_last_status() == (UNSUPPORTED if unknown else ARGUMENT)


def test_parameters_belong_to_a_structure(alone: Any) -> None:
    assert alone.fd_params_default(None, 88) == ARGUMENT
    assert alone.fd_params_default(ctypes.byref(params(alone)), 7) == ARGUMENT
    assert "received 7" in alone.fd_last_error().decode()


@pytest.mark.parametrize("at", [0, 17, 21, 24, 40, 100, 180])
def test_a_damaged_model_is_refused(at: int, alone: Any) -> None:
    content = packed(model())
    flipped = content[:at] + bytes([content[at] ^ 64]) + content[at + 1 :]
    for damaged in (content[:at], flipped, content + b"\0"):
        assert not alone.fd_texture_create(damaged, len(damaged), 112, 96, 0, 1)
        assert "file: expected" in alone.fd_last_error().decode()
    assert not alone.fd_texture_create(None, 0, 112, 96, 0, 1)
    assert "file: expected an address" in alone.fd_last_error().decode()


def test_a_model_belongs_to_the_width_of_its_profile(alone: Any) -> None:
    content = packed(model(profile=np.zeros(112, np.int16)))
    for width, words in ((113, "width: expected 112 as the model's"), (112, "machine code for")):
        assert not alone.fd_texture_create(content, len(content), width, 96, 0, 1)
        assert words in alone.fd_last_error().decode()


def test_every_number_is_read_in_c() -> None:
    text = "".join(path.read_text("utf-8") for path in SOURCE.glob("*.[ch]"))
    names = [line.split()[1] for line in engine_data.constants().splitlines()]
    assert [name for name in names if name not in text] == []
