"""Runs that are killed, torn or out of room go on to the same certificate; those of something else are refused."""

import errno
import json
import os
import random
import shutil
import signal
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from large_cases import SIDE, assert_equal, detectors, inspected, picture, whole

from fastdefect import (
    ArgumentTypeError,
    ArgumentValueError,
    ArticleDetector,
    OutputError,
    RegionParams,
)
from fastdefect.io.tiles import BlockTiff
from fastdefect.large import Progress, detect, open_result
from fastdefect.large.journal import read_lines
from fastdefect.report import write_view

IMAGE = picture(5, (150, 140, 3))
KINDS = "article", "texture"


def _in_a_child(work: Callable[[], object], kill_after: float | None = None) -> int:
    """Run something in a process of its own, which a signal may end; its wait status."""
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DeprecationWarning
        )  # of forks beside threads, which ours survive
        child = os.fork()
    if not child:
        try:
            work()
            os._exit(0)
        except BaseException:
            os._exit(1)
    if kill_after is not None:
        time.sleep(kill_after)
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]


def _kill_at(number: int, share: float) -> None:
    """Let the n-th write to a file of blocks stop in the middle, and the process with it."""
    write, left = os.pwrite, [number]

    def torn(descriptor: int, data: Any, place: int) -> int:
        left[0] -= 1
        if not left[0]:
            write(descriptor, bytes(data)[: int(share * len(data))], place)
            os.kill(os.getpid(), signal.SIGKILL)
        return write(descriptor, data, place)

    os.pwrite = torn


@pytest.mark.parametrize("kind", KINDS)
def test_killed_in_the_middle_of_a_write(kind: str, tmp_path: Path) -> None:
    detector = detectors(kind, IMAGE)
    expected = whole(IMAGE, detector)
    inspected(IMAGE, detector, tmp_path / "first")  # kernels are ready before the forks
    draw = random.Random(1)
    for number in range(2, 80, 13):

        def work(number: int = number) -> None:
            _kill_at(number, draw.random())
            inspected(IMAGE, detector, tmp_path / kind, (1, 2))

        state = _in_a_child(work)
        assert os.WIFSIGNALED(state) or os.WEXITSTATUS(state) == 0
    assert_equal(inspected(IMAGE, detector, tmp_path / kind, (2, 1), threads=1), expected, IMAGE)


@pytest.mark.parametrize("kind", KINDS)
def test_killed_at_random_moments(kind: str, tmp_path: Path) -> None:
    detector = detectors(kind, IMAGE)
    draw = random.Random(2)
    begin = time.monotonic()
    first = inspected(IMAGE, detector, tmp_path / "whole", (1, 1))
    spent = time.monotonic() - begin
    killed = 0
    for number in range(20):
        out = tmp_path / str(number)
        state = _in_a_child(
            lambda out=out: inspected(IMAGE, detector, out, (1, 1)), draw.uniform(0, spent)
        )
        killed += os.WIFSIGNALED(state)
        again = inspected(IMAGE, detector, out, (draw.randint(1, 3), draw.randint(1, 3)))
        assert again.certificate == first.certificate
        assert again.faults() == []
        shutil.rmtree(out)
    assert killed


def _stopped(out: Path, detector: Any, after: int) -> None:
    """Leave a run after so many tiles."""
    left = [after]

    def stop(progress: Progress) -> None:
        left[0] -= 1
        if not left[0]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        inspected(IMAGE, detector, out, (1, 1), progress=stop)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("after", [5, 30, 45])
def test_torn_files_are_made_anew(kind: str, after: int, tmp_path: Path) -> None:
    detector = detectors(kind, IMAGE)
    expected = whole(IMAGE, detector)
    _stopped(tmp_path, detector, after)
    draw = random.Random(after)
    for path in sorted(tmp_path.glob("*.part")):
        with open(path, "r+b") as file:
            file.seek(draw.randrange(4096, path.stat().st_size - SIDE))
            file.write(os.urandom(SIDE))
    journal = tmp_path / "journal.jsonl"
    data = journal.read_bytes()
    middle = len(data) // 2
    journal.write_bytes(data[:middle] + b"\0torn\xff" + data[middle + 3 : -7])
    found = inspected(IMAGE, detector, tmp_path, (2, 2))
    assert_equal(found, expected, IMAGE)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "defects", "journal.jsonl", "mask.tif", "result.json", "score_map.tif",
    ]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_finished_run_is_checked_and_not_computed_again(kind: str, tmp_path: Path) -> None:
    detector = detectors(kind, IMAGE)
    first = inspected(IMAGE, detector, tmp_path)
    again = inspected(IMAGE, detector, tmp_path)
    assert again.certificate == first.certificate
    assert "computing" not in again.speed
    assert open_result(tmp_path).certificate == first.certificate
    assert open_result(tmp_path).defects == first.defects


def test_a_cut_file_is_made_anew(tmp_path: Path) -> None:
    detector = detectors("article", IMAGE)
    expected = whole(IMAGE, detector)
    _stopped(tmp_path, detector, 40)
    for name in ("filtered.tif.part", "mask.tif.part"):
        os.truncate(tmp_path / name, 5000)
    assert_equal(inspected(IMAGE, detector, tmp_path), expected, IMAGE)


def test_what_a_result_lost_is_found(tmp_path: Path) -> None:
    found = inspected(IMAGE, detectors("article", IMAGE), tmp_path)
    steps: list[Progress] = []
    assert found.faults(progress=steps.append) == []
    assert (steps[-1].doing, steps[-1].seconds_left) == ("checking", 0)
    for name, at in (("mask.tif", 4099), ("score_map.tif", 4099), ("defects/runs.npy", 140)):
        path = tmp_path / name
        before = path.read_bytes()
        path.write_bytes(before[:at] + bytes([before[at] ^ 85]) + before[at + 1 :])
        (fault,) = open_result(tmp_path).faults()
        assert str(path.parent if name.startswith("defects") else path) in fault
        path.unlink()
        assert len(open_result(tmp_path).faults()) == 1
        path.write_bytes(before)
    assert open_result(tmp_path).faults() == []


def test_progress_is_a_function(tmp_path: Path) -> None:
    article = ArticleDetector()
    found = detect(IMAGE, article, out=tmp_path / "result")
    for call in (
        lambda **told: detect(IMAGE, article, out=tmp_path / "other", **told),
        lambda **told: write_view(found, IMAGE, tmp_path / "view", **told),
        found.faults,
    ):
        with pytest.raises(ArgumentTypeError, match="progress: expected a function"):
            call(progress="bar")


@pytest.mark.parametrize("number", [1, 7, 33, 52])
def test_a_full_disk_stops_with_a_journal_that_resumes(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    detector = detectors("article", IMAGE)
    expected = whole(IMAGE, detector)
    write, left = os.pwrite, [number + 3]

    def full(descriptor: int, data: Any, place: int) -> int:
        left[0] -= 1
        if left[0] <= 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, data, place)

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OutputError, match=r"No space left.*make room.*resume"):
        inspected(IMAGE, detector, tmp_path, (1, 1), threads=1)
    monkeypatch.setattr(os, "pwrite", write)
    if number > 1:  # else the disk was full before the first block
        lines = read_lines(tmp_path / "journal.jsonl")
        assert sum(len(line.get("blocks", ())) for line in lines)
    assert_equal(inspected(IMAGE, detector, tmp_path), expected, IMAGE)


def test_no_room_is_said_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(OutputError, match="expected room for 1 MB"):
        inspected(IMAGE, detectors("article", IMAGE), tmp_path)


def test_a_second_run_in_the_folder_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    detector = detectors("article", IMAGE)
    refused = []

    def second(progress: Progress) -> None:
        if not refused:
            with pytest.raises(OutputError, match=r"no other run.*wait for its end"):
                inspected(IMAGE, detector, tmp_path)
            refused.append(progress)

    found = inspected(IMAGE, detector, tmp_path, (1, 1), progress=second)
    assert_equal(found, whole(IMAGE, detector), IMAGE)
    assert refused
    inspected(IMAGE, detector, tmp_path)  # the folder is free again


def test_journals_of_another_run_are_refused(tmp_path: Path) -> None:
    detector = detectors("article", IMAGE)
    _stopped(tmp_path, detector, 8)
    others: list[tuple[str, Any, Any, dict[str, Any]]] = [
        ("input", IMAGE[:-1], detector, {}),
        ("detector", IMAGE, ArticleDetector(), {}),
        ("settings", IMAGE, detector, {"rules": RegionParams(min_area=7)}),
        ("settings", IMAGE, detector, {"roi": [[[0, 0], [90, 0], [0, 90]]]}),
    ]
    before = (tmp_path / "journal.jsonl").read_bytes()
    for what, image, other, settings in others:
        with pytest.raises(ArgumentValueError, match=f"this {what} .*another folder.*resume=False"):
            inspected(image, other, tmp_path, **settings)
    changed = IMAGE.copy()
    changed[3, 4] ^= 1
    with pytest.raises(ArgumentValueError, match=r"other pixels in block \(0, 0\)"):
        inspected(changed, detector, tmp_path)
    assert (tmp_path / "journal.jsonl").read_bytes() == before
    found = inspected(changed, detector, tmp_path, resume=False)
    assert_equal(found, whole(changed, detector), changed)


def test_a_journal_of_another_version_is_refused(tmp_path: Path) -> None:
    from fastdefect.large.hashes import document_digest

    detector = detectors("article", IMAGE)
    _stopped(tmp_path, detector, 8)
    journal = tmp_path / "journal.jsonl"
    first, *rest = journal.read_text().splitlines()
    line = {**json.loads(first), "version": "9.9"}
    line.pop("check")
    line["check"] = document_digest(line)[:16]
    journal.write_text("\n".join([json.dumps(line), *rest]) + "\n")
    with pytest.raises(ArgumentValueError, match=r"this version .*another \(\"9.9\"\)"):
        inspected(IMAGE, detector, tmp_path)


def test_progress_has_a_rate_and_the_time_left(tmp_path: Path) -> None:
    told: list[Progress] = []
    inspected(IMAGE, detectors("article", IMAGE), tmp_path, progress=told.append)
    assert {each.doing for each in told} == {"filtering", "binarizing", "measuring"}
    ends = [each for each in told if each.done == each.total and each.rate]
    assert {each.doing for each in ends} >= {"filtering", "binarizing"}
    assert all(each.seconds_left >= 0 for each in told)


def test_blocks_are_read_as_they_were_written(tmp_path: Path) -> None:
    shape = 70, 50
    pixels = np.random.default_rng(0).random(shape, np.float32)
    file = BlockTiff(tmp_path / "a.tif", shape, np.float32, 32, create=True)
    for i in range(3):
        for j in range(2):
            file.write_block(i, j, pixels[32 * i : 32 * i + 32, 32 * j : 32 * j + 32])
    np.testing.assert_array_equal(file.read(slice(5, 69), slice(31, 50)), pixels[5:69, 31:50])
    again = BlockTiff(tmp_path / "a.tif", shape, np.float32, 32)
    np.testing.assert_array_equal(again.read_block(2, 1), pixels[64:, 32:])
    with pytest.raises(OutputError, match="another"):
        BlockTiff(tmp_path / "a.tif", (70, 51), np.float32, 32)
