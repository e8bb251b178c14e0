"""Fail when a test was skipped, or expected to fail, that the list does not name.

python .ci/skips.py ALLOWED REPORT.xml ...

Each line of ALLOWED is ``pattern | reason``; a pattern is a shell glob over ``tests.test_file::test_name[case]``,
in which a bracket stands for itself.
"""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from pathlib import Path
from xml.etree import ElementTree


def allowed_patterns(text: str) -> list[str]:
    """Read the list; every line needs its reason."""
    patterns = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            pattern, _, reason = (part.strip() for part in line.partition("|"))
            if not reason:
                raise SystemExit(f"{line!r}: expected a pattern, a bar and a reason")
            patterns.append(pattern.replace("[", "[[]"))
    return patterns


def skipped(report: Path) -> list[tuple[str, str]]:
    """Return the name and the given reason of every test of a JUnit report that did not run to its end."""
    found = []
    for case in ElementTree.parse(report).iter("testcase"):
        for mark in case.iter("skipped"):
            name = "::".join(filter(None, (case.get("classname"), case.get("name"))))
            found.append((name, mark.get("message") or ""))
    return found


def main(listing: str, *reports: str) -> int:
    patterns = allowed_patterns(Path(listing).read_text(encoding="utf-8"))
    refused = count = 0
    for report in map(Path, reports):
        for name, reason in skipped(report):
            count += 1
            if not any(fnmatchcase(name, pattern) for pattern in patterns):
                refused += 1
                print(
                    f"{report.stem}: {name} was skipped ({reason}) and {listing} does not name it"
                )
    print(f"{count} skipped, {refused} of them not allowed")
    return 1 if refused or not reports else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
