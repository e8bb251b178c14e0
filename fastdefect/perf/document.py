"""The file of a profile, read back and compared.

Fields: ``kind``, ``format``, ``command``; ``machine``, see `fastdefect.perf.machine.describe`; ``megahertz`` and
``celsius`` before the first and after each run, None where the system does not tell; ``shape``; ``web``; ``runs``, one
per number of threads, each with ``threads``, ``latency``, ``stages``, ``histogram``, ``roofs``, ``buffers``,
``peak_bytes``; ``memory`` in bytes; ``start_ms``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastdefect.errors import ArgumentValueError
from fastdefect.io import read_file
from fastdefect.perf.web_speed import Web

KIND = "fastdefect profile"
FORMAT = 1
_LARGEST = 16 * 2**20  # bytes; a profile takes some 50 KB

Document = Mapping[str, Any]


def read(path: Path) -> Document:
    """Read a profile.

    Raises
    ------
    ArgumentValueError
        When the file is missing, no profile, or of another format.
    """

    def fault(received: str) -> ArgumentValueError:
        return ArgumentValueError(
            f"profile: expected a file written by 'fastdefect profile --report', {path}: {received}"
        )

    data = read_file(path, _LARGEST, fault)
    try:
        document = json.loads(data.decode("utf-8"))
        kind, version = document["kind"], document["format"]
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise fault(
            f"received another ({type(error).__name__}: {error}); write one with --report"
        ) from error
    if (kind, version) != (KIND, FORMAT):
        raise ArgumentValueError(
            f"profile: expected {KIND!r} of format {FORMAT}, received {kind!r} of format {version} in {path}; "
            "write a new one with fastdefect profile --report"
        )
    assert isinstance(document, dict)
    return document


def best_run(document: Document) -> Document:
    """The run with the shortest 99th percentile."""
    runs: list[Document] = document["runs"]
    return min(runs, key=lambda run: float(run["latency"]["p99"]))


def sentence(document: Document) -> str:
    """The web speed that the best run can follow."""
    run = best_run(document)
    web = Web(document["web"]["width_mm"], document["web"]["mm_per_pixel"])
    shape = (document["shape"][0], document["shape"][1])
    return web.sentence(shape, run["threads"], run["latency"]["p99"])


@dataclass(frozen=True)
class Side:
    """One figure of two profiles.

    Attributes
    ----------
    what : str
        Its name and unit.
    a, b : float or None
        The figures; None where a profile lacks it.
    """

    what: str
    a: float | None
    b: float | None

    @property
    def ratio(self) -> float | None:
        """How many times A's figure B's is."""
        return self.b / self.a if self.a and self.b is not None else None


def compare(a: Document, b: Document) -> list[Side]:
    """Put the figures of two profiles side by side, by number of threads.

    Raises
    ------
    ArgumentValueError
        When the profiles are of different image shapes.
    """
    if a["shape"] != b["shape"]:
        raise ArgumentValueError(
            f"compare: expected two profiles of one image shape, received {_size(a)} and {_size(b)}; "
            "measure one again with --shape"
        )
    before, now = _figures(a), _figures(b)
    names = list(dict.fromkeys([*before, *now]))
    return [Side(name, before.get(name), now.get(name)) for name in names]


def _figures(document: Document) -> dict[str, float]:
    found: dict[str, float] = {}
    for run in document["runs"]:
        on = f"{run['threads']} thread{'s' * (run['threads'] > 1)}"
        for mark in ("p50", "p99", "p999", "most"):
            found[f"{on}: image, {NAMES[mark]}, ms"] = run["latency"][mark]
        for name, stage in run["stages"].items():
            found[f"{on}: {name}, median, ms"] = stage["latency"]["p50"]
        found[f"{on}: memory, GB/s"] = run["roofs"]["memory"] / 1e9
        found[f"{on}: arithmetic, Gop/s"] = run["roofs"]["arithmetic"] / 1e9
    if document["memory"]["peak"]:
        found["memory peak, MB"] = document["memory"]["peak"] / 1e6
    found |= {f"{name}, ms": value for name, value in document["start_ms"].items()}
    return found


NAMES = {"p50": "median", "p90": "p90", "p99": "p99", "p999": "p99.9", "most": "longest"}
"""How the percentiles are called in print."""
_LEAST = {"p90": 10, "p99": 100, "p999": 1000}  # images, so that one of them lies beyond
BEYOND = (
    "Over 100 % is no share: the arrays stayed in a cache, the limit was measured too low because other programs ran, or "
    "the stage needs fewer operations than its textbook algorithm"
)


def figure(value: float | None) -> str:
    """Three significant digits without an exponent, four decimals at most; a dash where the system does not tell."""
    if value is None:
        return "–"
    for limit, digits in ((0.1, 4), (1, 3), (10, 2), (100, 1)):
        if abs(value) < limit:
            return f"{value:.{digits}f}"
    return f"{value:.0f}"


def share(value: float) -> str:
    """A part of a limit, in percent.

    Beyond the whole it is no number, see `BEYOND`.
    """
    return "over 100" if value > 1 else f"{100 * value:.1f}"


def beyond_limits(run: Document) -> list[str]:
    """The stages of a run that go beyond a limit."""
    rates = (("bytes_per_second", "memory"), ("operations_per_second", "arithmetic"))
    return [
        name
        for name, stage in run["stages"].items()
        if any(stage[rate] > run["roofs"][roof] for rate, roof in rates)
    ]


def doubtful_tail(run: Document) -> str | None:
    """Say where a percentile rests on too few images to be one; None where all are sound."""
    calls = run["latency"]["calls"]
    marks = [NAMES[mark] for mark, least in _LEAST.items() if calls < least]
    if not marks:
        return None
    return f"{' and '.join(marks)} of {calls} images tell little more than the slowest of them; measure longer (--seconds)"


def _size(document: Document) -> str:
    return f"{document['shape'][0]} × {document['shape'][1]}"
