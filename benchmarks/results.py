"""Measure everything and write ``benchmarks/results.json``, RESULTS.md and the README's table.

python -m benchmarks.results                     all of it, about half an hour on two cores
python -m benchmarks.results --size 512x512      one size only
python -m benchmarks.results --render            only write the tables again from results.json
"""

from __future__ import annotations

import argparse
import shlex
import sys
from itertools import chain
from pathlib import Path

from benchmarks import nl_means_sets, peers, render
from fastdefect.bench.compare import contest, opencv_threads
from fastdefect.bench.record import Record
from fastdefect.cli.bench_subjects import subjects
from fastdefect.perf.machine import describe
from fastdefect.perf.startup import startup
from fastdefect.tiling.workers import available_threads

TOP = Path(__file__).resolve().parents[1]
JSON = TOP / "benchmarks" / "results.json"
SIZES = ("256x256", "512x512", "1024x1024", "2048x2048", "4096x4096")
PEER_SIZES = ((512, 512), (1024, 1024))


def main() -> None:
    options = _options()
    if not options.render:
        JSON.write_text(_measure(options).to_json(), encoding="utf-8")
    record = Record.from_file(JSON)
    (TOP / "RESULTS.md").write_text(render.results(record), encoding="utf-8")
    readme = TOP / "README.md"
    text = render.replaced(readme.read_text(encoding="utf-8"), render.readme_table(record))
    readme.write_text(text, encoding="utf-8")
    print(f"wrote {JSON.relative_to(TOP)}, RESULTS.md and the table in README.md")


def _measure(options: argparse.Namespace) -> Record:
    machine = describe(available_threads())
    house = subjects()
    shapes = [tuple(int(side) for side in size.split("x")) for size in options.size or SIZES]
    threads = list(dict.fromkeys(options.threads or (1, available_threads())))
    rows = []
    sets = [nl_means_sets.SHAPE] if nl_means_sets.SHAPE in shapes else []
    for row in chain(
        contest(house, shapes, threads, options.seconds),
        contest(house, sets, [1], options.seconds, duels=nl_means_sets.CASES),
    ):
        print(f"{row.id}: {row.ratio.median:.2f} times as fast", flush=True)
        rows.append(row)
    with opencv_threads(1):
        for shape in PEER_SIZES:
            for peer in peers.PEERS:
                if shape in shapes and shape[0] * shape[1] <= peer.most_pixels:
                    rows.append(peers.measure(peer, house, shape, options.seconds))
                    print(f"{rows[-1].id}: {rows[-1].ratio.median:.2f} times as fast", flush=True)
    starts = startup(options.starts, lambda name: print(f"start: {name}", flush=True))
    command = shlex.join(["python", "-m", "benchmarks.results", *sys.argv[1:]])
    return Record(machine, command, rows, starts)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.results", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--size", action="append", metavar="HxW", help=f"repeatable; default {' '.join(SIZES)}"
    )
    parser.add_argument(
        "--threads", action="append", type=int, help="repeatable; default 1 and all"
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="budget per row, default 2")
    parser.add_argument(
        "--starts", type=int, default=7, help="processes per kind of start, default 7"
    )
    parser.add_argument(
        "--render", action="store_true", help="only write the tables again from results.json"
    )
    return parser.parse_args()


if __name__ == "__main__":
    main()
