"""The proofs behind NL-means: weights over every sum, 16-bit sums at their limits, and what happens when one fails."""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
import pytest

from fastdefect.backends import numba_nl_means
from fastdefect.kernels._numba import cpu
from fastdefect.kernels.nl_means import methods as nl_means_methods
from fastdefect.kernels.nl_means.byte_tables import ByteTable, byte_table
from fastdefect.kernels.nl_means.weights import (
    choose_bias,
    expected,
    half_sizes,
    split_table,
    stops_in_time,
    verified,
    weight_shift,
    weight_table,
)
from fastdefect.reference import nl_means as reference
from fastdefect.tiling.workers import Workers

AVAILABLE = [path for path in cpu.PATHS if cpu.cpu_path(path) == path]
SETS = [
    (10.0, 7, 22),
    (10.0, 7, 21),
    (3.0, 7, 21),
    (5.0, 7, 21),
    (20.0, 7, 21),
    (10.0, 9, 21),
    (10.0, 7, 35),
    (0.0, 7, 21),
]


@pytest.fixture(autouse=True)
def _fresh_methods():
    nl_means_methods.methods_for.cache_clear()
    yield
    nl_means_methods.methods_for.cache_clear()


def table_for(h, template, search):
    t, s = half_sizes(template, search)
    return weight_table(h, t, s), t, s


def test_the_table_of_the_article():
    table, _, _ = table_for(10.0, 7, 22)
    assert table[0] == 15919
    assert len(table) == 531
    assert table[-1] >= 16


def test_h_is_squared_in_single_precision():
    table, _, _ = table_for(33.3, 7, 22)
    index = np.arange(len(table))
    double = np.rint(15919 * np.exp(-index * (64 / 49) / 33.3**2))
    assert np.count_nonzero(double != table) == 5


@pytest.mark.parametrize(("h", "template", "search"), SETS)
def test_the_split_is_exact_for_every_sum(h, template, search):
    table, t, _ = table_for(h, template, search)
    split = split_table(table, t)
    assert split is not None
    assert verified(split, table, t)


@pytest.mark.parametrize("template", [3, 5, 7, 9, 11, 13, 15])
def test_the_split_of_weights_in_two_parts_is_exact_for_every_sum(template):
    """Up to 19 bits; small templates with more distances than the tables have bits for are left to the memory."""
    for search, bits in ((15, 1), (13, 1), (11, 2), (9, 2), (7, 3), (5, 4)):
        for h in (0.5, 3.0, 10.0, 12.2, 33.3, 60.0):
            table, t, _ = table_for(h, template, search)
            assert int(table[0]).bit_length() == 15 + bits
            split = split_table(table, t, bits)
            if t < 3 and split is None:
                assert h >= 10.0
                assert (h, template, search) not in ((10.0, 3, 11), (10.0, 5, 15))
                continue
            assert len(split.entries) == 3 + bits
            assert verified(split, table, t)


def test_a_broken_bit_of_a_lower_part_is_noticed():
    table, t, _ = table_for(10.0, 7, 11)
    split = split_table(table, t, 2)
    for plane in (3, 4):
        entries = split.entries.copy()
        entries[plane, 40] ^= 1 << 15 - 5
        assert not verified(dataclasses.replace(split, entries=entries), table, t)


def test_a_broken_split_is_noticed():
    table, t, _ = table_for(10.0, 7, 22)
    split = split_table(table, t)
    entries = split.entries.copy()
    entries[1, 40] += 40
    assert not verified(dataclasses.replace(split, entries=entries), table, t)


def weights_of(found: ByteTable) -> np.ndarray:
    """What the tables give for every index that they have, behind the bias: the kernel's arithmetic in NumPy."""
    columns = 1 << found.low_bits
    row, column = np.divmod(np.arange(found.bias, found.high.size * columns), columns)
    product = found.high[row] * found.low[column] >> 16
    assert product.max() < 1 << 15
    return -((product * (-256 * found.scale[row]) + (1 << 14)) >> 15)


@pytest.mark.parametrize(
    ("h", "template", "search"),
    [
        *SETS,
        (33.3, 7, 21),
        (60.0, 7, 21),
        (4.4, 7, 17),
        (1.5, 3, 41),
        (7.0, 5, 16),
        (45.0, 11, 25),
    ],
)
def test_tables_of_bytes_are_exact_for_every_index(h, template, search):
    table, t, _ = table_for(h, template, search)
    found = byte_table(table, t)
    assert found is not None
    weights = weights_of(found)
    wanted = np.zeros(max(len(weights), len(table)), np.int64)
    wanted[: len(table)] = table
    np.testing.assert_array_equal(weights, wanted[: len(weights)])
    reach = min(len(table), (1 << 16 - weight_shift(t)) - found.bias)
    assert found.complete == (len(weights) >= reach)
    assert found.last == (len(table) + found.bias - 1) >> found.low_bits


@pytest.mark.parametrize("h", [3.0, 5.0, 10.0])
def test_tables_of_small_strengths_have_every_weight(h):
    table, t, _ = table_for(h, 7, 21)
    assert byte_table(table, t).complete


def test_sections_of_tables_are_differences_where_a_lookup_repeats():
    table, t, _ = table_for(10.0, 7, 22)
    found = byte_table(table, t)
    plain, chained = found.planes(chained=False), found.planes(chained=True)
    assert len(plain) == 2 + 3 * found.sections
    np.testing.assert_array_equal(plain[:5], chained[:5])
    together = np.bitwise_xor.accumulate(chained[2:].reshape(-1, 3, 16), axis=0)
    np.testing.assert_array_equal(together, plain[2:].reshape(-1, 3, 16))


def break_split(monkeypatch):
    good = split_table

    def bad(table, t, part_bits):
        split = good(table, t, part_bits)
        entries = split.entries.copy()
        entries[1] ^= 64
        return dataclasses.replace(split, entries=entries)

    monkeypatch.setattr(nl_means_methods, "split_table", bad)


def break_bytes(monkeypatch):
    good = byte_table

    def bad(table, t):
        found = good(table, t)
        return dataclasses.replace(found, high=found.high ^ 64)

    monkeypatch.setattr(nl_means_methods, "byte_table", bad)


@pytest.mark.long
@pytest.mark.parametrize("path", AVAILABLE)
def test_a_broken_table_gives_way_to_the_next_kind(monkeypatch, path):
    """Register tables exist with AVX-512 only, tables of bytes with AVX2; the table in memory serves everywhere."""
    src = np.random.default_rng(0).integers(90, 140, (40, 50), dtype=np.uint8)
    kinds = {
        "avx512": ("registers", "bytes", "memory"),
        "avx2": ("bytes", "bytes", "memory"),
        "portable": ("memory", "memory", "memory"),
    }[path]
    for spoil, weights in zip((None, break_split, break_bytes), kinds, strict=True):
        if spoil:
            spoil(monkeypatch)
        nl_means_methods.methods_for.cache_clear()
        plan = numba_nl_means.nl_means(src.shape, 10.0, 7, 22, Workers(1), cpu=path)
        assert plan.path.weights == weights
        out = np.empty_like(src)
        plan(src, out)
        np.testing.assert_array_equal(out, reference.nl_means(src, 10.0, 7, 22))


@pytest.mark.parametrize("path", AVAILABLE)
@pytest.mark.parametrize(
    ("h", "template", "search"),
    [(10.0, 3, 11), (10.0, 7, 13), (33.3, 7, 21)],
)
def test_every_parameter_set_has_vectors(path, h, template, search):
    """Weights above 32767 come in two parts."""
    t, s = half_sizes(template, search)
    methods = nl_means_methods.methods_for(h, t, s, path)
    assert methods.plain is not None
    assert methods.general is not None
    assert methods.plain.spec.weight_parts == (2 if methods.table[0] > 32767 else 1)
    if path == "avx512":
        assert methods.plain.spec.weights == "registers"


@pytest.mark.parametrize("path", AVAILABLE)
def test_plain_sums_reach_their_limit_and_no_further(path):
    t, s = half_sizes(7, 22)
    methods = nl_means_methods.methods_for(10.0, t, s, path)
    side, limit = 2 * t + 1, methods.limit
    assert (side * limit) ** 2 + methods.plain.bias < 1 << 16
    assert (side * (limit + 1)) ** 2 + methods.plain.bias >= 1 << 16
    # one level more, and only those shifts are plain whose patches differ nowhere as much as they could
    for difference, least, most in ((limit, 1.0, 1.0), (limit + 1, 0.0, 0.1)):
        # two flat halves: patches that differ by the limit in all 49 pixels
        src = np.full((64, 64), 50, np.uint8)
        src[:, 32:] += np.uint8(difference)
        src[::9, ::5] = 50
        plan = numba_nl_means.nl_means(src.shape, 10.0, 7, 22, Workers(1), cpu=path)
        out = np.empty_like(src)
        plan(src, out)
        assert least <= plan.path.plain_share <= most
        np.testing.assert_array_equal(out, reference.nl_means(src, 10.0, 7, 22))


def test_a_stopped_sum_weighs_nothing():
    table, t, _ = table_for(10.0, 7, 22)
    bias = choose_bias(table, t)
    assert stops_in_time(table, t, bias)
    assert expected(table, np.array([65535 - bias]), t)[0] == 0
    wide, t, _ = table_for(20.0, 7, 21)
    assert not stops_in_time(wide, t, choose_bias(wide, t))


@pytest.mark.parametrize("path", AVAILABLE)
def test_black_on_white_saturates_exactly(path):
    src = np.zeros((50, 70), np.uint8)
    src[10:30, 20:60] = 255
    src[40] = 255
    for h, search in ((10.0, 22), (20.0, 21)):
        plan = numba_nl_means.nl_means(src.shape, h, 7, search, Workers(1), cpu=path)
        out = np.empty_like(src)
        plan(src, out)
        np.testing.assert_array_equal(out, cv2.fastNlMeansDenoising(src, None, h, 7, search))
