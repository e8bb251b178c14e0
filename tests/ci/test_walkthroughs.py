"""docs/walkthroughs.md is what its template prints, and the comparison sees all that is no time."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from conftest import ROOT

FOLDER = ROOT / "scripts" / "walkthroughs"
sys.path.insert(0, str(FOLDER))
from blocks import Shell, carried_out, commands, expanded  # noqa: E402
from masks import masked  # noqa: E402

DOCUMENT = (ROOT / "docs" / "walkthroughs.md").read_text("utf-8")
TEMPLATE = (FOLDER / "walkthroughs.md.in").read_text("utf-8")


def test_the_document_is_of_this_template() -> None:
    without_output = re.sub(r"\n```text\n.*?\n```\n", "", DOCUMENT, flags=re.DOTALL)
    wanted = expanded(TEMPLATE)
    assert len(commands(wanted)) > 10
    machine = re.search(r"^Run with .* · commit [0-9a-f]{12}$", DOCUMENT, re.MULTILINE)
    assert machine
    assert without_output == wanted.replace("{machine}", machine[0])


@pytest.mark.parametrize(
    ("said", "changed"),
    [
        ("frame1.png,good", "frame1.png,defective"),
        ("3 with defects, 3 without, 1 unusable", "3 with defects, 4 without"),
        ("exit status 3", "exit status 4"),
        ("exit status 4\n", ""),
        (" no defect  score", " DEFECT     score"),
        ("score 1.008 (limit", "score 1.009 (limit"),
        ("for 1 % false alarms", "for 2 % false alarms"),
        ("12/12 (73.5", "11/12 (73.5"),
        ("3 of 7 images have defects", "2 of 7 images have defects"),
        ("100 frames at 25", "99 frames at 25"),
        ("overlay  out/hole_canvas_overlay.png", "overlay  out/hole_canvas_over.png"),
    ],
)
def test_another_result_is_seen(said: str, changed: str) -> None:
    assert said in DOCUMENT
    assert masked(DOCUMENT) != masked(DOCUMENT.replace(said, changed, 1))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("limit 1)  9.83 ms + 13182 ms compiling kernels", "limit 1)  12.1 ms"),
        ("  nl_means         8.796    89.5%   ━━━━━━━━", "  nl_means        18.796    92.5%   ━━━━━━━"),
        ("p50 4.55, p90 4.95, p99 5.28, longest 5.54", "p50 1, p90 2.2, p99 3, longest 10.5"),
        ("12/12 (73.5 - 100.0 %)    40.4      6 \n", "12/12 (73.5 - 100.0 %)   140.4     6\n"),
        (" engine  Engine  39.2 (32.0 - 41.2)  1 (1 - 2)", " engine  Engine  9.2 (2 - 41.2)  3 (1 - 5)"),
    ],
)  # fmt: skip
def test_times_are_not_compared(before: str, after: str) -> None:
    assert masked(before) == masked(after)


def test_a_block_is_run_and_its_status_said(tmp_path: Path) -> None:
    shell = Shell(tmp_path, installs=False)
    template = "a\n\n```sh\npython3 -m venv x && echo b && false\n```\n\nc\n\n```sh\ntrue\n```\n"
    assert carried_out(template, shell) == (
        "a\n\n```sh\npython3 -m venv x && echo b && false\n```\n\n```text\nb\nexit status 1\n```\n\n"
        "c\n\n```sh\ntrue\n```\n"
    )
    assert not list(tmp_path.iterdir())
