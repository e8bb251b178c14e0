"""Configurations: what is taken is dumped with the same values, and a dump read again is the same dump."""

from __future__ import annotations

import contextlib
import tomllib
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
import tomli_w
from click.testing import CliRunner, Result
from documents import changed
from mutation import mutated
from reader import Reader, Seed, WrongError

from fastdefect.cli.main import cli
from fastdefect.errors import FastDefectError

_EVERY = [
    "a.png", "b.png", "--model", "m.json", "--out", "results", "--no-overlay", "--panel", "--masks", "--score-maps",
    "--json", "--threads", "2", "--verbose", "--page", "2", "--roi", "roi.json", "--ignore", "ignore.png",
    "--mm-per-px", "0.2,0.25", "--min-area", "5", "--min-area-mm2", "1.5", "--merge-distance", "3",
    "--surroundings", "4", "--severity-by", "area", "--severity-limits", "10,20.5", "--report", "r.html",
    "--csv", "t.csv", "--jsonl", "t.jsonl", "--coco", "c.json", "--coco-segmentation", "rle", "--coco-folder", "photos",
]  # fmt: skip
_FEW = ["a.png", "--mm-per-px", "0.2,0.25", "--min-area", "5", "--csv", "t.csv"]
_RUNS = 'images = ["photo.png"]\nreport = "r.html"\noverlay = false\n'


def make(folder: Path) -> Reader:
    """The reader of configurations."""
    _inspect(folder, Random())  # compiles or loads the kernels, before seconds count
    seeds = {
        "every.toml": Seed(_run(*_EVERY, "--dump-config", "-").stdout_bytes),
        "few.toml": Seed(_run(*_FEW, "--dump-config", "-").stdout_bytes),
        "one.toml": Seed(b'mm_per_px = 2\nimages = ["a.png"]\n'),
        "numbers.toml": Seed(b"mm_per_px = [1, 2]\nthreads = 1\nmin_area_mm2 = 2\n"),
        "empty.toml": Seed(b""),
        "typing-error.toml": Seed(b'repport = "r.html"\n', good=False),
        "unknown.toml": Seed(b"zzzzzz = 1\n", good=False),
        "type.toml": Seed(b"threads = true\n", good=False),
        "text.toml": Seed(b'threads = "2"\n', good=False),
        "images.toml": Seed(b'images = ["a.png", 3]\n', good=False),
        "null.toml": Seed(b'report = "r\\u0000.html"\n', good=False),
        "large.toml": Seed(b"mm_per_px = [1e999, 1]\nsurroundings = 99999999999999999999999\n", good=False),
        "texts.toml": Seed(b'mm_per_px = ["x", "y"]\n', good=False),
        "json.toml": Seed(b'{"threads": 2}', good=False),
    }  # fmt: skip
    sources = ("cli/config.py", "io/guarded.py")
    return Reader(seeds, _read, _check, sources, _mutate, calls=(_inspect, _options))


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["detect", *map(str, arguments)])


def _judged(done: Result) -> Result:
    """A wrong command line, said in words; nothing else that stops."""
    if done.exit_code not in (0, 1, 2) or not isinstance(done.exception, (type(None), SystemExit)):
        raise WrongError(f"exit {done.exit_code}, {done.exception!r}") from done.exception
    if done.exit_code:
        raise FastDefectError(done.stderr)
    return done


def _mutate(data: bytes, other: bytes, chance: Random) -> bytes:
    if chance.random() < 0.7:
        with contextlib.suppress(ValueError, TypeError, AttributeError, RecursionError):
            both = tomllib.loads(other.decode()) | tomllib.loads(data.decode())
            made = changed(both if chance.random() < 0.3 else tomllib.loads(data.decode()), chance)
            # TOML has no null
            return tomli_w.dumps({k: v for k, v in made.items() if v is not None}).encode()
    return mutated(data, other, chance)


def _read(_which: str, path: Path) -> str:
    dumped = path.with_name("dumped")
    _judged(_run("--config", path, "--dump-config", dumped))
    return dumped.read_text("utf-8", "surrogateescape")


def _check(which: str, data: bytes, text: str) -> None:
    given, found = tomllib.loads(data.decode()), tomllib.loads(text)
    for key, value in given.items():
        if not _same(value, found.get(key)):
            raise WrongError(f"{key} = {value!r:.80} became {found.get(key)!r:.80}")
    again = Path("again.toml")
    again.write_text(text, "utf-8")
    try:
        second = _judged(_run("--config", again, "--dump-config", "-")).stdout_bytes
    except FastDefectError as error:
        raise WrongError(f"a dump of {which} is refused: {error}") from error
    if tomllib.loads(second.decode()) != found:
        raise WrongError("a dump that is read again is another")


def _same(given: Any, found: Any) -> bool:
    """A number may stand for a list of one, and a name of a file be written in a shorter way."""
    if isinstance(found, list):
        many = given if isinstance(given, list) else [given]
        return len(many) == len(found) and all(map(_same, many, found))
    if isinstance(given, str) and isinstance(found, str):
        return given == found or Path(given) == Path(found)
    return bool(given == found)


def _inspect(folder: Path, _chance: Random) -> None:
    """An inspection with its page, which lists the settings."""
    image = np.random.default_rng(0).integers(0, 255, (40, 40, 3), np.uint8)
    (folder / "photo.png").write_bytes(bytes(cv2.imencode(".png", image)[1]))
    (folder / "run.toml").write_text(_RUNS)
    _judged(_run("--config", folder / "run.toml", "--out", folder / "results"))


def _options(folder: Path, chance: Random) -> None:
    """Numbers on the command line, and places that take no dump."""
    numbers = chance.choice(["0.1", "1,2", "x", "1,,2", "", "1e999,1", "nan", "-1"])
    place = chance.choice(
        ["-", folder / "dump.toml", folder, folder / "none" / "dump.toml", folder / ("x" * 300)]
    )
    _judged(_run("--mm-per-px", numbers, "--dump-config", place))
