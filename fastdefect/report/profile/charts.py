"""The pictures of a profile, as SVG text to put into a page. Needs matplotlib (extra ``report``)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from fastdefect.optional import require
from fastdefect.perf.document import NAMES, Document, Side, figure, share
from fastdefect.report.figures import printable

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Inches and points: on a screen 400 pixels wide a picture shrinks to five sixths and its text to 11 pixels.
_WIDTH = 4.6
_INK = "#334155"  # in the page the colour of its text, which is another one in the dark
_STYLE: dict[Any, Any] = {
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _INK,
    "xtick.color": _INK,
    "ytick.color": _INK,
    "axes.labelcolor": _INK,
    "text.color": _INK,
    "svg.fonttype": "path",  # the same on every machine, whatever its fonts
}
_BLUE, _TEAL, _AMBER, _GREY = "#2563eb", "#0d9488", "#d97706", "#94a3b8"
_MARKS = {"p50": _TEAL, "p90": _GREY, "p99": _AMBER, "p999": "#dc2626", "most": "#c026d3"}

_RULE = re.compile(r"<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL)


def load_matplotlib() -> type[Figure]:
    """Return matplotlib's Figure, or raise `MissingPackageError` with the pip command."""
    made: type[Figure] = require("matplotlib.figure", "the report needs", "report").Figure
    return made


def _svg(name: str, height: float, draw: Callable[[Axes], None]) -> str:
    """Draw one picture without pyplot: no window, no global state."""
    make = load_matplotlib()
    from matplotlib import rc_context

    # a salt of its own keeps the ids of several pictures in one page apart, and equal from run to run
    with rc_context({**_STYLE, "svg.hashsalt": name}):
        figure = make(figsize=(_WIDTH, height), layout="constrained")
        draw(figure.add_subplot())
        file = io.StringIO()
        figure.savefig(
            file, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
        )
    text = file.getvalue()
    # its one rule stands in page.css; the page's policy knows no other style
    return _RULE.sub("", text[text.index("<svg") :]).replace(_INK, "currentColor")


def stages(run: Document) -> str:
    """Milliseconds of each stage, with its share of the whole."""
    names = list(run["stages"])[::-1]
    medians = [run["stages"][name]["latency"]["p50"] for name in names]

    def draw(axes: Axes) -> None:
        bars = axes.barh(names, medians, color=_BLUE)
        labels = [f"{1e2 * run['stages'][name]['share']:.1f} %" for name in names]
        axes.bar_label(bars, labels, padding=3)
        axes.set_xlabel("milliseconds, median")
        axes.margins(x=0.16)

    return _svg("stages", 0.9 + 0.36 * len(names), draw)


def limits(run: Document) -> str:
    """How near each stage comes to what memory and vector units reached."""
    names = list(run["stages"])[::-1]
    places = range(len(names))
    limits = [
        (-0.19, "bytes, of memory", "bytes_per_second", "memory", _TEAL),
        (0.19, "operations, of vector units", "operations_per_second", "arithmetic", _BLUE),
    ]

    def draw(axes: Axes) -> None:
        for shift, label, rate, roof, colour in limits:
            shares = [run["stages"][n][rate] / run["roofs"][roof] for n in names]
            lengths = [1e2 * min(value, 1.0) for value in shares]
            bars = axes.barh([p - shift for p in places], lengths, 0.36, label=label, color=colour)
            axes.bar_label(bars, [share(value) for value in shares], padding=3)
        axes.set_yticks(list(places), names)
        axes.set_xlabel("percent of the limit")
        axes.margins(x=0.14)
        axes.figure.legend(loc="outside upper right", frameon=False, ncols=1)

    return _svg("limits", 1.5 + 0.5 * len(names), draw)


def latencies(run: Document) -> str:
    """Histogram of whole images with the percentiles marked."""
    edges, counts = run["histogram"]["edges"], run["histogram"]["counts"]

    def draw(axes: Axes) -> None:
        axes.stairs(counts, edges, fill=True, color="#bfdbfe")
        axes.stairs(counts, edges, color=_BLUE, linewidth=0.8)
        for mark, colour in _MARKS.items():
            value = run["latency"][mark]
            axes.axvline(
                value, color=colour, linewidth=1.4, label=f"{NAMES[mark]} {figure(value)} ms"
            )
        axes.set_yscale("symlog", linthresh=1)
        axes.yaxis.set_major_formatter("{x:g}")
        axes.set_ylim(0, 2 * max(counts))
        axes.set_xlabel("milliseconds per image")
        axes.set_ylabel("images")
        axes.figure.legend(loc="outside upper center", frameon=False, ncols=2)

    return _svg("latencies", 3.4, draw)


def scaling(runs: Sequence[Document]) -> str:
    """Milliseconds over threads, with the line of a perfect division of the work."""
    threads = [run["threads"] for run in runs]

    def draw(axes: Axes) -> None:
        for mark, colour in (("p50", _TEAL), ("p99", _AMBER)):
            values = [run["latency"][mark] for run in runs]
            axes.plot(threads, values, "o-", color=colour, label=NAMES[mark])
        perfect = [runs[0]["latency"]["p50"] * threads[0] / count for count in threads]
        axes.plot(threads, perfect, ":", color=_GREY, label="perfect division")
        axes.set_xticks(threads)
        axes.set_ylim(bottom=0)
        axes.set_xlabel("threads")
        axes.set_ylabel("milliseconds per image")
        axes.figure.legend(loc="outside upper center", frameon=False, ncols=3)

    return _svg("scaling", 2.9, draw)


def starts(milliseconds: Document) -> str:
    """What each kind of start costs."""
    names = list(milliseconds)[::-1]
    values = [milliseconds[name] for name in names]

    def draw(axes: Axes) -> None:
        # the difference of two noisy starts may lie below 0; its label would cover its name there
        lengths = [max(value, 0.0) for value in values]
        bars = axes.barh([name.replace(", ", ",\n") for name in names], lengths, color=_BLUE)
        axes.bar_label(bars, [figure(value) for value in values], padding=3)
        axes.set_xlabel("milliseconds")
        axes.margins(x=0.18)

    return _svg("starts", 0.9 + 0.45 * len(names), draw)


def two_sides(sides: Sequence[Side], names: tuple[str, str]) -> str:
    """Whole images of two profiles side by side."""
    kept: list[Any] = [
        side for side in sides if ": image" in side.what and None not in (side.a, side.b)
    ]
    labels = [side.what.removesuffix(", ms").replace(": image,", "\n") for side in kept][::-1]

    shown = [printable(name) for name in names]

    def draw(axes: Axes) -> None:
        for shift, values, name, colour in (
            (0.19, [side.a for side in kept], f"A: {shown[0]}", _GREY),
            (-0.19, [side.b for side in kept], f"B: {shown[1]}", _BLUE),
        ):
            places = [place + shift for place in range(len(kept))]
            bars = axes.barh(places, values[::-1], 0.36, label=name, color=colour)
            axes.bar_label(bars, [figure(value) for value in values[::-1]], padding=3)
        axes.set_yticks(range(len(kept)), labels)
        axes.set_xlabel("milliseconds per image")
        axes.margins(x=0.14)
        axes.figure.legend(loc="outside upper left", frameon=False)

    return _svg("sides", 1.4 + 0.5 * len(kept), draw)
