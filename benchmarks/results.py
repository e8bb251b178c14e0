"""Measure everything on this processor's path and write ``benchmarks/results.json``, RESULTS.md and the tables.

python -m benchmarks.results                     all of it, about half an hour on two cores
python -m benchmarks.results --quick             three sizes, short samples: minutes
python -m benchmarks.results --size 512x512      one size only
python -m benchmarks.results --again             the rows again during which the machine was busy
python -m benchmarks.results --render            only write the tables again from results.json
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import Path

from benchmarks import nl_means_sets, render, sources
from fastdefect.bench import compare
from fastdefect.bench.compare import measure_all, opencv_threads
from fastdefect.bench.peers import PEERS, measure
from fastdefect.bench.record import Record, Row, Run
from fastdefect.kernels._numba import cpu_path
from fastdefect.perf.startup import startup
from fastdefect.tiling.workers import available_threads

TOP = Path(__file__).resolve().parents[1]
JSON = TOP / "benchmarks" / "results.json"
SIZES = ("256x256", "512x512", "1024x1024", "2048x2048", "4096x4096")
SECONDS, STARTS = 2.0, 7
QUICK_SIZES, QUICK_SECONDS, QUICK_STARTS = SIZES[:3], 0.3, 3
# Quartiles of the ratio further apart than this say that the machine was busy; such a row is measured again.
_STEADY = 1.5
_TRIES = 2
PEER_SIZES = ((512, 512), (1024, 1024))


def main() -> None:
    options = _options()
    record = Record.from_file(JSON)
    if options.again:
        run = record.run(cpu_path())
        if run.machine.get("sources") != sources.digest(sources.RESULTS.paths):
            raise SystemExit(
                f"--again: the kernels have changed since {run.machine['commit']}; measure all rows"
            )
        record = record.replaced(steadied(run, options.seconds))
        JSON.write_text(record.to_json(), encoding="utf-8")
    elif not options.render:
        record = record.replaced(steadied(_measure(options), options.seconds))
        JSON.write_text(record.to_json(), encoding="utf-8")
    (TOP / "RESULTS.md").write_text(render.results(record), encoding="utf-8")
    for mark, table in render.tables(record).items():
        file = TOP / render.MARKERS[mark]
        text = render.replaced(mark, file.read_text(encoding="utf-8"), table)
        file.write_text(text, encoding="utf-8")
    print(f"wrote {JSON.relative_to(TOP)}, RESULTS.md and the tables in README.md and PARITY.md")


def _measure(options: argparse.Namespace) -> Run:
    machine = sources.machine(sources.RESULTS)
    shapes = [tuple(int(side) for side in size.split("x")) for size in options.size]
    threads = list(dict.fromkeys(options.threads or (1, available_threads())))
    load_before = os.getloadavg()[0]
    rows = []
    sets = [nl_means_sets.SHAPE] if nl_means_sets.SHAPE in shapes else []
    for row in chain(
        measure_all(shapes, threads, options.seconds),
        measure_all(sets, [1], options.seconds, cases=nl_means_sets.CASES),
    ):
        print(f"{row.id}: {row.ratio.median:.2f} times as fast", flush=True)
        rows.append(row)
    with opencv_threads(1):
        for shape in PEER_SIZES:
            for peer in PEERS:
                if shape in shapes and shape[0] * shape[1] <= peer.max_pixels:
                    rows.append(measure(peer, shape, options.seconds))
                    print(f"{rows[-1].id}: {rows[-1].ratio.median:.2f} times as fast", flush=True)
    starts = startup(options.starts, lambda name: print(f"start: {name}", flush=True))
    command = shlex.join(["python", "-m", "benchmarks.results", *sys.argv[1:]])
    machine["load"] = [round(load_before, 2), round(os.getloadavg()[0], 2)]
    return Run(cpu_path(), machine, command, rows, starts)


def steadied(run: Run, seconds: float, remeasure: Callable[..., Row] = compare.measure) -> Run:
    """Measure the rows again whose quartiles of the ratio are far apart; of both samples the narrower counts.

    The choice looks at the spread alone, never at who wins, so it favours neither side. Whole pipelines and peers stay.
    """
    known = {case.name: case for case in (*compare.CASES, *nl_means_sets.CASES)}
    rows = []
    for row in run.rows:
        case = known.get(row.name)
        for _ in range(_TRIES if case else 0):
            if _width(row) <= _STEADY:
                break
            again = remeasure(case, (row.height, row.width), row.threads, seconds)
            print(f"{row.id}: {row.ratio.median:.2f}, again {again.ratio.median:.2f}", flush=True)
            row = min(row, again, key=_width)
        rows.append(row)
    return replace(run, rows=rows)


def _width(row: Row) -> float:
    return row.ratio.high / row.ratio.low


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.results", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--size", action="append", metavar="HxW", help=f"repeatable; default {' '.join(SIZES)}"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help=f"{' '.join(QUICK_SIZES)}, {QUICK_SECONDS} s per row, {QUICK_STARTS} processes per kind of start",
    )
    parser.add_argument(
        "--threads", action="append", type=int, help="repeatable; default 1 and all"
    )
    parser.add_argument("--seconds", type=float, help=f"budget per row, default {SECONDS:g}")
    parser.add_argument("--starts", type=int, help=f"processes per kind of start, default {STARTS}")
    parser.add_argument(
        "--again", action="store_true", help="only measure unsteady rows of this path again"
    )
    parser.add_argument(
        "--render", action="store_true", help="only write the tables again from results.json"
    )
    options = parser.parse_args()
    usual = (
        (QUICK_SIZES, QUICK_SECONDS, QUICK_STARTS) if options.quick else (SIZES, SECONDS, STARTS)
    )
    for name, value in zip(("size", "seconds", "starts"), usual, strict=True):
        if getattr(options, name) is None:
            setattr(options, name, value)
    return options


if __name__ == "__main__":
    main()
