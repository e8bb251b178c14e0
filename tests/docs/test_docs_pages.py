"""What the pages of docs/ say is so: commands, messages, names, links. No Sphinx is needed for it."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from posixpath import normpath

import click
import pytest
from conftest import ROOT
from public_objects import public_objects

from docs.building.names import linked, public_names
from docs.building.order import ORDER
from docs.building.repository_pages import MissingPartError, filled, pages, part, relinked
from fastdefect.cli.main import cli

DOCS = ROOT / "docs"
PAGES = [p for s in ("md", "rst", "py") for p in sorted(DOCS.glob(f"**/*.{s}"))]
PAGES = [p for p in PAGES if p.relative_to(DOCS).parts[0] not in ("_build", "api", "guide")]


def _identity(path: Path) -> str:
    return path.relative_to(DOCS).as_posix()


# --- names ---


def test_every_public_name_has_a_page() -> None:
    listed = re.findall(
        r"^   (fastdefect[\w.]+)$",
        "\n".join(path.read_text("utf-8") for path in sorted(DOCS.glob("reference/*.rst"))),
        re.MULTILINE,
    )
    expected = [public.name for public in public_objects() if public.owner is None]
    missing = set(expected) - set(listed)
    assert not missing, f"docs/reference lacks {sorted(missing)}"
    # a name of two modules may stand under both, as fastdefect.calibrate and fastdefect.calibration.calibrate
    assert len(listed) == len(set(listed))


def test_names_in_docstrings_become_links_or_code() -> None:
    assert linked("see `predict`", "fastdefect.TextureModel.score") == (
        "see :py:obj:`predict <fastdefect.TextureModel.predict>`"
    )
    assert linked("of `Detection` and `secret.part`", "fastdefect.detect") == (
        "of :py:obj:`Detection <fastdefect.Detection>` and ``secret.part``"
    )
    assert linked("`fastdefect.detectors.estimator.Estimator`", "fastdefect.TextureModel") == (
        ":py:obj:`fastdefect.detectors.Estimator <fastdefect.detectors.Estimator>`"
    )
    assert linked("``code`` and :py:func:`x`", "fastdefect.detect") == "``code`` and :py:func:`x`"


def test_names_that_pages_link_to_are_public() -> None:
    found = [
        (path.name, name)
        for path in PAGES
        for name in re.findall(
            r"(?::|\{py:)(?:func|class|meth)[:}]+`~?([\w.]+)`", path.read_text("utf-8")
        )
    ]
    assert found
    assert not [(page, name) for page, name in found if name not in public_names()]


# --- commands ---


def _commands(text: str) -> Iterator[tuple[str, list[str]]]:
    for line in re.findall(r"fastdefect ([a-z]+\b[^`\n]*)", text):
        name, *rest = line.split("#")[0].split()
        if name in cli.list_commands(click.Context(cli)):
            yield name, [word for word in rest if word.startswith("--")]


@pytest.mark.parametrize("path", PAGES, ids=_identity)
def test_options_exist(path: Path) -> None:
    for name, options in _commands(path.read_text("utf-8")):
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        known = {
            word
            for parameter in command.params
            for word in (*parameter.opts, *parameter.secondary_opts)
        }
        wrong = [word for word in options if word.partition("=")[0].rstrip(".,:;)") not in known]
        assert not wrong, f"fastdefect {name} has no {wrong}"


# --- messages ---


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    if isinstance(node, ast.JoinedStr):
        return "".join(
            _text(part) if isinstance(part, ast.Constant) else "…" for part in node.values
        )
    return ""


@cache
def _texts() -> tuple[str, ...]:
    """Every text of the source, with … for what a format puts in."""
    found = {
        _text(node)
        for path in (ROOT / "fastdefect").glob("**/*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
    }
    return tuple(text for text in found if " " in text)


MESSAGES = re.findall(
    r"^\| `([^`]+)` \|", (DOCS / "troubleshooting.md").read_text("utf-8"), re.MULTILINE
)


def _in_source(message: str) -> bool:
    wanted = re.compile(".*".join(re.escape(piece) for piece in message.split("…")), re.DOTALL)
    return any(wanted.search(text) for text in _texts())


@pytest.mark.parametrize("message", MESSAGES)
def test_message_is_in_the_source(message: str) -> None:
    assert _in_source(message)


def test_troubleshooting_has_its_messages() -> None:
    assert len(MESSAGES) > 20
    assert not _in_source("expected one page, received … that no source says")


# --- pages made of the repository's ---


def test_every_executed_page_has_its_place() -> None:
    assert sorted(ORDER) == sorted(path.stem for path in (DOCS / "executed").glob("*.py"))


def test_parts_and_links_of_the_repository() -> None:
    text = "# A\n\none\n\n## B\n\n```sh\n# no heading\n```\n\n### C\n\ntwo\n\n## D\n\nthree\n"
    assert part(text, "B") == "```sh\n# no heading\n```\n\n### C\n\ntwo\n"
    assert part(text, "D") == "three\n"
    with pytest.raises(MissingPartError, match="no heading 'E'"):
        part(text, "E")
    assert pages()["benchmarks/TEXTURE.md"] == "figures/texture.md"
    link = "[it](TEXTURE.md#speed-and-memory) [code](texture.py)"
    assert relinked(link, "benchmarks/PATTERN.md", "figures/pattern.md") == (
        "[it](../figures/texture.md#speed-and-memory) code (`benchmarks/texture.py`)"
    )


@pytest.mark.parametrize("path", sorted(DOCS.glob("**/*.md")), ids=_identity)
def test_pages_find_what_they_are_made_of(path: Path) -> None:
    text, files = filled(path.read_text("utf-8"), path.relative_to(DOCS).as_posix())
    assert text.strip()
    assert all(file.is_file() for file in files)


def test_no_figure_is_typed() -> None:
    """Numbers with units of speed or of rates stand in tables that are made, not in pages that are written."""
    typed = [
        (path.name, found)
        for path in PAGES
        if path.name != "walkthroughs.md"  # which a script writes
        for found in re.findall(
            r"\d+(?:\.\d+)? (?:ms|images a second|times as fast)\b", path.read_text("utf-8")
        )
    ]
    assert not typed


# --- links between the Markdown files of the repository ---

_LINK = re.compile(r"\[[^\]]*\]\((?!https?:)([^)#\s]*)(?:#([\w-]+))?\)")


def _markdown() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:  # an unpacked archive: what lies beside the sources
        return [*ROOT.glob("*.md"), *ROOT.glob("benchmarks/*.md"), *ROOT.glob("docs/**/*.md")]
    return [ROOT / name for name in listed.stdout.split() if (ROOT / name).is_file()]


def _anchors(path: Path) -> set[str]:
    """Anchors of headings as Markdown's hosts make them."""
    heads = re.findall(r"^#+ (.+)$", path.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("path", _markdown(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_of_markdown_files_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", path.read_text("utf-8"), flags=re.DOTALL)
    for file, anchor in _LINK.findall(re.sub(r"`[^`\n]*`", "", text)):
        target = Path(normpath(path.parent / file)) if file else path
        assert target.exists(), f"{path.name}: no {file}"
        if anchor and target.suffix == ".md":
            assert anchor in _anchors(target), f"{path.name}: no heading for {file}#{anchor}"
