"""Weaves: which yarn lies on top where, and what a repeat of the cloth looks like when lit.

A repeat is rendered once as a height map of round yarns that bend over and under each other, lit
from the upper left. Fabrics then look their pixels up in it, so that the geometry costs one table
access per pixel.
"""

from functools import lru_cache

import numpy as np

#: Table cells across one yarn. At the widest pitch, 14 pixels, a cell is less than half a pixel.
CELLS = 32

#: Added to a table entry where the warp yarn is the visible one; the shade itself stays below it.
WARP_ON_TOP = np.float32(4.0)

#: Tables of the stack: as woven; the weft, the warp yarn missing; the weft, the warp yarn proud of
#: the other. The axis (0 weft, 1 warp) is added to the latter two.
WOVEN, MISSING, PROUD = 0, 1, 3

# One row per weft yarn, one column per warp yarn, "#" where the warp lies on top.
_PATTERNS = {
    "plain": ("#.", ".#"),
    "basket": ("##..", "##..", "..##", "..##"),
    "twill": ("##..", ".##.", "..##", "#..#"),
    "reversed twill": ("##..", "#..#", "..##", ".##."),
    "denim": ("###.", ".###", "#.##", "##.#"),
    "satin": ("####.", "##.##", ".####", "###.#", "#.###"),
    "long floats": ("#####.", "##.###", ".#####", "###.##", "#.####", "####.#"),
}

#: The weaves that a fabric can have.
WEAVES = tuple(_PATTERNS)

#: What a patch of wrong floats shows in each weave.
MISWOVEN = {
    "plain": "long floats",
    "basket": "long floats",
    "twill": "long floats",
    "reversed twill": "long floats",
    "denim": "plain",
    "satin": "plain",
    "long floats": "plain",
}


def repeat(weave: str) -> np.ndarray:
    """The weave's repeat, (n, n) bool, True where the warp lies on top."""
    return np.array([[mark == "#" for mark in row] for row in _PATTERNS[weave]])


def _smoothstep(t: np.ndarray) -> np.ndarray:
    return t * t * (3.0 - 2.0 * t)


def _bend(levels: np.ndarray) -> np.ndarray:
    """Heights at each table cell along a yarn; `levels` (n,) at the crossings, cubic steps."""
    n = len(levels)
    position = (np.arange(n * CELLS) + 0.5) / CELLS - 0.5
    line = np.floor(position).astype(np.int64)
    weight = _smoothstep(position - line)
    return levels[line % n] * (1.0 - weight) + levels[(line + 1) % n] * weight


def _heights(top: np.ndarray, thickness: float) -> tuple[np.ndarray, np.ndarray]:
    """Upper surfaces of warp and weft, each (n CELLS, n CELLS), in units of half the pitch."""
    n = len(top)
    across = (np.arange(n * CELLS) % CELLS + 0.5) * (2.0 / CELLS) - 1.0
    inside = np.maximum(1.0 - (across / thickness) ** 2, 0.0)
    profile = np.where(inside > 0.0, np.sqrt(inside), -1.2)
    level = np.where(top, 0.5, -0.5)
    warp = (
        np.repeat(np.stack([_bend(level[:, i]) for i in range(n)], axis=1), CELLS, axis=1)
        + 0.75 * profile
    )
    weft = (
        np.repeat(np.stack([_bend(-level[j, :]) for j in range(n)], axis=0), CELLS, axis=0)
        + 0.75 * profile[:, None]
    )
    return warp, weft


def _lit(height: np.ndarray) -> np.ndarray:
    """Shade of a periodic height map: slanting light and darkness in the depth, mean 1."""
    slope_x = (np.roll(height, -1, 1) - np.roll(height, 1, 1)) * (CELLS / 4.0)
    slope_y = (np.roll(height, -1, 0) - np.roll(height, 1, 0)) * (CELLS / 4.0)
    slope_x, slope_y = np.clip(slope_x, -3.0, 3.0), np.clip(slope_y, -3.0, 3.0)
    facing = (0.30 * slope_x + 0.38 * slope_y + 0.87) / np.sqrt(
        1.0 + slope_x * slope_x + slope_y * slope_y
    )
    depth = np.clip((height + 0.9) / 2.1, 0.0, 1.0)
    return (0.35 + 0.65 * np.maximum(facing, 0.0)) * (0.22 + 0.78 * depth)


@lru_cache(maxsize=64)
def table(weave: str, relief: float, thickness: float) -> np.ndarray:
    """Rendered repeats of a weave.

    Parameters
    ----------
    weave : str
        One of `WEAVES`.
    relief : float
        Strength of the shading, 0 (flat) to 1 (as lit).
    thickness : float
        Width of the yarns over their pitch, 0.5 to 1.1; below 1 gaps open.

    Returns
    -------
    numpy.ndarray
        (5, n CELLS, n CELLS) float32, read-only; see `WOVEN`, `MISSING`, `PROUD`. The shade, 1 on
        average over the woven cloth, with `WARP_ON_TOP` added where the warp is the visible yarn.
    """
    warp, weft = _heights(repeat(weave), thickness)
    woven = np.maximum(warp, weft)
    shades = [
        _lit(woven),
        _lit(0.7 * warp - 0.45),
        _lit(0.7 * weft - 0.45),
        _lit(np.maximum(warp, 0.5 * weft + 0.9)),
        _lit(np.maximum(0.5 * warp + 0.9, weft)),
    ]
    # Sums in a fixed order: an integer sum of rounded shades, not a float sum of NumPy's choosing.
    mean = int(np.rint(shades[0] * 2.0**20).astype(np.int64).sum()) / (2.0**20 * woven.size)
    stack = np.stack([1.0 + relief * (shade / mean - 1.0) for shade in shades])
    stack = np.clip(stack, 0.05, 3.0)
    none, whole = np.zeros(warp.shape, bool), np.ones(warp.shape, bool)
    visible = [warp >= weft, whole, none, warp >= 0.5 * weft + 0.9, 0.5 * warp + 0.9 >= weft]
    result = stack.astype(np.float32) + np.stack(visible).astype(np.float32) * WARP_ON_TOP
    result.flags.writeable = False
    return result
