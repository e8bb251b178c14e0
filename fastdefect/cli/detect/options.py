"""The options of ``detect``, each once; a configuration file knows them by these names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from fastdefect.cli.config import Numbers
from fastdefect.cli.parameters import THREADS_OPTION, Memory
from fastdefect.defects.params import REACH_MAX, SEVERITY_MEASURES, RegionParams
from fastdefect.io import PAGES_MAX

_Command = TypeVar("_Command", bound=Callable[..., Any])
_DEFAULT = RegionParams()
_FILE = click.Path(path_type=Path)

_OPTIONS = (
    click.option(
        "--model",
        type=_FILE,
        metavar="FILE",
        help="Use a model that `fastdefect fit` wrote instead of the article's detector.",
    ),
    click.option(
        "--drift",
        type=_FILE,
        metavar="FILE",
        help="Tell once when passed frames leave what good images were like: a file that `fastdefect fit` or `fastdefect "
        "calibrate` wrote for this --model (--drift). What it has seen is written back, and the next run goes on there.",
    ),
    click.option(
        "--drift-reset",
        is_flag=True,
        help="Forget what --drift has seen, for example after the light was mended.",
    ),
    click.option(
        "--out",
        type=_FILE,
        default=Path("fastdefect-out"),
        show_default=True,
        metavar="DIR",
        help="Folder for the pictures; made if missing.",
    ),
    click.option(
        "--overlay/--no-overlay",
        default=True,
        show_default=True,
        help="Write NAME_overlay.png, the image with its defects marked.",
    ),
    click.option(
        "--panel",
        is_flag=True,
        help="Write NAME_panel.png, all stages in one figure; not every detector has any.",
    ),
    click.option("--masks", is_flag=True, help="Write NAME_mask.png, white where a defect is."),
    click.option("--score-maps", is_flag=True, help="Write NAME_score.tif, 32-bit floats."),
    click.option(
        "--json", "as_json", is_flag=True, help="Print one JSON object per image instead."
    ),
    THREADS_OPTION,
    click.option(
        "-v", "--verbose", is_flag=True, help="Print the cost of each stage for every image."
    ),
    click.option(
        "--page",
        type=click.IntRange(1, PAGES_MAX),
        metavar="N",
        help="Inspect page N of TIFF files of several, from 1; without it such a file is refused.",
    ),
    click.option(
        "--memory",
        type=Memory(),
        default="512MB",
        show_default=True,
        metavar="SIZE",
        help="What tiles may take of an image that is too large to be read whole.",
    ),
    click.option(
        "--anew",
        is_flag=True,
        help="Inspect such an image from the beginning instead of going on where a run was stopped.",
    ),
    click.option(
        "--roi",
        type=_FILE,
        metavar="FILE",
        help="What to inspect: polygons (JSON), or a mask image that is not black there.",
    ),
    click.option(
        "--ignore",
        type=_FILE,
        metavar="FILE",
        help="What to leave out, in the same way.",
    ),
    click.option(
        "--mm-per-px",
        type=Numbers(),
        metavar="MM",
        help="Millimetres per pixel, one number or ROW,COLUMN.",
    ),
    click.option(
        "--min-area",
        type=click.IntRange(1),
        default=_DEFAULT.min_area,
        show_default=True,
        metavar="N",
        help="List no smaller defects, in pixels.",
    ),
    click.option(
        "--min-area-mm2",
        type=click.FloatRange(0),
        default=_DEFAULT.min_area_mm2,
        show_default=True,
        metavar="MM2",
        help="List no smaller defects, in square millimetres.",
    ),
    click.option(
        "--merge-distance",
        type=click.IntRange(0, REACH_MAX),
        default=_DEFAULT.merge_distance,
        show_default=True,
        metavar="N",
        help="Make one defect of regions with at most N other pixels between them.",
    ),
    click.option(
        "--surroundings",
        type=click.IntRange(1, REACH_MAX),
        default=_DEFAULT.surroundings,
        show_default=True,
        metavar="N",
        help="Pixels around a defect that its contrast is taken against.",
    ),
    click.option(
        "--severity-by",
        type=click.Choice(SEVERITY_MEASURES),
        default=_DEFAULT.severity_by,
        show_default=True,
        metavar="MEASURE",
        help=f"What severity depends on: {', '.join(SEVERITY_MEASURES)}.",
    ),
    click.option(
        "--severity-limits",
        type=Numbers(),
        default=_DEFAULT.severity_limits,
        show_default="75,150,230",
        metavar="A,B,...",
        help="Severity is 1, and 1 more for each of these that the measure exceeds.",
    ),
    click.option(
        "--report", type=_FILE, metavar="FILE", help="Write one HTML page that needs no network."
    ),
    click.option("--csv", type=_FILE, metavar="FILE", help="Write a table, one row per defect."),
    click.option("--jsonl", type=_FILE, metavar="FILE", help="Write one JSON object per image."),
    click.option(
        "--coco", type=_FILE, metavar="FILE", help="Write the defects as a COCO data set."
    ),
    click.option(
        "--coco-segmentation",
        type=click.Choice(("polygon", "rle")),
        default="polygon",
        show_default=True,
        help="How COCO says where a defect is. polygon: outlines that pycocotools, scikit-image and "
        "OpenCV (coordinates cut to whole numbers) fill to exactly its pixels; readers that round "
        "coordinates before OpenCV fills add a pixel right and below. rle: runs, the same pixels "
        "for all that read them, but some tools for training take polygons alone. A defect with "
        "holes has runs either way.",
    ),
    click.option(
        "--coco-folder",
        type=_FILE,
        metavar="DIR",
        help="Folder that COCO's file names are relative to, where its readers look for images; the "
        "folder that all images have in common if not given.",
    ),
    click.option(
        "--csv-images",
        type=_FILE,
        metavar="FILE",
        help="Write a table, one row per image: good, defective, unusable or not inspected.",
    ),
    click.option(
        "--fail-on-defect",
        is_flag=True,
        help="End with exit status 3 where an image is defective, see above.",
    ),
    click.option("-r", "--recursive", is_flag=True, help="Take folders with all folders in them."),
    click.option(
        "-q",
        "--quiet",
        is_flag=True,
        help="Print no lines, sums, notes or bar: errors alone, and the JSON of --json.",
    ),
)
_RULES = (
    "mm_per_px", "min_area", "min_area_mm2", "merge_distance", "surroundings", "severity_by", "severity_limits",
)  # fmt: skip


def with_options(command: _Command) -> _Command:
    """Give a command the options of `_OPTIONS`, in that order."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def region_params(values: Mapping[str, Any]) -> RegionParams:
    """Return the rules for regions of the values of a call."""
    rules = {name: values[name] for name in _RULES}
    scale = rules["mm_per_px"]
    if scale is not None and len(scale) == 1:
        rules["mm_per_px"] = scale[0]
    return RegionParams(**rules)
