"""A profile, or two side by side, as one HTML page that needs no other file. Needs the extra ``report``."""

from __future__ import annotations

from typing import Any

from fastdefect.perf.document import (
    BEYOND,
    NAMES,
    Document,
    best_run,
    beyond_limits,
    compare,
    doubtful_tail,
    sentence,
)
from fastdefect.report.html import load_jinja, render
from fastdefect.report.profile import charts as charts


def profile_page(document: Document) -> str:
    """Write the page of a profile.

    Parameters
    ----------
    document : mapping
        What `fastdefect.perf.run.machine_profile` returned.

    Returns
    -------
    str
        HTML with styles, script and pictures inside. It loads nothing.

    Raises
    ------
    MissingPackageError
        Jinja2 or Matplotlib is not installed.
    """
    run = best_run(document)
    pictures = {
        "stages": charts.stages(run),
        "limits": charts.limits(run),
        "latencies": charts.latencies(run),
        "scaling": charts.scaling(document["runs"]) if len(document["runs"]) > 1 else "",
        "starts": charts.starts(document["start_ms"]) if document["start_ms"] else "",
    }
    return _render(
        "profile.html", document=document, run=run, sentence=sentence(document), pictures=pictures,
        beyond=beyond_limits(run), beyond_words=BEYOND, doubt=doubtful_tail(run),
    )  # fmt: skip


def compare_page(a: Document, b: Document, names: tuple[str, str]) -> str:
    """Write the page of two profiles side by side; ``names`` are those of their files."""
    sides = compare(a, b)
    picture = charts.two_sides(sides, names)
    documents = list(zip("AB", names, (a, b), strict=True))
    return _render(
        "compare.html", documents=documents, sides=sides, sentence=sentence, picture=picture
    )


def require_packages() -> None:
    """Raise what `profile_page` would raise for a missing package, before anything is measured."""
    charts.load_matplotlib()
    load_jinja()


def _render(template: str, **values: Any) -> str:
    return render(template, marks=NAMES, **values)
