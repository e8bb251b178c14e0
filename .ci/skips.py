"""Fail when a test was skipped, or expected to fail, that the list does not name.

python .ci/skips.py ALLOWED REPORT.xml ...

Each line of ALLOWED is ``pattern | where | reason``. The pattern is a shell glob over
``tests.folder.test_file::test_name[case]``, in which a bracket stands for itself. ``where`` is one of

    step NAME          in the report NAME.xml only
    without FEATURE    where the processor lacks the feature, in the spelling of /proc/cpuinfo
    absent PATH        where the path, seen from the folder above the list's, does not exist
"""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

PLACES = ("step", "without", "absent")


class Allowed(NamedTuple):
    """One line of the list."""

    pattern: str
    place: str  # one of PLACES
    word: str

    def covers(self, name: str, step: str, features: frozenset[str], root: Path) -> bool:
        here = {
            "step": step == self.word,
            "without": self.word not in features,
            "absent": not (root / self.word).exists(),
        }[self.place]
        return here and fnmatchcase(name, self.pattern)


def allowed(text: str) -> list[Allowed]:
    """Read the list; every line needs its place and its reason."""
    found = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            pattern, where, reason = ([part.strip() for part in line.split("|")] + ["", ""])[:3]
            place, _, word = where.partition(" ")
            if place not in PLACES or not word or not reason:
                raise SystemExit(
                    f"{line!r}: expected `pattern | where | reason`, where: {' or '.join(PLACES)}, and its word"
                )
            found.append(Allowed(pattern.replace("[", "[[]"), place, word))
    return found


def skipped(report: Path) -> list[tuple[str, str]]:
    """Return the name and the given reason of every test of a JUnit report that did not run to its end."""
    found = []
    for case in ElementTree.parse(report).iter("testcase"):
        for mark in case.iter("skipped"):
            name = "::".join(filter(None, (case.get("classname"), case.get("name"))))
            found.append((name, mark.get("message") or ""))
    return found


def processor_features() -> frozenset[str]:
    """What this processor has."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next(
        (frozenset(line.split(":")[1].split()) for line in lines if line.startswith("flags")),
        frozenset(),
    )


def main(listing: str, *reports: str, features: frozenset[str] | None = None) -> int:
    features = processor_features() if features is None else features
    root = Path(listing).resolve().parents[1]
    lines = allowed(Path(listing).read_text(encoding="utf-8"))
    refused = count = 0
    for report in map(Path, reports):
        for name, reason in skipped(report):
            count += 1
            if not any(line.covers(name, report.stem, features, root) for line in lines):
                refused += 1
                print(
                    f"{report.stem}: {name} was skipped ({reason}) and {listing} does not name it"
                )
    print(f"{count} skipped, {refused} of them not allowed")
    return 1 if refused or not reports else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
