"""RESULTS.md and the README's table come from the JSON alone, losses beside wins; PARITY.md's from the declarations."""

from __future__ import annotations

import dataclasses

import pytest

from benchmarks import render, results, sources
from fastdefect.bench.record import Record, Row, Run
from fastdefect.perf.machine import describe
from fastdefect.perf.timing import Quartiles

ONE = Quartiles(1.0, 0.9, 1.1)
WIN = Row("nl_means", 512, 512, 1, "numba", "opencv", ONE, ONE.scaled(12), ONE.scaled(12), 9)
LOSS = dataclasses.replace(WIN, name="erode", ratio=ONE.scaled(0.5))
PEER = dataclasses.replace(WIN, name="erode:scipy", note="same values on this image")
SET = dataclasses.replace(WIN, name="nl_means:3,7,21")
RUN = Run(
    "avx2",
    describe(2),
    "python -m benchmarks.results",
    [WIN, LOSS, PEER, SET],
    {"import": Quartiles(60, 55, 70)},
)
RECORD = Record([RUN])


def test_every_row_stands_in_the_table_with_its_id_and_spread():
    text = render.results(RECORD)
    for row in RUN.rows:
        assert text.count(f"`{row.id}`") == 1
    assert "12.0 (10.8 - 13.2)" in text
    assert "python -m benchmarks.results" in text
    assert "| import | 60.0 (55.0 - 70.0) |" in text


def test_losses_are_counted_and_marked():
    text = render.results(RECORD)
    assert "Losses: 1 of 3 rows against OpenCV" in text
    assert text.count("**slower**") == 2  # in the sentence and in the row


def test_the_readme_keeps_what_surrounds_the_table():
    begin, end = render.BEGIN.format("results"), render.END.format("results")
    text = f"before\n{begin}\nold\n{end}\nafter\n"
    once = render.replaced("results", text, render.readme_table(RECORD))
    assert once.startswith("before\n")
    assert once.endswith("\nafter\n")
    assert "old" not in once
    assert "`nl_means` | 512 × 512 | 1 |" in once
    assert render.replaced("results", once, render.readme_table(RECORD)) == once


def test_a_readme_without_markers_is_refused():
    with pytest.raises(ValueError, match="markers"):
        render.replaced("results", "no table here", "x")


def test_each_path_has_a_part_of_its_own():
    record = Record([RUN, dataclasses.replace(RUN, path="avx512")])
    text = render.results(record)
    assert text.index("## Processor path avx2") < text.index("## Processor path avx512")


def test_the_readme_shows_the_paths_side_by_side_and_who_has_them():
    record = Record([RUN, dataclasses.replace(RUN, path="avx512", rows=[WIN, LOSS])])
    table = render.readme_table(record)
    assert "| avx512: OpenCV ms | fastdefect ms | times as fast | avx2: OpenCV ms |" in table
    assert "| `nl_means` | 512 × 512 | 1 | 12.0 | 1.00 | 12.0 | 12.0 | 1.00 | 12.0 |" in table
    assert "avx2 (Intel Core from the 12th generation on, N100" in table


def test_a_path_without_the_row_has_no_figures():
    record = Record([RUN, dataclasses.replace(RUN, path="avx512", rows=[])])
    assert "| `nl_means` | 512 × 512 | 1 | – | – | – | 12.0 | 1.00 | 12.0 |" in render.readme_table(
        record
    )


def test_an_older_run_says_so_wherever_its_commit_stands(monkeypatch):
    monkeypatch.setattr(sources, "OLDER", {("results.json", "avx512"): "no such processor at hand"})
    older = dataclasses.replace(RUN, path="avx512", machine={**RUN.machine, "commit": "0ld"})
    record = Record([older, dataclasses.replace(RUN, machine={**RUN.machine, "commit": "n3w"})])
    said = "0ld, before the code of n3w (no such processor at hand)"
    assert f"commit: {said}" in render.results(record)
    assert f"commit {said}" in render.readme_table(record)
    assert "commit: n3w\n" in render.results(record)


def test_the_load_of_the_machine_is_said():
    busy = dataclasses.replace(RUN, machine={**RUN.machine, "load": [1.5, 2.5]})
    assert "load average of the machine: 1.5 at the start, 2.5 at the end" in render.machine(
        busy, {"avx2": "n3w"}
    )


def test_the_committed_results_are_those_of_the_committed_figures():
    record = Record.from_file(results.JSON)
    assert (results.TOP / "RESULTS.md").read_text(encoding="utf-8") == render.results(record)


@pytest.mark.parametrize("mark", render.MARKERS)
def test_the_committed_tables_are_those_of_the_committed_figures(mark):
    table = render.tables(Record.from_file(results.JSON))[mark]
    text = (results.TOP / render.MARKERS[mark]).read_text(encoding="utf-8")
    assert text == render.replaced(mark, text, table)


def test_images_a_second_are_those_of_the_whole_pipeline():
    whole = dataclasses.replace(
        WIN, name="engine", subject_ms=ONE.scaled(40), baseline_ms=ONE.scaled(500)
    )
    table = render.readme_frames(Record([dataclasses.replace(RUN, rows=[WIN, whole])]))
    assert "512 × 512, 1 thread" in table
    assert "**25.0**, 2.00 | –" in table
    assert RUN.machine["processor"] in table


def test_unsteady_rows_are_measured_again_and_the_steadier_counts():
    """The spread decides, not the ratio: here the steadier sample is the slower one."""
    busy = dataclasses.replace(WIN, name="erode", ratio=Quartiles(2.0, 1.0, 3.0))
    calm = dataclasses.replace(busy, ratio=Quartiles(0.5, 0.49, 0.51))
    asked = []

    def remeasure(case, shape, threads, seconds):
        asked.append((case.name, shape, threads, seconds))
        return calm

    run = dataclasses.replace(RUN, rows=[WIN, busy, PEER])
    assert list(results.steadied(run, 0.5, remeasure).rows) == [WIN, calm, PEER]
    assert asked == [("erode", (512, 512), 1, 0.5)]
