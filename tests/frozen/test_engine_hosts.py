"""The examples in C and C++, built and run against a frozen library: the verdicts of the Python package."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import cv2
import numpy as np
import pytest
from conftest import ROOT
from engine_library import folder

import fastdefect
from bench_images import render
from fastdefect.kernels._numba import COMPILED

# freezing takes two minutes of two processors for each level
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not COMPILED, reason="without the JIT nothing is frozen"),
]
IMAGE = "stain_calico"


def run(*command: str | Path, status: int = 0) -> str:
    """What a command prints; it finds the library by its own place."""
    told = {
        "LD_LIBRARY_PATH": str(folder() / "lib"),
        "PKG_CONFIG_PATH": str(folder() / "lib/pkgconfig"),
    }
    done = subprocess.run(
        [*map(str, command)], env=os.environ | told, capture_output=True, text=True, check=False
    )
    assert done.returncode == status, done.stderr
    return done.stdout


def flags(*packages: str) -> list[str]:
    if shutil.which("pkg-config") is None:
        pytest.skip("pkg-config is not installed")
    return run("pkg-config", "--cflags", "--libs", *packages).split()


def verdict_of_frame(program: Path, folder_of_frame: Path) -> None:
    """Run the example on an image, and compare."""
    image = render(IMAGE)[0]
    frame = folder_of_frame / "frame.bgr"
    frame.write_bytes(image.tobytes())
    height, width = image.shape[:2]
    wanted = fastdefect.detect(image)
    for threads in ("1", "3"):
        words, numbers, *defects = run(
            program, frame, str(width), str(height), threads, status=int(wanted.is_defective)
        ).splitlines()
        assert words == wanted.words
        assert numbers.startswith(
            f"threshold {wanted.otsu_threshold}, dark pixels {wanted.zero_count}, "
        )
        rows = [
            f"defect {d.label}: rows {d.bbox[0]}-{d.bbox[2]}, columns {d.bbox[1]}-{d.bbox[3]}, {d.area} pixels"
            for d in wanted.defects
        ]
        assert defects == rows


def test_a_frame_in_c(tmp_path: Path) -> None:
    source = ROOT / "examples/c/frame.c"
    run(
        "cc",
        "-std=c11",
        "-Wall",
        "-Wextra",
        "-Werror",
        source,
        *flags("fastdefect"),
        "-o",
        tmp_path / "frame",
    )
    verdict_of_frame(tmp_path / "frame", tmp_path)
    run(tmp_path / "frame", status=2)
    run(tmp_path / "frame", tmp_path / "frame.bgr", "0", "5", status=2)
    run(tmp_path / "frame", tmp_path / "frame.bgr", "5000", "5000", status=2)


def test_a_frame_with_the_static_library(tmp_path: Path) -> None:
    include, archive = folder() / "include", folder() / "lib/libfastdefect.a"
    run(
        "cc",
        ROOT / "examples/c/frame.c",
        f"-I{include}",
        archive,
        "-lm",
        "-pthread",
        "-o",
        tmp_path / "frame",
    )
    verdict_of_frame(tmp_path / "frame", tmp_path)


def test_a_project_of_cmake(tmp_path: Path) -> None:
    if shutil.which("cmake") is None:
        pytest.skip("cmake is not installed")
    found = f"fastdefect_DIR={folder() / 'lib/cmake/fastdefect'}"
    run("cmake", "-S", ROOT / "examples/cmake", "-B", tmp_path, "-D", found)
    run("cmake", "--build", tmp_path)
    verdict_of_frame(tmp_path / "frame", tmp_path)


@pytest.mark.parametrize("name", ["fastdefect.h", "fastdefect_engine.h"])
@pytest.mark.parametrize(("compiler", "language"), [("cc", "c"), ("c++", "c++")])
def test_headers_stand_alone(name: str, compiler: str, language: str, tmp_path: Path) -> None:
    if shutil.which(compiler) is None:
        pytest.skip("no C++ compiler is installed")
    source = tmp_path / "alone.txt"
    source.write_text(f"#include <{name}>\n", "utf-8")
    warnings = "-Wall", "-Wextra", "-Wpedantic", "-Werror"
    run(compiler, "-x", language, *warnings, "-fsyntax-only", f"-I{folder() / 'include'}", source)


def test_a_capture_loop_in_cpp(tmp_path: Path) -> None:
    if (
        shutil.which("pkg-config") is None
        or subprocess.run(["pkg-config", "opencv4"], check=False).returncode
    ):
        pytest.skip("OpenCV for C++ is not installed (libopencv-dev)")
    image = render(IMAGE)[0]
    images = [image, np.ascontiguousarray(image[::-1]), np.full_like(image, 90)]
    for number, frame in enumerate(images):
        cv2.imwrite(str(tmp_path / f"frame{number}.png"), frame)
    source = ROOT / "examples/cpp/capture.cpp"
    found = flags("fastdefect", "opencv4")
    run("c++", "-std=c++17", "-Wall", "-Wextra", source, *found, "-o", tmp_path / "capture")
    wanted = [fastdefect.detect(frame) for frame in images]
    for threads in ("1", "2"):
        lines = run(tmp_path / "capture", tmp_path / "frame%d.png", threads).splitlines()
        assert lines == [
            f"frame {number}: {'defective' if w.is_defective else 'good'}, threshold {w.otsu_threshold}, "
            f"{w.zero_count} dark pixels"
            for number, w in enumerate(wanted)
        ]
