"""A page in Debian's Chromium, without a screen: what it complains of, how wide it is, what it looks like."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

sync_playwright = pytest.importorskip(
    "playwright.sync_api", reason="playwright is not installed (extra test)"
).sync_playwright

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@contextmanager
def opened(path: Path, folder: Path, *, beside: bool = False) -> Iterator[tuple[Any, list[str]]]:
    """Open a file.

    Parameters
    ----------
    path : Path
        The page.
    folder : Path
        Where an empty profile of the browser is made.
    beside : bool
        Whether the page may load what lies in its folder.

    Yields
    ------
    page, complaints
        Playwright's page, and a list of console messages beyond information, uncaught errors and requests beyond the file
        or its folder.
    """
    browser = next(filter(None, map(shutil.which, _NAMES)), None)
    if browser is None:
        pytest.skip("no browser; on Debian `apt-get install -y --no-install-recommends chromium`")
    complaints: list[str] = []
    own = path.parent.as_uri() if beside else path.as_uri()
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder / "browser", executable_path=browser, args=list(_FLAGS), headless=True
        )
        try:
            page = context.new_page()
            page.on(
                "console",
                lambda message: (
                    complaints.append(f"{message.type}: {message.text}")
                    if message.type in ("error", "warning")
                    else None
                ),
            )
            page.on("pageerror", lambda error: complaints.append(f"uncaught: {error}"))
            page.on(
                "request",
                lambda request: (
                    None
                    if request.url.startswith((own, "data:"))
                    else complaints.append(f"request: {request.url}")
                ),
            )
            page.goto(path.as_uri())
            yield page, complaints
        finally:
            context.close()


def comes_true(page: Any, expression: str) -> None:
    """Wait until an expression of JavaScript is true, up to ten seconds.

    Asked from outside: ``Page.wait_for_function`` evaluates text inside of the page, which the policy of ours forbids,
    unless the first look finds it true.
    """
    for _ in range(200):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"not true after ten seconds: {expression}")


# Text whose contrast to what lies behind it is below 4.5 : 1, by the rule of the Web Content Accessibility Guidelines.
# Backgrounds that let something through are laid over each other.
_FAINT = """() => {
  const parse = (text) => {
    const parts = text.match(/[\\d.]+/g).map(Number);
    const scale = text.startsWith('color(srgb') ? 255 : 1;
    return [...parts.slice(0, 3).map((part) => part * scale), parts.length > 3 ? parts[3] : 1];
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((part) => {
      const share = part / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      layers.push(colour);
      if (colour[3] === 1) break;
    }
    let found = [255, 255, 255];
    for (const [r, g, b, share] of layers.reverse()) {
      found = [r, g, b].map((part, i) => part * share + found[i] * (1 - share));
    }
    return found;
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim(), element = walker.currentNode.parentElement;
    if (!text || !element.checkVisibility() || ['SCRIPT', 'STYLE', 'TITLE', 'title'].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const ink = parse(element.closest('svg') ? style.fill : style.color).slice(0, 3);
    const [a, b] = [light(ink), light(behind(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) found.push(`${ratio.toFixed(2)}: ${text.slice(0, 40)}`);
  }
  return found;
}"""


def keep(page: Any, name: str) -> None:
    """Keep a screenshot where ``FASTDEFECT_SCREENSHOTS`` names a folder."""
    folder = os.environ.get("FASTDEFECT_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def faint(page: Any) -> list[str]:
    """The texts that a page shows with a contrast below 4.5 : 1, each with its contrast."""
    found: list[str] = page.evaluate(_FAINT)
    return found
