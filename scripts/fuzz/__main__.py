"""Fuzz every reader of files for some minutes, keep what fails, and write the figures into RELIABILITY.md.

    python scripts/fuzz MINUTES [--jobs N] [--seed N] [--corpus FOLDER] [--write]
    python scripts/fuzz --put-back [FAULT] [--seed N] [--write]

The minutes are processor minutes of all processes together, without those in which good files are made, shared alike among
the readers, each of which has processes of its own. A file is kept in the corpus (default fuzz-failures), and tried first
the next time, if the reader crashes over it, hangs (20 s), takes more than 1 GiB, raises what is no error of the package,
returns something else than the file holds, or leaves half-written files. The seed is printed; with the same one the same
files come in the same order.

--put-back puts faults that were mended here back, one at a time, in processes of their own, and fuzzes until the first
failure: it says how long that took. --write puts the figures of the readers that ran into RELIABILITY.md. Exit status 1
if anything failed, or a fault was not found.
"""

from __future__ import annotations

import argparse
import secrets
import sys
from pathlib import Path

import document
import put_back
from run import NAMES, fuzz


def main() -> int:
    """Share the minutes among the readers, or look for faults that are put back."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("minutes", type=float, nargs="?", help="processor minutes in total")
    parser.add_argument("--jobs", type=int, default=1, help="processes at a time")
    parser.add_argument("--seed", type=int, default=secrets.randbits(32))
    parser.add_argument("--corpus", type=Path, default=Path("fuzz-failures"))
    parser.add_argument("--reader", choices=NAMES, action="append", help="only this one")
    parser.add_argument("--until-failure", action="store_true", help="stop at the first")
    parser.add_argument(
        "--put-back", nargs="?", const="", metavar="FAULT", choices=["", *put_back.FAULTS]
    )
    parser.add_argument(
        "--with-fault", choices=put_back.FAULTS, default="", help="put this one back"
    )
    parser.add_argument("--write", action="store_true", help="write RELIABILITY.md")
    given = parser.parse_args()
    if (given.minutes is None) == (given.put_back is None):
        parser.error("expected MINUTES or --put-back")
    print(f"seed {given.seed}", flush=True)
    if given.put_back is not None:
        rows = put_back.look(given.put_back, given.seed)
        if given.write:
            document.write_put_back(rows, given.seed)
        return int(not all(row.is_as_hoped for row in rows))
    given.corpus.mkdir(parents=True, exist_ok=True)
    found = fuzz(
        given.reader or NAMES,
        given.seed,
        60 * given.minutes,
        given.jobs,
        given.corpus.resolve(),
        until_failure=given.until_failure,
        fault=given.with_fault,
    )
    for name, each in found.items():
        print(f"{name}: {each.said}", flush=True)
    if given.write:
        document.write_figures(found, given.seed, given.minutes, given.jobs)
    return int(any(each.failed for each in found.values()))


if __name__ == "__main__":
    sys.exit(main())
