"""What a reader of files is to the fuzzer."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from mutation import mutated

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests"))  # small networks are made there


class WrongError(Exception):
    """The reader took a file for something else than it is, or left something behind."""


@dataclass(frozen=True)
class Seed:
    """A file as some program writes it.

    Attributes
    ----------
    data : bytes
    good : bool or None
        Whether the reader takes it as it is, or has to refuse it; None where that is the decoder's choice.
    lies : tuple of str
        How the decoder may fail for this one besides raising an error, see `faults.LIES`.
    """

    data: bytes
    good: bool | None = True
    lies: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reader:
    """A reader with files of its kind.

    Attributes
    ----------
    seeds : mapping of str to Seed
        By the name that the file gets.
    read : callable
        Given the seed's name and the file; returns whatever was read, or raises a `FastDefectError`. Nothing else.
    check : callable
        Given the seed's name, the file's bytes and what ``read`` returned for it; raises `WrongError` where that is not
        what the file holds.
    sources : tuple of str
        Files of the package whose lines are counted.
    mutate : callable
        Given a file's bytes, those of another and chance: other bytes.
    calls : tuple of callable
        What the same sources do without a file to read, given a folder and chance: writing, and arguments that are no
        names. Each raises a `FastDefectError` or returns.
    """

    seeds: Mapping[str, Seed]
    read: Callable[[str, Path], Any]
    check: Callable[[str, bytes, Any], None]
    sources: tuple[str, ...]
    mutate: Callable[[bytes, bytes, Random], bytes] = mutated
    calls: tuple[Callable[[Path, Random], Any], ...] = field(default=())
