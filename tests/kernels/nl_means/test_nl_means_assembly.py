"""What the AVX-512 path of NL-means compiles to, on any x86 processor: compiled for another one and read, not run."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from conftest import ROOT

from fastdefect.kernels._numba.cpu import WORDS

pytestmark = pytest.mark.skipif("avx512" not in WORDS, reason="another architecture")

TARGET = {
    "NUMBA_CPU_NAME": "sapphirerapids",
    "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma,+bmi,+bmi2,+avx512f,+avx512bw,+avx512vl,+avx512dq,"
    "+avx512vbmi,+avx512vbmi2,+avx512vnni",
}
SCRIPT = """
import json
from collections import Counter
from numba import types, typeof
import fastdefect.kernels._numba.dispatcher  # what Numba is told of specializations
from benchmarks.nl_means_instructions import turn
from fastdefect.kernels._numba import cpu_path
from fastdefect.kernels.nl_means.columns import Columns, sum_columns
from fastdefect.kernels.nl_means.gather import Gather, gather_rows
from fastdefect.kernels.nl_means.rows import Rows, weigh_rows

assert cpu_path() == "avx512"
whole = types.int64
two, three = types.UniTuple(whole, 2), types.UniTuple(whole, 3)
third = whole, whole, whole, whole, three, two, three, whole
second = whole, whole, two, whole, types.int16, whole, three
cases = {"gather": (gather_rows, Gather("avx512", 32, False), third, "vpdpwssd")}
first = (whole,) * 7
for kind in ("smooth", "narrow"):
    cases[kind] = sum_columns, Columns("avx512", 32, 3, kind), first, "vpmaddubsw"
for bits in range(5):
    cases[f"registers {bits}"] = weigh_rows, Rows("avx512", 32, 3, "plain", "registers", bits), second, "vpermt2w"
for bits in (0, 2):
    cases[f"memory {bits}"] = weigh_rows, Rows("avx512", 32, 3, "split", "memory", bits), second, "vpgatherdd"
found = {}
for name, (kernel, spec, kinds, work) in cases.items():
    signature = (typeof(spec), *kinds)
    kernel.compile(signature)
    lines = turn(kernel.inspect_asm(signature), work)
    names = Counter(line.split()[0] for line in lines)
    found[name] = [names, sum("(%rsp" in line and "mm" in line for line in lines)]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def turns(tmp_path_factory) -> dict[str, tuple[dict[str, int], int]]:
    """By kernel: how often each instruction stands in a turn, and how many vectors lie on the stack."""
    cache = str(tmp_path_factory.mktemp("kernels"))
    environment = {**os.environ, **TARGET, "PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": cache}
    environment.pop("FASTDEFECT_CPU", None)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def operations(names: dict[str, int]) -> int:
    """Operations of vectors, without copies."""
    return sum(
        n for word, n in names.items() if word[0] == "v" and not word.startswith(("vmovd", "vmovu"))
    )


@pytest.mark.long
@pytest.mark.parametrize("bits", range(5))
def test_each_lower_bit_of_a_weight_in_registers_takes_three_operations(turns, bits):
    """Of two rows: the permute, the shift of each lane, and one that appends the bit."""
    names, spilled = turns[f"registers {bits}"]
    assert spilled == 0
    assert names["vpermt2w"] + names["vpermi2w"] == 2 * (3 + bits)
    assert operations(names) == 24 + 6 * bits


@pytest.mark.parametrize("bits", [0, 2])
def test_weights_in_memory_come_sixteen_at_a_time(turns, bits):
    names, spilled = turns[f"memory {bits}"]
    assert spilled == 0
    assert names["vpgatherdd"] == 2
    assert "vpinsrw" not in names


def test_products_are_added_as_they_are_made(turns):
    """Two rows, two halves, both ends of two shifts; with pixels and alone."""
    names, spilled = turns["gather"]
    assert spilled == 0
    assert names["vpdpwssd"] == 16
    assert "vpmaddwd" not in names
    assert operations(names) == 24


def test_column_sums_of_smooth_blocks_neither_saturate_nor_look_for_the_largest(turns):
    """Those run at half the pace of others."""
    names, spilled = turns["smooth"]
    assert spilled == 0
    assert names["vpaddw"] == turns["narrow"][0]["vpaddusw"]
    assert not {"vpaddusw", "vpmaxuw"} & names.keys()
    assert operations(names) == 52
