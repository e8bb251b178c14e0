"""Figures in the formats that other tools of benchmarks read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fastdefect.bench.record import Run
from fastdefect.perf.timing import Quartiles

_NANOSECONDS = 1e6  # in a millisecond


@dataclass(frozen=True)
class Figure:
    """One thing that was timed.

    Attributes
    ----------
    name : str
    milliseconds : Quartiles
        Per call.
    rounds : int
    threads : int
    label : str
        What it is, in words.
    measures : mapping of str to Quartiles
        Other figures than the time, such as how many times as fast.
    facts : mapping of str to object
        What else belongs to it, such as the digest of its result.
    """

    name: str
    milliseconds: Quartiles
    rounds: int
    threads: int = 1
    label: str = ""
    measures: Mapping[str, Quartiles] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


def figures_of(run: Run) -> Iterator[Figure]:
    """Both sides of every row, as ``NAME/HxW/threads`` and the same with ``/baseline``."""
    for row in run.rows:
        facts = {"digest": row.digest, "held_back": row.held_back}
        fast = {"times-as-fast": row.ratio}
        yield Figure(row.id, row.subject_ms, row.rounds, row.threads, row.subject, fast, facts)
        yield Figure(
            f"{row.id}/baseline",
            row.baseline_ms,
            row.rounds,
            row.threads,
            row.baseline,
            facts=facts,
        )


def google_benchmark(figures: Iterable[Figure], machine: Mapping[str, Any], command: str) -> str:
    """The JSON of Google Benchmark's ``--benchmark_format=json``, for its ``compare.py`` and whatever else reads it.

    Each figure is an aggregate, the median; quartiles, measures and facts stand beside it as counters. ``cpu_time`` repeats
    ``real_time``: only the clock on the wall is read.

    Parameters
    ----------
    figures : iterable of Figure
    machine : mapping
        See `fastdefect.perf.machine.describe`; all of it goes into the context.
    command : str
        What to type to repeat the run.

    Returns
    -------
    str
    """
    context = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "host_name": machine["system"],
        "executable": command,
        "num_cpus": os.cpu_count(),
        "mhz_per_cpu": machine["megahertz"] or 0,
        "cpu_scaling_enabled": machine["scheduling"]["governor"] not in (None, "performance"),
        "caches": [],
        "load_avg": list(os.getloadavg()) if hasattr(os, "getloadavg") else [],
        "library_build_type": "release",
        "machine": dict(machine),
    }
    benchmarks = [
        {
            "name": f"{figure.name}_median",
            "run_name": figure.name,
            "run_type": "aggregate",
            "aggregate_name": "median",
            "aggregate_unit": "time",
            "repetitions": figure.rounds,
            "iterations": figure.rounds,
            "threads": figure.threads,
            "real_time": figure.milliseconds.median,
            "cpu_time": figure.milliseconds.median,
            "time_unit": "ms",
            "label": figure.label,
            "quartile_low": figure.milliseconds.low,
            "quartile_high": figure.milliseconds.high,
            **{name: values.median for name, values in figure.measures.items()},
            **figure.facts,
        }
        for figure in figures
    ]
    return json.dumps({"context": context, "benchmarks": benchmarks}, indent=1) + "\n"


def bencher(figures: Iterable[Figure]) -> str:
    """Bencher Metric Format: the latency in nanoseconds and the measures of each figure, with quartiles as bounds.

    Parameters
    ----------
    figures : iterable of Figure

    Returns
    -------
    str
    """
    document = {
        figure.name: {
            "latency": _metric(figure.milliseconds.scaled(_NANOSECONDS)),
            **{name: _metric(values) for name, values in figure.measures.items()},
        }
        for figure in figures
    }
    return json.dumps(document, indent=1) + "\n"


def _metric(values: Quartiles) -> dict[str, float]:
    return {"value": values.median, "lower_value": values.low, "upper_value": values.high}
