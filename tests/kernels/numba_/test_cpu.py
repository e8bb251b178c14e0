"""The processor path: what the variable may hold, what a list of features gives, on either architecture."""

from __future__ import annotations

import pytest
from numba.core import config

from fastdefect.errors import ArgumentValueError
from fastdefect.kernels._numba import cpu

X86 = ("avx512", "avx2", "portable")
ARM = ("neon", "portable")
FOREIGN = set(cpu.PATHS) - set(cpu.WORDS)


def test_the_words_are_those_of_one_architecture():
    assert cpu.WORDS in (X86, ARM)
    assert set(X86 + ARM) == set(cpu.PATHS)


@pytest.mark.parametrize("word", ["avx1024", "AVX2", *sorted(FOREIGN)])
def test_an_unknown_word_or_one_of_another_architecture_is_an_error(monkeypatch, word):
    monkeypatch.setenv("FASTDEFECT_CPU", word)
    with pytest.raises(
        ArgumentValueError, match=r"FASTDEFECT_CPU: expected one of .*portable, rece"
    ):
        cpu.cpu_path()


@pytest.mark.parametrize("word", cpu.WORDS)
def test_the_variable_limits_the_path(monkeypatch, word):
    monkeypatch.setenv("FASTDEFECT_CPU", word)
    assert cpu.PATHS.index(cpu.cpu_path()) >= cpu.PATHS.index(word)
    assert cpu.cpu_path() in cpu.WORDS


@pytest.mark.parametrize("path", sorted(FOREIGN))
def test_a_path_of_another_architecture_is_never_taken(path):
    assert cpu.cpu_path(path) in cpu.WORDS


@pytest.mark.parametrize(
    ("arm", "features", "path"),
    [
        (False, "+avx512f,+avx512bw,+avx512vl,+avx512dq,+avx2,+fma", "avx512"),
        (False, "+avx512f,+avx512bw,-avx512vl,+avx512dq,+avx2,+fma", "avx2"),
        (False, "+avx2,-fma", "portable"),
        (False, "", "portable"),
        (True, "+neon,+sve,+sve2", "neon"),
        (True, "", "neon"),  # a list may leave out what every 64-bit Arm has
    ],
)
def test_the_features_that_numba_compiles_for_decide(monkeypatch, arm, features, path):
    monkeypatch.setattr(cpu, "_ARM", arm)
    monkeypatch.setattr(cpu, "WORDS", ARM if arm else X86)
    monkeypatch.delenv("FASTDEFECT_CPU", raising=False)
    monkeypatch.setattr(config, "CPU_FEATURES", features)
    assert cpu.cpu_path() == path


def test_a_foreign_processor_without_features_has_the_baseline(monkeypatch):
    monkeypatch.delenv("FASTDEFECT_CPU", raising=False)
    monkeypatch.setattr(config, "CPU_FEATURES", None)
    monkeypatch.setattr(config, "CPU_NAME", "a processor that this is not")
    assert cpu.cpu_path() == cpu.WORDS[-2 if cpu.WORDS == ARM else -1]
