"""What the engine in C (``frozen/source``) is told of each level: its kernels by symbol, tables of planning, numbers.

Searching and proving are Python's: a set of parameters of NL-means is planned here, once, and C gets what came out. So C has
the arithmetic on sizes alone, and every number that both need stands in the kernels' modules.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from fastdefect.backends import texture_strips
from fastdefect.backends.byte_stages.strips import MIN_STRIP_PIXELS
from fastdefect.backends.nl_means_memory import geometry_for, recipe_for
from fastdefect.backends.texture_residuals import NO_CLIP, RATIOS
from fastdefect.freezer.exports import Export
from fastdefect.freezer.plans import NL_MEANS
from fastdefect.frozen import Level
from fastdefect.kernels.box_blur.blur import MARGIN, specialize
from fastdefect.kernels.box_blur.columns import ROWS as BLUR_ROWS
from fastdefect.kernels.box_blur.quotient import divisor_words, position_independent
from fastdefect.kernels.box_blur.words import TAPS
from fastdefect.kernels.morphology.extreme import MARGIN as EDGE
from fastdefect.kernels.morphology.words import Morphology
from fastdefect.kernels.nl_means.columns import ROWS
from fastdefect.kernels.nl_means.layout import COLUMNS
from fastdefect.kernels.nl_means.methods import methods_for
from fastdefect.kernels.nl_means.weights import half_sizes
from fastdefect.kernels.otsu.level import TABLES
from fastdefect.kernels.simd.bytes import WIDTHS, Bytes
from fastdefect.kernels.texture.tables import CHANNEL_TABLE, GREY_TABLE
from fastdefect.operations import texture
from fastdefect.operations.box_blur import KSIZE as BLUR
from fastdefect.operations.morphology import KSIZE as STRUCTURE

BLOCKS = (1, 2, 3, 4, 6, 8)
"""Rows of a block of `block_rows`."""
_SINGLE = (
    ("plain_value", "hsv.plain.value_rows"),
    ("plain_hsv", "hsv.plain.hsv_rows"),
    ("plain_binarize", "otsu.plain.binarize_rows"),
    ("histogram", "otsu.rows.histogram_rows"),
    ("otsu", "otsu.level.otsu_level"),
    ("plain_blur", "box_blur.plain.blur_rows"),
    ("plain_extreme", "morphology.plain.extreme_rows"),
    ("plain_mask", "morphology.plain.defect_mask_rows"),
    ("span", "nl_means.flat.span"),
    ("mean", "nl_means.flat.box_mean"),
    *((name, f"regions.runs.{name}") for name in ("count_runs", "fill_runs", "join_runs")),
    *((name, f"regions.runs.{name}") for name in ("label_runs", "sort_runs", "measure_runs")),
    ("score_runs", "regions.runs.score_runs"),
    ("steps", "regions.outline.perimeter_steps"),
    ("rings", "regions.outline.ring_sums"),
    ("log_grey", "texture.log.log_grey"),
    ("log_ratio", "texture.log.log_ratio"),
    ("remove_background", "texture.background.remove_background"),
    ("reflect_columns", "texture.features.reflect_columns"),
    ("fine_contrast", "texture.features.fine_contrast"),
    ("clip_rows", "texture.lines.clip_rows"),
    ("grey_score", "texture.boxes.grey_score"),
    ("line_score", "texture.lines.line_score"),
    ("bar_score", "texture.bars.bar_score"),
    ("energy_score", "texture.features.energy_score"),
    ("chroma_score", "texture.boxes.chroma_score"),
    ("top_values", "texture.top.top_values"),
)
"""Kernels without a specialization: field of ``level`` in parts.h, and name."""


class Kernels:
    """Symbols of a level's kernels, by name and specialization."""

    def __init__(self, listed: Sequence[Export], symbols: Iterable[str]) -> None:
        self._found = [(e.name, e.arguments[0], s) for e, s in zip(listed, symbols, strict=True)]
        self.used: list[str] = []

    def __call__(self, name: str, spec: Any = None) -> str:
        """The symbol of the kernel.

        Raises
        ------
        KeyError
            It is not among them.
        """
        for found, first, symbol in self._found:
            if found == name and (spec is None or (type(first) is type(spec) and first == spec)):
                self.used.append(symbol)
                return symbol
        raise KeyError(f"{name} for {spec}")


def constants() -> str:
    """The text of ``constants.h``, the same for all levels."""
    numbers: dict[str, object] = {
        f"STRIP_{name.upper()}": pixels for name, pixels in MIN_STRIP_PIXELS.items()
    }
    numbers |= {
        "BLUR_MARGIN": MARGIN,
        "BLUR_ROWS": BLUR_ROWS,
        "BLUR_TAPS": TAPS,
        "BLUR_MOST": BLUR.range[1],
        "EXTREME_MARGIN": EDGE,
        "EXTREME_MOST": STRUCTURE.range[1],
        "NL_MEANS_ROWS": ROWS,
        "NL_MEANS_COLUMNS": COLUMNS,
        "OTSU_TABLES": TABLES,
        "MOST_THREADS": 256,
    }
    numbers |= {
        f"TEXTURE_{name}": getattr(texture, name)
        for name in ("HALF_LINE", "LONG_BAR", "HALF_BAR", "BAR_UNIT", "PAD", "TOP", "SIDE_MIN")
    }
    numbers |= {
        "TEXTURE_ROWS": texture_strips.ROWS,
        "TEXTURE_PIXELS": texture_strips.PIXELS,
        "TEXTURE_NO_CLIP": NO_CLIP,
        "TEXTURE_WINDOW_MOST": texture.BACKGROUND_WINDOW_MAX,
        "TEXTURE_YARN_SHARE": float(texture.YARN_SHARE).hex(),
        "TEXTURE_RATIOS": _braces([0, *RATIOS.values()]),
        "TEXTURE_DIRECTIONS": _braces(map(_braces, texture.DIRECTIONS)),
    }
    lines = [f"#define FD_{name} {number}" for name, number in numbers.items()]
    return "\n".join([*lines, f"#define FD_BLOCKS {_braces(BLOCKS)}", ""])


def common(levels: Sequence[Level]) -> str:
    """The text of the C file with what levels share, and their list, the best first."""
    triples = [(0, 0, 0)]
    triples += [(0, 0, 0) if area == 2 else divisor_words(area) for area in range(1, 257)]
    bits = np.zeros(8 * (BLUR.range[1] ** 2 // 8 + 1), np.uint8)
    sides = np.arange(1, BLUR.range[1] + 1)
    for area in np.unique(np.outer(sides, sides)).tolist():
        bits[area] = position_independent(area)
    names = [
        f"fd_{level.prefix}_engine" for level in sorted(levels, key=lambda level: -level.number)
    ]
    return "\n".join(
        [
            '#include "parts.h"',
            f"const uint16_t fd_divisors[257][3] = {_braces(map(_braces, triples))};",
            f"const uint8_t fd_independent[] = {_braces(np.packbits(bits, bitorder='little').tolist())};",
            f"const int16_t fd_grey_table[] = {_braces(GREY_TABLE.tolist())};",
            f"const int16_t fd_channel_table[] = {_braces(CHANNEL_TABLE.tolist())};",
            *(f"extern const level {name};" for name in names),
            f"const level *const fd_levels[] = {_braces([*(f'&{name}' for name in names), '0'])};",
            "",
        ]
    )


def of_level(level: Level, listed: Sequence[Export], symbols: Iterable[str]) -> str:
    """The text of the C file of a level; the process has recorded its exports and so plans for its processor path."""
    kernels = Kernels(listed, symbols)
    prefix = f"fd_{level.prefix}_engine"
    tables, sets = [], []
    for number, parameters in enumerate(NL_MEANS):
        fields, arrays = _nl_means(kernels, level.path, parameters)
        names = [f"{prefix}_{number}_{name}" for name in ("plain", "general")]
        tables += [
            f"static const int16_t {name}[] = {_braces(table.tolist())};"
            for name, table in zip(names, arrays, strict=True)
        ]
        sizes = [str(table.size) for table in arrays]
        sets.append(_braces([*fields[:12], *names, *sizes, *fields[12:]]))
    fields = [*map(str, (level.number, WIDTHS[level.path])), f"{prefix}_sets", str(len(sets))]
    vector = Bytes(level.path, WIDTHS[level.path])
    named = dict(_fields(kernels, vector))
    text = [f"static const nl_means_set {prefix}_sets[] = {_braces(sets)};"]
    text += [
        f"const level {prefix} = {_braces([*fields, *(f'.{k} = {v}' for k, v in named.items())])};"
    ]
    # kernels are declared as functions of no type: each is called as parts.h says, and headers say the same
    declared = [f"extern void {symbol}(void);" for symbol in dict.fromkeys(kernels.used)]
    return "\n".join(['#include "parts.h"', *declared, *tables, *text, ""])


def _fields(kernels: Kernels, vector: Bytes) -> Iterator[tuple[str, str]]:
    for field, name in _SINGLE:
        yield field, f"(void *){kernels(name)}"
    for field, name in (
        ("value", "hsv.value.value_rows"),
        ("hsv", "hsv.hsv.hsv_rows"),
        ("binarize", "otsu.rows.binarize_rows"),
    ):
        yield field, f"(void *){kernels(name, vector)}"
    shapes = ((3, 3), (16, 16), (17, 17))  # narrow, up to 256 pixels, beyond
    blurs = [
        _braces(
            f"(void *){kernels('box_blur.blur.blur_rows', specialize(vector.cpu, vector.width, channels, ksize))}"
            for ksize in shapes
        )
        for channels in (1, 3)
    ]
    yield "blur", _braces(blurs)
    extremes = [
        _braces(
            f"(void *){kernels('morphology.extreme.extreme_rows', Morphology(vector.cpu, vector.width, kind, rows))}"
            for rows in BLOCKS
        )
        for kind in ("erode", "dilate", "mask")
    ]
    yield "extreme", _braces(extremes)


def _nl_means(
    kernels: Kernels, path: str, parameters: tuple[float, int, int]
) -> tuple[list[str], list[npt.NDArray[np.int16]]]:
    """Fields of a ``nl_means_set`` but its tables, and these."""
    h, template, search = parameters
    t, s = half_sizes(template, search)
    methods = methods_for(h, t, s, path)
    plain, general = methods.plain, methods.general
    assert plain is not None
    assert general is not None
    recipe = recipe_for(methods)
    numbers = geometry_for(methods, s, [(0, 1, 0, 1)])
    used = (
        numbers.plain_bias,
        numbers.other_bias,
        numbers.limit,
        numbers.most,
        numbers.rough,
        numbers.largest,
    )
    parts = plain.spec.lanes, recipe.other.parts, recipe.plain.weight_parts
    symbols = [
        kernels("nl_means.layout.fill", recipe.gather),
        kernels("nl_means.layout.finish", recipe.gather),
        kernels("nl_means.tile.sum_tile", recipe),
    ]
    fields = [float(h).hex(), *map(str, (template, search, *parts, *used))]
    return [*fields, *(f"(void *){symbol}" for symbol in symbols)], [plain.tables, general.tables]


def _braces(parts: Iterable[Any]) -> str:
    return "{" + ",".join(map(str, parts)) + "}"


def file_of(level: Level) -> str:
    """The name of a level's C file."""
    return f"fd_{level.prefix}_engine.c"


def write(level: Level, listed: Sequence[Export], symbols: Iterable[str], folder: Path) -> None:
    """Write the C file of a level to a folder, for `fastdefect.freezer.linking`."""
    text = of_level(level, listed, symbols)
    (folder / file_of(level)).write_text(text, "utf-8")
