"""How the site is built: ``python -m sphinx -W --keep-going -n -b html docs DIR``, without a network."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
# the package of this checkout, the generator of pictures, and the parts of this site
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "docs")]

import fastdefect  # noqa: E402

project = "fastdefect"
author = "the fastdefect authors"
copyright = f"{date.today().year}, {author}"
version = release = fastdefect.__version__

extensions = [
    "building.repository_pages",
    "building.command_help",
    "building.names",
    "building.schemas",
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "executed", "schemas", "**sg_execution_times.rst"]
templates_path = ["_templates"]
nitpicky = True
# no inventory of NumPy is loaded, for the site is built without a network
nitpick_ignore = [("py:class", "numpy.uint8")]

# --- the reference: names and docstrings, types as the docstrings say them ---
autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_typehints = "none"
autodoc_member_order = "groupwise"
numpydoc_show_class_members = False

# --- pages in Markdown ---
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4

# --- pages that are executed: each a Python file, run anew by every build ---
sphinx_gallery_conf: dict[str, Any] = {
    "examples_dirs": "executed",
    "gallery_dirs": "guide",
    "filename_pattern": r"\.py$",
    "run_stale_examples": True,
    "abort_on_example_error": True,
    "within_subsection_order": "building.order.reading_order",
    "capture_repr": ("_repr_html_", "__repr__"),
    "image_scrapers": ("matplotlib",),
    "copyfile_regex": "",
    "download_all_examples": False,
    "notebook_extensions": set(),
    "show_signature": False,
    "min_reported_time": 1e9,
    "backreferences_dir": None,
    "matplotlib_animations": False,
}

# --- looks: everything lies in the folder, nothing is loaded from elsewhere ---
html_theme = "furo"
html_title = f"fastdefect {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # would fetch pages, which a browser refuses for files
html_theme_options = {"navigation_with_keys": False}
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
linkcheck_anchors = False
