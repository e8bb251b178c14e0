"""The engine in C: every stage, number and defect of the Python engine, for any size, pitch, level and number of threads."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pytest
from engine_library import LEVELS_HERE, STAGES, CEngine, library, params
from hypothesis import given
from hypothesis import strategies as st

import bench_images
import fastdefect
from bench_images.catalogue import SCENES
from fastdefect.defects.params import RegionParams
from fastdefect.freezer.plans import NL_MEANS
from fastdefect.kernels._numba import COMPILED

# freezing takes two minutes of two processors for each level
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not COMPILED, reason="without the JIT nothing is frozen"),
]
NUMBERS = [level.number for level in LEVELS_HERE]
COLUMNS = ("boxes", "sums", "edges", "scores", "peaks", "greys")


def spotted(shape: tuple[int, ...], seed: int = 0) -> np.ndarray[Any, Any]:
    """Cloth with a dark spot."""
    random = np.random.default_rng(seed)
    image = np.clip(random.normal(140, 20, shape), 0, 255).astype(np.uint8)
    height, width = shape[:2]
    image[height // 4 : height // 2, width // 4 : width // 2] //= 3
    return image


def compare(image: np.ndarray[Any, Any], threads: int, level: int, **values: Any) -> None:
    """Every stage and number of the Python engine."""
    shape = image.shape[:2]
    blur = values.pop("blur", (16, 16))
    structure = values.pop("structure", (5, 5))
    wanted = fastdefect.detect(
        image,
        fastdefect.ArticleParams(blur_ksize=blur, structuring_ksize=structure, **values),
        threads=1,
        stages=True,
    )
    engine = CEngine(
        shape, threads, level=level, blur_width=blur[0], blur_height=blur[1], structuring_width=structure[0],
        structuring_height=structure[1], most_runs=image.size, **values,
    )  # fmt: skip
    names = STAGES if image.ndim == 3 else STAGES[1:]
    # with columns of the caller's on both sides
    room = {
        name: np.full((shape[0], shape[1] + 7, 3 if name == "hsv" else 1), 77, np.uint8)
        for name in names
    }
    inner = {name: array[:, 3:-4] for name, array in room.items()}
    found = engine(image, inner)
    if found.is_doubtful and found.otsu_threshold != wanted.otsu_threshold:
        names = tuple(name for name in names if name in ("hsv", "value", "blurred", "filtered"))
    else:
        assert (found.otsu_threshold, found.dark_pixels, bool(found.is_defective)) == (
            wanted.otsu_threshold, wanted.zero_count, wanted.is_defective,
        )  # fmt: skip
        compare_defects(engine, wanted)
    assert found.level == level
    stages = {**wanted.stages, "mask": wanted.mask.view(np.uint8)}
    for name in names:
        assert np.array_equal(
            np.squeeze(inner[name], -1) if name != "hsv" else inner[name], stages[name]
        ), name
    for array in room.values():
        assert (array[:, :3] == 77).all()
        assert (array[:, -4:] == 77).all()


def compare_defects(engine: CEngine, wanted: Any) -> None:
    """Every column of the table, and the runs."""
    table, runs = engine.defects()
    columns = wanted.defects.columns
    assert len(table) == len(columns.labels)
    assert np.array_equal(runs, columns.runs)
    assert np.array_equal(table["label"], columns.labels)
    assert np.array_equal(table["first"], columns.first[:-1])
    for name in COLUMNS:
        assert np.array_equal(table[name], getattr(columns, name)), name


@pytest.mark.parametrize("level", NUMBERS)
@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize(
    "shape", [(1, 1), (1, 90), (90, 1), (5, 7), (40, 80), (97, 131), (33, 300), (700, 600)]
)
def test_stages_numbers_and_defects(shape: tuple[int, int], threads: int, level: int) -> None:
    for image in (spotted((*shape, 3)), spotted(shape)):
        compare(image, threads, level)


@pytest.mark.parametrize("scene", SCENES)
def test_bench_images(scene: str) -> None:
    image = bench_images.render(scene)[0]
    for level in NUMBERS:
        compare(image, 2, level)


@pytest.mark.parametrize("level", NUMBERS)
@pytest.mark.parametrize("parameters", NL_MEANS)
def test_every_set_of_nl_means(parameters: tuple[float, int, int], level: int) -> None:
    h, template, search = parameters
    compare(spotted((97, 131, 3)), 2, level, h=h, template_window=template, search_window=search)


@pytest.mark.parametrize("blur", [(1, 1), (3, 3), (5, 51), (7, 2), (17, 15), (31, 31)])
@pytest.mark.parametrize("structure", [(1, 1), (3, 1), (1, 7), (6, 4), (63, 63)])
def test_windows(blur: tuple[int, int], structure: tuple[int, int]) -> None:
    compare(spotted((97, 131, 3)), 1, NUMBERS[0], blur=blur, structure=structure)


@given(
    st.integers(1, 70), st.integers(1, 90), st.sampled_from([1, 3]), st.integers(0, 9), st.integers(1, 4),
    st.integers(0, 2**32 - 1), st.sampled_from(NUMBERS),
)  # fmt: skip
def test_any_image(
    height: int, width: int, channels: int, bits: int, threads: int, seed: int, level: int
) -> None:
    image = (
        np.random.default_rng(seed)
        .integers(0, max(1, 2**bits // 2), (height, width, 3))
        .astype(np.uint8)
    )
    compare(image if channels == 3 else np.ascontiguousarray(image[:, :, 0]), threads, level)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_rows_lie_anyhow(channels: int) -> None:
    image = spotted((60, 71, channels))
    room = np.full((60, 90, channels), 200, np.uint8)
    room[:, 9:80] = image
    plain = image[:, :, 0] if channels == 1 else image
    wanted = fastdefect.detect(np.ascontiguousarray(plain), stages=True)
    mask = np.zeros((60, 90), np.uint8)
    found = CEngine((60, 71))(room[:, 9:80], {"mask": mask[:, 5:76]})
    assert found.dark_pixels == wanted.zero_count
    assert np.array_equal(mask[:, 5:76].view(bool), wanted.mask)


@pytest.mark.parametrize(
    "rules", [RegionParams(min_area=30), RegionParams(merge_distance=4, surroundings=3)]
)
def test_rules_of_defects(rules: RegionParams) -> None:
    image = spotted((90, 120, 3), 3)
    image[70:73, 100:110] = 0
    values = {
        "min_area": rules.min_area,
        "merge_distance": rules.merge_distance,
        "surroundings": rules.surroundings,
    }
    engine = CEngine((90, 120), most_runs=5000, **values)
    engine(image)
    compare_defects(engine, fastdefect.detect(image, regions=rules))


def test_what_the_article_sets_is_the_default() -> None:
    made, wanted = params(), fastdefect.ArticleParams()
    assert (made.blur_width, made.blur_height) == wanted.blur_ksize
    assert (made.structuring_width, made.structuring_height) == wanted.structuring_ksize
    assert (made.h, made.template_window, made.search_window) == (
        wanted.h, wanted.template_window, wanted.search_window,
    )  # fmt: skip
    assert made.max_dark_pixels == wanted.max_dark_pixels
    assert made.surroundings == RegionParams().surroundings


def test_sets_are_named() -> None:
    h, template, search = ctypes.c_double(), ctypes.c_int32(), ctypes.c_int32()
    found = []
    while not library().fd_nl_means_set(0, len(found), *map(ctypes.byref, (h, template, search))):
        found.append((h.value, template.value, search.value))
    assert found == list(NL_MEANS)
