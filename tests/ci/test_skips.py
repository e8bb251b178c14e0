"""CI's list of allowed skips: a skipped test that nobody named for its step or processor fails the run."""

from __future__ import annotations

import runpy
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT

CHECK = runpy.run_path(str(ROOT / ".ci" / "skips.py"))["main"]
REPORT = """<testsuites><testsuite>
<testcase classname="tests.test_a" name="test_runs"/>
<testcase classname="tests.test_a" name="test_photo[cloth]"><skipped message="no photographs"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture(name="check")
def _check(tmp_path: Path) -> Callable[[str], int]:
    def call(listing: str) -> int:
        for folder in ("ci", "photographs"):
            (tmp_path / folder).mkdir()
        (tmp_path / "ci" / "allowed").write_text(listing)
        (tmp_path / "all.xml").write_text(REPORT)
        features = frozenset({"avx2", "fma"})
        return CHECK(str(tmp_path / "ci" / "allowed"), str(tmp_path / "all.xml"), features=features)

    return call


@pytest.mark.parametrize(
    ("listing", "status"),
    [
        ("", 1),
        ("# tests.test_a::* | step all | a comment\n", 1),
        ("tests.test_a::test_photo[cloth] | step all | no photographs there\n", 0),
        ("tests.test_a::test_photo* | step all | no photographs there\n", 0),
        ("tests.test_a::test_photo* | step other | another step\n", 1),
        ("tests.test_a::test_photo* | without avx512f | the processor lacks it\n", 0),
        ("tests.test_a::test_photo* | without avx2 | the processor has it\n", 1),
        ("tests.test_a::test_photo* | absent no/photographs | none there\n", 0),
        ("tests.test_a::test_photo* | absent photographs | some there\n", 1),
        ("tests.test_b::* | step all | another file\n", 1),
    ],
)
def test_only_named_skips_pass(check: Callable[[str], int], listing: str, status: int) -> None:
    assert check(listing) == status


@pytest.mark.parametrize(
    "line",
    [
        "tests.test_a::test_photo*",
        "tests.test_a::test_photo* | no place",
        "tests.test_a::test_photo* | step all",
        "tests.test_a::test_photo* | step all | ",
        "tests.test_a::test_photo* | anywhere | a reason",
    ],
)
def test_a_skip_needs_its_place_and_its_reason(check: Callable[[str], int], line: str) -> None:
    with pytest.raises(SystemExit, match="expected `pattern"):
        check(line)


def test_the_list_of_this_repository_is_readable(tmp_path: Path) -> None:
    report = tmp_path / "all.xml"
    report.write_text("<testsuites/>")
    assert CHECK(str(ROOT / ".ci" / "allowed_skips"), str(report)) == 0
