"""The site builds without a warning, has every public name, and works in a browser from its folder alone."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from public_objects import public_objects

# what the site is built by, and what its executed pages use beside the package
NEEDED = (
    "sphinx",
    "furo",
    "myst_parser",
    "numpydoc",
    "sphinx_gallery",
    "pycocotools",
    "supervision",
)
pytestmark = pytest.mark.long

OPENED = [
    "index",
    "api/fastdefect.TextureModel",
    "guide/false_alarms",
    "guide/results",
    "limits",
    "choosing",
    "troubleshooting",
    "command_line",
    "schemas",
    "reference/errors",
    "embedding",
    "walkthroughs",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as one command builds it; FASTDEFECT_SITE names a folder in which to keep it."""
    for name in NEEDED:
        pytest.importorskip(name, reason=f"{name} is not installed (extras docs and test)")
    kept = os.environ.get("FASTDEFECT_SITE")
    folder = Path(kept) if kept else tmp_path_factory.mktemp("site") / "html"
    command = ["-m", "sphinx", "-W", "--keep-going", "-n", "-E", "-b", "html", "docs"]
    done = subprocess.run(
        [sys.executable, *command, folder],
        cwd=ROOT,
        env={**os.environ, "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


def test_every_public_object_is_in_the_index(site: Path) -> None:
    from sphinx.util.inventory import InventoryFile

    listed = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="").data
    names = {name for kind, found in listed.items() if kind.startswith("py:") for name in found}
    missing = {public.name for public in public_objects()} - names
    assert not missing, sorted(missing)


def test_every_page_has_its_pictures(site: Path) -> None:
    from docs.building.order import ORDER

    for name in ORDER:
        text = (site / "guide" / f"{name}.html").read_text("utf-8")
        assert "<img" in text.partition("<article")[2], name
        assert "Traceback" not in text, name


@pytest.fixture(scope="module")
def page(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, list[str]]]:
    """The site's first page in a browser, and what the browser complains of."""
    from browser import opened

    with opened(site / "index.html", tmp_path_factory.mktemp("profile"), beside=True) as found:
        yield found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 400])
@pytest.mark.parametrize("name", OPENED)
def test_pages_are_readable(
    site: Path, page: tuple[Any, list[str]], name: str, width: int, scheme: str
) -> None:
    from browser import faint, keep

    shown, complaints = page
    complaints.clear()
    shown.set_viewport_size({"width": width, "height": 900})
    shown.emulate_media(color_scheme=scheme)
    shown.goto((site / f"{name}.html").as_uri())
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert not faint(shown)
    assert not complaints
    keep(shown, f"docs_{name.replace('/', '_')}_{width}_{scheme}")


def test_search_works_without_a_server(site: Path, page: tuple[Any, list[str]]) -> None:
    shown, complaints = page
    complaints.clear()
    shown.goto((site / "search.html").as_uri() + "?q=otsu_threshold")
    shown.wait_for_selector("#search-results li a", timeout=20_000)
    found = shown.eval_on_selector_all(
        "#search-results li a", "links => links.map(a => a.textContent)"
    )
    assert any("otsu_threshold" in text for text in found), found
    assert not complaints
