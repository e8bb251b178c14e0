"""Carry out the walks of walkthroughs.md.in in a fresh clone, and write docs/walkthroughs.md.

    python scripts/walkthroughs [--check] [--environment DIR]

The clone is of the last commit, in a folder of its own. --check writes nothing and fails where the walks print another thing
than the document says; masks.py lists what is not compared, times above all. With --environment the README's lines that make
an environment are left out, and DIR takes its place, where the clone's package goes before an installed one.
"""

from __future__ import annotations

import argparse
import difflib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from blocks import ROOT, Shell, carried_out, expanded
from masks import masked

TEMPLATE = Path(__file__).with_name("walkthroughs.md.in")
DOCUMENT = ROOT / "docs" / "walkthroughs.md"
_MACHINE = """
from fastdefect.perf.machine import describe
from fastdefect.tiling.workers import available_threads
found = describe(available_threads())
versions = found["versions"]
print("Run with", found["processor"], "·", found["threads"], "threads · Python", versions["python"], "· NumPy",
      versions["numpy"], "· Numba", versions.get("numba", "none"), "· commit", found["commit"])
"""


def main() -> int:
    """Write the document, or compare with it."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="write nothing; compare")
    parser.add_argument(
        "--environment", type=Path, metavar="DIR", help="to use instead of a new one"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        clone = Path(temporary) / "fastdefect"
        subprocess.run(["git", "clone", "-q", "--depth", "1", ROOT.as_uri(), clone], check=True)
        os.environ.pop("PYTHONPATH", None)
        if given.environment:
            (clone / ".venv").symlink_to(given.environment.resolve())
            os.environ["PYTHONPATH"] = str(clone)  # whatever is installed there
        walked = carried_out(
            expanded(TEMPLATE.read_text("utf-8")), Shell(clone, not given.environment)
        )
        machine = subprocess.run(
            [clone / ".venv/bin/python", "-c", _MACHINE],
            cwd=clone,
            capture_output=True,
            text=True,
            check=True,
        )
    walked = walked.replace("{machine}", machine.stdout.strip())
    if not given.check:
        DOCUMENT.write_text(walked, "utf-8")
        return 0
    before = masked(DOCUMENT.read_text("utf-8")).splitlines()
    difference = list(
        difflib.unified_diff(before, masked(walked).splitlines(), str(DOCUMENT), "now", lineterm="")
    )
    print("\n".join(difference) or f"{DOCUMENT}: the walks print what it says")
    return int(bool(difference))


if __name__ == "__main__":
    sys.exit(main())
