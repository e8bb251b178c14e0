"""The oracle is independent: it shares no table with the kernels, and nothing but the comparison imports it."""

import ast

import numpy as np
from conftest import ROOT

from fastdefect.kernels.texture.tables import CHANNEL_TABLE, GREY_TABLE, bar_size, log_levels
from fastdefect.operations import texture as data
from fastdefect.reference import texture, texture_bars, texture_statistics

PACKAGE = ROOT / "fastdefect"


def test_only_the_comparison_imports_the_oracle() -> None:
    wrong = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = str(path.relative_to(PACKAGE))
        if name == "backends/reference.py" or name.startswith(("reference/", "bench/")):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            modules = [node.module] if isinstance(node, ast.ImportFrom) else []
            modules += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            wrong += [
                f"{name} imports {module}"
                for module in modules
                if str(module).startswith("fastdefect.reference")
            ]
    assert not wrong


def test_the_oracle_takes_no_number_from_production() -> None:
    """Only the types that come in and go out."""
    found = set()
    for path in (PACKAGE / "reference").glob("texture*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "fastdefect.operations.texture":
                found |= {alias.name for alias in node.names}
    assert found == {"FittedTexture", "ResidualSums", "TextureStructure"}


def test_constants() -> None:
    """Golden: a model file holds multiples of them, so none may change without a new version of it."""
    assert (data.LOG_UNIT, data.LOG_OFFSET, data.CHROMA_MAX) == (4096, 1.0, 8191)
    assert data.LUMA == (29, 150, 77)
    assert np.float32(0.05) == data.EPSILON
    assert (data.ENERGY_BOXES, data.HALF_LINE, data.TOP, data.PAD) == ((9, 15), 12, 20, 22)
    assert data.DIRECTIONS == (
        (0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (1, -2), (2, 1), (2, -1)
    )  # fmt: skip
    assert (data.HALF_BAR, data.LONG_BAR, data.BAR_THICK) == (31, 191, 45)
    assert (data.PROFILE_SHARE, data.THICK_SHARE, data.BAR_UNIT) == (15, 7, 525)
    assert (sum(data.BAR_PROFILE), data.BAR_PROFILE_SUM, data.YARN_SHARE) == (35, 35, 2 / 3)
    assert (data.BINS, data.RATIO_UNIT, data.FEATURES) == (6144, 4096, 13)
    rows = (data.GREY, data.LINES, data.BARS, data.RATIOS, data.CHROMA)
    assert rows == (0, 4, 5, 7, 9)
    assert (data.SIDE_MIN, data.BACKGROUND_WINDOW_MAX) == (32, 191)


def test_golden_values_of_the_tables() -> None:
    assert GREY_TABLE[[0, 1, 4, 400, 1020, 1023]].tolist() == [0, 914, 2839, 18904, 22713, 22725]
    assert CHANNEL_TABLE[[0, 1, 100, 255]].tolist() == [0, 2839, 18904, 22713]
    assert bar_size(512) == (31, 191, np.float32(1 / 16275), np.float32(2 / 3 / 100275))
    assert bar_size(40) == (19, 40, np.float32(1 / 9975), np.float32(2 / 3 / 21000))


def test_tables_and_geometry_equal_the_oracles() -> None:
    np.testing.assert_array_equal(GREY_TABLE, texture.grey_table())
    np.testing.assert_array_equal(CHANNEL_TABLE, texture.channel_table())
    assert sorted(data.DIRECTIONS) == sorted(texture.directions())
    assert tuple(texture_bars.PROFILE) == data.BAR_PROFILE
    assert data.BINS == texture_statistics.BINS
    for length in range(32, 400):
        assert bar_size(length) == texture_bars.bar_geometry(length)


def test_log_levels_equal_the_oracles() -> None:
    random = np.random.default_rng(0)
    for shape in ((40, 50), (40, 50, 3)):
        img = random.integers(0, 256, shape, np.uint8)
        np.testing.assert_array_equal(log_levels(img), texture.log_grey(img, None))
