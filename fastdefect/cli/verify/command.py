"""``fastdefect verify``: whether a result is what its certificate says."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from fastdefect.cli.progress import Bar
from fastdefect.io.paths import printable


@click.command()
@click.argument(
    "results", metavar="RESULT...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
def verify(results: tuple[Path, ...]) -> None:
    """Check results of large images against their certificates.

    RESULT is a folder that `fastdefect detect` wrote for an image that it inspects in parts. Mask,
    score map, table of defects and verdict are read whole and held against the certificate's
    SHA-256s, which are printed.

    \b
    Exit status
      0  every result is what its certificate says
      1  one is not, or cannot be read

    \b
    Example
      fastdefect verify fastdefect-out/roll7_result
    """  # noqa: D301  the character backspace keeps click from filling a paragraph
    from fastdefect.errors import ImageReadError
    from fastdefect.large import open_result

    failed = False
    with Bar(len(results), "checking") as bar:
        for place in results:
            try:
                result = open_result(place)
                faults = result.faults(progress=lambda progress: bar.say(str(progress)))
            except ImageReadError as error:
                faults, result = [str(error)], None
            for fault in faults:
                click.echo(f"Error: {printable(fault)}", err=True)
            failed = failed or bool(faults)
            if result is not None and not faults:
                click.echo(
                    f"{printable(place)}: whole; {result.verdict}, {len(result.defects)} defects"
                )
                for name, digest in result.certificate.items():
                    click.echo(f"  {name:<10} {digest}")
            bar.step()
    sys.exit(int(failed))
