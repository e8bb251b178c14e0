"""A table of figures belongs to the code that it was measured with: the digest, and the check that .ci/run makes."""

from __future__ import annotations

import pytest

from benchmarks import sources
from benchmarks.sources import Part, Table, digest, faults, measured, named

TABLE = Table("figures.json", "python -m measure", ("kernels", "plan.py"), dict)
KERNEL = '''"""A kernel."""

def add(a: int, b: int) -> int:
    """Add."""
    return a + b  # both
'''


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "kernels").mkdir()
    (tmp_path / "kernels" / "add.py").write_text(KERNEL, "utf-8")
    (tmp_path / "plan.py").write_text("ROWS = 8\n", "utf-8")
    (tmp_path / "elsewhere.py").write_text("pass\n", "utf-8")
    return tmp_path


def _edited(tree, name, old, new):
    before = digest(TABLE.paths, tree)
    file = tree / name
    text = file.read_text("utf-8") if file.exists() else ""
    assert old in text
    file.write_text(text.replace(old, new, 1) if old else text + new, "utf-8")
    return digest(TABLE.paths, tree) != before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("kernels/add.py", "a + b", "a - b"),
        ("kernels/add.py", "a + b", "b + a"),
        ("kernels/add.py", "a: int", "a: float"),
        ("kernels/add.py", "def add", "@kernel\ndef add"),
        ("plan.py", "8", "4"),
        ("plan.py", "ROWS", "COLUMNS"),
        ("kernels/new.py", "", "pass\n"),
    ],
)
def test_a_change_of_code_changes_the_digest(tree, name, old, new):
    assert _edited(tree, name, old, new)


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("kernels/add.py", "# both", "# the two"),
        ("kernels/add.py", '"""Add."""', '"""Return the sum."""'),
        ("kernels/add.py", '"""A kernel."""', '"""One of the kernels."""'),
        ("kernels/add.py", "return a + b", "return (a +\n            b)"),
        ("elsewhere.py", "pass", "1 / 0"),
    ],
)
def test_words_about_code_and_code_elsewhere_leave_the_digest(tree, name, old, new):
    assert not _edited(tree, name, old, new)


def test_a_list_that_names_what_is_gone_is_refused(tree):
    (tree / "plan.py").unlink()
    with pytest.raises(FileNotFoundError):
        digest(TABLE.paths, tree)


def _faults(part, older=()):
    return faults([part], lambda table: "now", {("figures.json", name): "why" for name in older})


def test_figures_of_this_code_pass():
    assert not _faults(Part(TABLE, "avx2", "abc", "now"))


@pytest.mark.parametrize("kept", ["then", None])
def test_figures_of_other_code_fail_and_say_how_to_mend_it(kept):
    (line,) = _faults(Part(TABLE, "avx2", "abc", kept))
    assert "figures.json, avx2: measured at abc" in line
    assert "kernels, plan.py" in line
    assert line.endswith("python -m measure")


def test_only_a_listed_part_may_be_older():
    assert not _faults(Part(TABLE, "avx512", "abc", "then"), older=["avx512"])
    assert len(_faults(Part(TABLE, "avx2", "abc", "then"), older=["avx512"])) == 2


def test_a_listed_part_that_is_not_older_fails():
    (line,) = _faults(Part(TABLE, "avx512", "abc", "now"), older=["avx512"])
    assert "take it off OLDER" in line


@pytest.mark.parametrize("commit", ["abc+changes", None])
def test_figures_of_no_commit_fail(commit):
    (line,) = _faults(Part(TABLE, "avx2", commit, "now"))
    assert "measured at no commit" in line


def test_the_text_names_the_older_commit_and_what_came_after(monkeypatch):
    monkeypatch.setattr(sources, "OLDER", {("figures.json", "avx512"): "why"})
    commits = {"avx512": "abc", "avx2": "def"}
    assert named(TABLE, "avx512", commits) == "commit abc, before the code of def (why)"
    assert named(TABLE, "avx2", commits) == "commit def"
    assert named(TABLE, "avx512", {"avx512": "abc"}) == "commit abc, before today's code (why)"


def test_every_committed_table_is_known_and_names_a_commit():
    parts = measured()
    assert {part.table for part in parts} == set(sources.TABLES)
    assert all(part.commit for part in parts)
    assert {(part.table.file, part.name) for part in parts} >= set(sources.OLDER)


def test_every_path_of_every_table_exists():
    assert all(digest(table.paths) for table in sources.TABLES)


def test_a_measurement_keeps_what_everyone_was_told(monkeypatch):
    monkeypatch.setenv("NUMBA_CPU_NAME", "x86-64-v3")
    monkeypatch.setenv("FASTDEFECT_CPU", "portable")
    facts = sources.machine(sources.NL_MEANS)
    assert facts["settings"] == {
        **facts["settings"],
        "NUMBA_CPU_NAME": "x86-64-v3",
        "FASTDEFECT_CPU": "portable",
    }
    assert facts["sources"] == digest(sources.NL_MEANS.paths)


def test_steadying_figures_of_other_kernels_is_refused(monkeypatch, tmp_path):
    from benchmarks import results

    monkeypatch.setattr(results, "JSON", tmp_path / "results.json")
    monkeypatch.setattr("sys.argv", ["results", "--again"])
    record = results.Record([results.Run(results.cpu_path(), {"commit": "abc"}, "", [])])
    results.JSON.write_text(record.to_json(), "utf-8")
    with pytest.raises(SystemExit, match="the kernels have changed since abc"):
        results.main()
