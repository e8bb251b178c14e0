"""What a bar answers to: a yarn that changes, not a yarn that is different all along, not a speck, not a cloud."""

import numpy as np

from fastdefect.reference.texture_bars import bar_sums

CLIP = 600


def flat() -> np.ndarray:
    return np.zeros((240, 320), np.int64)


def test_a_yarn_missing_along_a_run_is_a_lying_bar() -> None:
    res = flat()
    res[100:109, 120:200] = -500
    lying, standing = bar_sums(res, CLIP)
    assert lying.argmax() // 320 in range(102, 107)
    assert 120 <= lying.argmax() % 320 < 200
    assert lying.max() > 250
    assert standing.max() < lying.max() / 8
    # beyond its ends the yarn is lighter than on the whole, and that is no defect
    assert not lying[:, :120].any()
    assert not lying[:, 200:].any()


def test_a_standing_bar_is_a_lying_one_of_the_turned_image() -> None:
    res = np.random.default_rng(0).integers(-700, 700, (100, 130))
    lying, standing = bar_sums(res, CLIP)
    turned_lying, turned_standing = bar_sums(res.T, CLIP)
    np.testing.assert_array_equal(standing.T, turned_lying)
    np.testing.assert_array_equal(lying.T, turned_standing)


def test_light_and_dark_bars_count_alike() -> None:
    res = np.random.default_rng(1).integers(-700, 700, (80, 90))
    for a, b in zip(bar_sums(res, CLIP), bar_sums(-res, CLIP), strict=True):
        np.testing.assert_array_equal(a, b)


def test_a_yarn_that_is_darker_all_along_counts_a_third() -> None:
    broken, dark = flat(), flat()
    broken[100:109, 120:183] = -500
    dark[100:109] = -500
    assert bar_sums(dark, CLIP)[0].max() < 0.5 * bar_sums(broken, CLIP)[0].max()


def test_a_cloud_over_many_yarns_counts_less_than_a_yarn() -> None:
    broken, cloud = flat(), flat()
    broken[100:109, 120:183] = -500
    cloud[80:129, 120:183] = -500
    assert bar_sums(cloud, CLIP)[0][104, 151] < 0.6 * bar_sums(broken, CLIP)[0][104, 151]


def test_a_speck_is_no_bar() -> None:
    speck = flat()
    speck[100:109, 150:159] = 5000
    lying, standing = bar_sums(speck, CLIP)
    # at most 4 of its 9 pixels lie in either half
    assert max(lying.max(), standing.max()) < CLIP * 4 / 31


def test_bars_have_to_fit() -> None:
    res = np.random.default_rng(2).integers(-700, 700, (150, 200))
    lying, standing = bar_sums(res, CLIP)
    assert not lying[:, :31].any()
    assert not lying[:, -31:].any()
    assert not standing[:31].any()
    assert not standing[-31:].any()
    assert lying[:, 31:-31].any()
    assert standing[31:-31].any()
