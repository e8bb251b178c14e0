"""CI's list of allowed skips: a skipped test that nobody named fails the run."""

from __future__ import annotations

import runpy

import pytest
from conftest import ROOT

TOP = ROOT
CHECK = runpy.run_path(str(TOP / ".ci" / "skips.py"))["main"]
REPORT = """<testsuites><testsuite>
<testcase classname="tests.test_a" name="test_runs"/>
<testcase classname="tests.test_a" name="test_photo[cloth]"><skipped message="no photographs"/></testcase>
</testsuite></testsuites>"""


@pytest.fixture
def check(tmp_path):
    def call(listing):
        (tmp_path / "allowed").write_text(listing)
        (tmp_path / "all.xml").write_text(REPORT)
        return CHECK(str(tmp_path / "allowed"), str(tmp_path / "all.xml"))

    return call


@pytest.mark.parametrize(
    ("listing", "status"),
    [
        ("", 1),
        ("# tests.test_a::* | a comment\n", 1),
        ("tests.test_a::test_photo[cloth] | no photographs there\n", 0),
        ("tests.test_a::test_photo* | no photographs there\n", 0),
        ("tests.test_b::* | another file\n", 1),
    ],
)
def test_only_named_skips_pass(check, listing, status):
    assert check(listing) == status


def test_a_skip_needs_its_reason(check):
    with pytest.raises(SystemExit, match="and a reason"):
        check("tests.test_a::test_photo*\n")


def test_the_list_of_this_repository_is_readable(tmp_path):
    report = tmp_path / "all.xml"
    report.write_text("<testsuites/>")
    assert CHECK(str(TOP / ".ci" / "allowed_skips"), str(report)) == 0
