"""The pattern model's map in plain NumPy: energies of fixed filters, and their distance from a few normal distributions.

1. `planes`: square root of each channel, then brightness and two colour differences.
2. `energies`: magnitudes of Laws' filters, summed over cells of 2 by 2 pixels; of the image at half its size as they are.
3. `window_sums`: energies and planes over windows that fit the image.
4. `features`: their logarithms, but for differences of colours.
5. `distances`: of each cell's features from the nearest of a few normal distributions, one for each kind of place.

All sums are integers; what follows is float32, operations one by one in the order that is written here.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fastdefect.operations.pattern import (
    BEND,
    REACH,
    TAPS,
    TONE_MAX,
    FittedPattern,
    PatternStructure,
)

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Floats = NDArray[np.float32]


def tones() -> Ints:
    """Square root of each grey level, 0 ... 510."""
    return np.rint(TONE_MAX * np.sqrt(np.arange(256) / 255.0)).astype(np.int64)


def planes(img: Bytes, structure: PatternStructure) -> list[Ints]:
    """Brightness, and for colour red less green and blue less green at half their size."""
    tone = tones()[img]
    if img.ndim == 2:
        return [tone]
    blue, green, red = (tone[..., channel] for channel in range(3))
    brightness = (blue + 2 * green + red + 2) >> 2
    return [brightness, (red - green + 1) >> 1, (blue - green + 1) >> 1][: structure.planes]


def cell_sums(plane: Ints) -> Ints:
    """Sums over 2 by 2 pixels; a last odd row or column has none."""
    height, width = (side // 2 * 2 for side in plane.shape)
    even = plane[:height, :width]
    return even[::2, ::2] + even[::2, 1::2] + even[1::2, ::2] + even[1::2, 1::2]


def _along(values: Ints, taps: tuple[int, ...]) -> Ints:
    """Filter along the rows; the first and last two columns are of no account."""
    out = np.zeros_like(values)
    count = values.shape[1] - 2 * REACH
    out[:, REACH:-REACH] = sum(tap * values[:, i : i + count] for i, tap in enumerate(taps))
    return out


def magnitudes(levels: list[Ints], structure: PatternStructure) -> list[Ints]:
    """What each filter answers, without its sign; of no account nearer than two pixels to the edge."""
    found = []
    for plane, down, along, shift in structure.filters:
        answer = _along(_along(levels[plane].T, TAPS[down]).T, TAPS[along])
        found.append(np.abs(answer) >> shift)
    return found


def _box(values: Ints, side: int, rim: int) -> Ints:
    """Sums over windows of ``side`` cells around each cell; at the rim those of the nearest cell further in."""
    height, width = values.shape
    total = np.pad(values.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    y = np.clip(np.arange(height), rim, height - 1 - rim)[:, None] - side // 2
    x = np.clip(np.arange(width), rim, width - 1 - rim) - side // 2
    return total[y + side, x + side] - total[y, x + side] - total[y + side, x] + total[y, x]


def window_sums(img: Bytes, structure: PatternStructure) -> Ints:
    """Sums of each cell, (parts, features, H // 2, W // 2): energies, then planes; the fine part, then the coarse."""
    fine = planes(img, structure)
    cells = [cell_sums(plane) for plane in fine]
    half = [(plane + 2) >> 2 for plane in cells]
    parts = [[cell_sums(answer) for answer in magnitudes(fine, structure)] + cells]
    if structure.coarse:
        parts.append(magnitudes(half, structure) + half)
    return np.array(
        [
            [_box(feature, side, structure.rim) for feature in part]
            for part, side in zip(parts, structure.windows, strict=True)
        ]
    )


def logarithms(sums: Ints) -> Floats:
    """Of sums of 1 and above, to base 2, right to 0.008: a parabola between powers of two."""
    bits = sums.astype(np.float32).view(np.int32)
    share = (bits & 0x7FFFFF).astype(np.float32) * np.float32(2.0**-23)
    power = ((bits >> 23) - 127).astype(np.float32)
    return power + (share + np.float32(BEND) * (share * (np.float32(1) - share)))  # type: ignore[return-value,unused-ignore]


def features(sums: Ints, floors: NDArray[np.int32], logged: int) -> Floats:
    """What is compared, of sums (features, ...): logarithms of the first ``logged``, the others as they are."""
    lifted = sums + floors.reshape(-1, *[1] * (sums.ndim - 1))
    return np.concatenate([logarithms(lifted[:logged]), lifted[logged:].astype(np.float32)])


def distances(found: Floats, centre: Floats, factors: Floats, shifts: Floats) -> Floats:
    """Distance of each cell from the nearest distribution of a part, in deviations."""
    differences = found - centre[:, None, None]
    nearest = np.full(found.shape[1:], np.inf, np.float32)
    for factor, shift in zip(factors, shifts, strict=True):
        total = np.zeros(found.shape[1:], np.float32)
        for i in range(len(factor)):
            value = np.full(total.shape, shift[i], np.float32)
            for j in range(i + 1):
                value = value + factor[i, j] * differences[j]
            total = total + value * value
        nearest = np.minimum(nearest, total)
    return np.sqrt(nearest)


def pattern_map(img: Bytes, fitted: FittedPattern) -> Floats:
    """Score of each pixel.

    Parameters
    ----------
    img : ndarray of uint8, (H, W) or (H, W, 3)
        BGR or grey, at least 32×32, with the channels that were fitted.
    fitted : FittedPattern
        From `PatternModel.fit`.

    Returns
    -------
    ndarray of float32, (H, W)
        0 and above, equal within each cell of 2 by 2 pixels.
    """
    k, logged = fitted, fitted.structure.logged
    found = [
        features(sums, floors, logged)
        for sums, floors in zip(window_sums(img, k.structure), k.floors, strict=True)
    ]
    parts = [
        (distances(part, k.centre[i], k.factors[i], k.shifts[i]) - k.offsets[i]) * k.gains[i]
        for i, part in enumerate(found)
    ]
    cells = parts[0] if len(parts) == 1 else (parts[0] + parts[1]) * np.float32(0.5)
    cells = np.maximum(cells, np.float32(0))
    rows = np.minimum(np.arange(img.shape[0]) // 2, cells.shape[0] - 1)
    columns = np.minimum(np.arange(img.shape[1]) // 2, cells.shape[1] - 1)
    return cells[rows[:, None], columns]
