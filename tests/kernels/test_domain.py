"""Statistics of a whole image against plain NumPy, on any shape, with and without pixels that do not count."""

from __future__ import annotations

import numpy as np
import pytest
from texture_cases import image

from fastdefect.detectors.domain import Meter
from fastdefect.kernels import domain as k

SHAPES = [(32, 32), (33, 70), (96, 97), (200, 41), (700, 36)]
LEAST = 0.02


def truth(img: np.ndarray, outside: np.ndarray, step: int) -> dict[int, float]:
    """By gathering, row by row and run by run, what the kernel adds up in vectors."""
    height, _, channels = img.shape
    values = img.astype(np.int64)
    level, fine, wide, bent, below = [], [], [], [], []
    right: dict[int, list] = {place: [] for place in range(8)}
    down: dict[int, list] = {place: [] for place in range(8)}
    for y in range(0, height - 4, step):
        counts = ~(outside[y] | outside[y + 1] | outside[y + 4])
        edges = np.flatnonzero(np.diff(np.concatenate([[0], counts.astype(int), [0]])))
        for begin, end in edges.reshape(-1, 2):
            row = values[y, begin:end]
            level.append(row)
            below.append(abs(values[y + 4, begin:end] - row))
            down[y % 8].append(abs(values[y + 1, begin:end] - row))
            if end - begin > 2:
                fine.append(abs(row[1:-1] - row[:-2]))
                bent.append(abs(row[:-2] + row[2:] - 2 * row[1:-1]))
                for x, difference in zip(range(begin, end - 2), fine[-1], strict=True):
                    right[x % 8].append(difference)
            if end - begin > 4:
                wide.append(abs(row[4:] - row[:-4]))

    def mean(parts: list) -> float:
        return float(np.concatenate(parts).mean()) if parts else 0.0

    def log(parts: list) -> float:
        return float(np.log((mean(parts) + LEAST) / (mean(level) + 1)))

    def excess(places: dict[int, list]) -> float:
        means = sorted(mean([np.ravel(part) for part in each]) for each in places.values())
        return float(np.log((means[-1] + LEAST) / (np.mean(means[:-1]) + LEAST)))

    vertical = [part for each in down.values() for part in each]
    every = np.concatenate(level)
    found = {
        k.NOISE: (log(fine) + log(vertical)) / 2,
        k.COARSE: (log(wide) + log(below)) / 2,
        k.SHARP_X: log(fine) - log(wide),
        k.SHARP_Y: log(vertical) - log(below),
        k.SLANT: log(fine) - log(vertical),
        k.BEND: log(bent) - log(fine),
        k.BLOCK_X: excess(right),
        k.BLOCK_Y: excess(down),
        k.MEAN: every.mean(),
        k.WHITE_SHARE: (every == 255).mean(),
        k.BLACK_SHARE: (every == 0).mean(),
    }
    if channels == 3:
        blue, green, red = (np.log(every[:, c].mean() + 1) for c in range(3))
        noise = [np.log(np.concatenate(fine)[:, c].mean() + LEAST) for c in range(3)]
        found |= {k.RED: red - green, k.BLUE: blue - green}
        found |= {k.RED_NOISE: noise[2] - noise[1] - (red - green)}
        found |= {k.BLUE_NOISE: noise[0] - noise[1] - (blue - green)}
    return found


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("masked", [False, True])
def test_statistics_are_those_of_plain_numpy(
    shape: tuple[int, int], channels: int, masked: bool
) -> None:
    img = image((*shape, 3), seed=shape[1])[:, :, :channels]
    outside = np.zeros(shape, bool)
    if masked:
        outside[:, 5:9] = outside[10:14] = True
        outside |= np.random.default_rng(1).random(shape) < 0.01
    meter = Meter(shape, channels)
    flat = np.ascontiguousarray(img[:, :, 0] if channels == 1 else img)
    meter(flat, outside.view(np.uint8) if masked else None)
    for place, value in truth(img, outside, int(meter._geometry[3])).items():
        assert meter.found[place] == pytest.approx(value, rel=1e-9, abs=1e-9), place
    assert 0 < meter.pixels <= (k.MOST_ROWS + 1) * shape[1]


def test_extreme_images_overflow_nothing() -> None:
    """Second differences of 510 in every row are the largest sums there are."""
    stripes = np.zeros((4 * k.MOST_ROWS, 40), np.uint8)
    stripes[:, ::2] = 255
    meter = Meter(stripes.shape, 1)
    meter(stripes, None)
    expected = truth(stripes[:, :, None], np.zeros(stripes.shape, bool), int(meter._geometry[3]))
    assert meter.found[k.BEND] == pytest.approx(expected[k.BEND])
    assert meter.found[k.NOISE] == pytest.approx(expected[k.NOISE])


def test_pixels_outside_change_nothing() -> None:
    img, outside = image((64, 80, 3)), np.zeros((64, 80), bool)
    outside[20:40, 30:70] = True
    other = img.copy()
    other[outside] = 255 - other[outside]
    meter = Meter((64, 80), 3)
    meter(img, outside.view(np.uint8))
    before = meter.found.copy()
    meter(other, outside.view(np.uint8))
    np.testing.assert_array_equal(meter.found, before)


@pytest.mark.parametrize(("bits", "share"), [(8, 1.0), (6, 0.25), (4, 0.0625)])
def test_fewer_bits_use_fewer_levels(bits: int, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (256, 256)).astype(np.uint8)
    meter = Meter((256, 256), 1)
    meter((noise >> (8 - bits)) << (8 - bits), None)
    assert meter.found[k.LEVELS] == pytest.approx(share, abs=0.03)
