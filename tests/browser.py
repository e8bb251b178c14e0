"""A page in Debian's Chromium, without a screen: what it complains of, how wide it is, what it looks like."""

from __future__ import annotations

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
