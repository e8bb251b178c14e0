"""``fastdefect view``: a page that zooms into a large image and its defects."""

from __future__ import annotations

from pathlib import Path

import click

from fastdefect.cli.parameters import THREADS_OPTION
from fastdefect.cli.progress import Bar
from fastdefect.io import PAGES_MAX
from fastdefect.io.paths import printable


@click.command()
@click.argument("result", type=click.Path(path_type=Path))
@click.argument("image", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where the page and its pictures go; by default the folder `view` in RESULT.",
)
@click.option(
    "--ome-zarr",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Also write image and defects as OME-Zarr, for other viewers (extra `zarr`).",
)
@click.option(
    "--page",
    type=click.IntRange(1, PAGES_MAX),
    metavar="N",
    help="The page of a TIFF file of several that was inspected, from 1.",
)
@THREADS_OPTION
def view(
    result: Path,
    image: Path,
    out: Path | None,
    ome_zarr: Path | None,
    page: int | None,
    threads: int | None,
) -> None:
    """Make a page that zooms into a large image and its defects.

    RESULT is a folder that `fastdefect detect` wrote for an image that it inspects in parts, IMAGE
    is that image. The page shows it at any scale with the defects over it and loads only what is
    seen; it needs no network and no server, so open it where it lies or copy its folder anywhere.
    Its pictures take about a byte for each pixel of the image.

    \b
    Exit status
      0  written
      1  something cannot be read or written, or the image is another one

    \b
    Example
      fastdefect view fastdefect-out/roll7_result roll7.tif
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    from fastdefect.large import open_result
    from fastdefect.report import write_view

    found = open_result(result)
    with Bar(1, "drawing") as bar:
        written = write_view(
            found,
            image,
            result / "view" if out is None else out,
            ome_zarr=ome_zarr,
            threads=threads,
            page=page,
            progress=lambda progress: bar.say(str(progress)),
        )
    click.echo(f"{printable(written)}: {found.verdict}, {len(found.defects)} defects")
