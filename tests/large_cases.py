"""Images inspected in parts of any size, and held against the whole."""

import warnings
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from texture_cases import constants

import fastdefect
from fastdefect import ArticleDetector, ArticleParams, PatternModel, RegionParams, TextureModel
from fastdefect.detectors import Joined
from fastdefect.io.tiles import open_source
from fastdefect.large import engine, tiles
from fastdefect.large.hashes import image_digest, table_digest
from fastdefect.large.programs.program import program_of
from fastdefect.tiling.workers import Workers

tifffile = pytest.importorskip("tifffile", reason="tifffile is not installed (extra tiff)")
SIDE = 32
SMALL = ArticleParams(
    blur_ksize=(4, 3), template_window=3, search_window=7, structuring_ksize=(3, 2)
)


def picture(seed: int, shape: tuple[int, ...], spots: int = 6) -> np.ndarray:
    """Texture of a coarseness, with spots across it."""
    random = np.random.default_rng(seed)
    height, width = shape[:2]
    base = random.integers(0, 256, (height // 3 + 2, width // 3 + 2, 3)).astype(np.float32)
    base = base.repeat(3, axis=0).repeat(3, axis=1)[:height, :width] * 0.3 + 90
    image = base + random.normal(0, 14, (height, width, 3))
    for _ in range(random.integers(0, spots + 1)):
        y, x = random.integers(0, height), random.integers(0, width)
        h, w = random.integers(1, 40, 2)
        image[y : y + h, x : x + w] += random.choice([-60, 70])
    found = np.clip(image, 0, 255).astype(np.uint8)
    return found if len(shape) == 3 else np.ascontiguousarray(found[:, :, 1])


def detectors(kind: str, image: np.ndarray, threshold: float | None = None) -> Any:
    """A detector that finds something in such an image."""
    channels = 3 if image.ndim == 3 else 1
    if kind == "article":
        return ArticleDetector(SMALL)
    if kind == "texture":
        made: Any = TextureModel(window=31)._learned(constants(window=31), channels, 1.0)
    else:
        made = trained(kind, channels)
    limit = np.quantile(made.plan(image.shape[:2], threads=1)(image).score_map, 0.98)
    return made.with_threshold(float(limit) if threshold is None else threshold)


@lru_cache
def trained(kind: str, channels: int) -> Any:
    """A model of good images of that kind, with its domain."""
    model: Any = TextureModel(window=31) if kind == "trained texture" else PatternModel(kinds=2)
    if kind == "joined":
        model = Joined(TextureModel(window=31), model)
    shape = (96, 112, 3)[: 3 if channels == 3 else 2]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of images that stand apart
        return model.fit([picture(seed, shape, spots=0) for seed in range(100, 108)], threads=1)


def inspected(
    source: Any,
    detector: Any,
    out: Path,
    tile: tuple[int, int] = (1, 1),
    *,
    threads: int = 2,
    rules: RegionParams | None = None,
    roi: Any = None,
    ignore: Any = None,
    resume: bool = True,
    progress: Any = None,
    block: int = SIDE,
) -> Any:
    """Inspect in tiles of so many blocks of 32 pixels."""

    def chosen(blocks: Any, halo: int, grid: int, pixels: int, *, whole_rows: bool = False) -> Any:
        down, across = blocks.grid
        return min(tile[0], down), across if whole_rows else min(tile[1], across)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiles, "best_tile", chosen)
        return engine.inspect(
            open_source(source), program_of(detector), out, 10**9, Workers(threads), rules or RegionParams(), roi, ignore,
            resume=resume, progress=progress, block=block,
        )  # fmt: skip


def whole(image: np.ndarray, detector: Any, **settings: Any) -> fastdefect.Detection:
    """The same in memory."""
    rules = settings.pop("rules", None)
    return detector.plan(image.shape[:2], regions=rules, **settings)(image)


def assert_equal(
    found: Any, expected: fastdefect.Detection, image: np.ndarray, block: int = SIDE
) -> None:
    """Verdict, mask, map, table and certificate."""
    mask = expected.mask.view(np.uint8) * np.uint8(255)
    np.testing.assert_array_equal(tifffile.imread(found.mask), mask)
    np.testing.assert_array_equal(tifffile.imread(found.score_map), expected.score_map)
    for name in (
        "is_defective", "is_unusable", "notes", "score", "threshold", "otsu_threshold", "zero_count", "verdict",
    ):  # fmt: skip
        assert getattr(found, name) == getattr(expected, name), name
    for name, left, right in zip(
        expected.defects.columns._fields,
        found.defects.columns,
        expected.defects.columns,
        strict=True,
    ):
        np.testing.assert_array_equal(left, right, name)
    assert found.defects.params == expected.defects.params
    told = {
        "mask": image_digest(mask, block),
        "score_map": image_digest(expected.score_map, block),
        "table": table_digest(expected.defects),
        "input": image_digest(image, block),
    }
    assert {name: found.certificate[name] for name in told} == told
    assert found.faults() == []
