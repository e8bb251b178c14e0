"""The command ``fastdefect``: a table of commands, each loaded when it is called."""

from __future__ import annotations

import gc
import os
import platform
from importlib import import_module
from pathlib import Path
from typing import Any

import click

import fastdefect
from fastdefect.cli.stopping import stoppable
from fastdefect.errors import ArgumentTypeError, ArgumentValueError, FastDefectError
from fastdefect.optional import OPENCV_WHEELS

# name: (module, what ``fastdefect --help`` says). The module holds a click command of that name
# and is imported only when the command is called or its help is asked for.
COMMANDS = {
    "detect": (
        "fastdefect.cli.detect.command",
        "Inspect images: verdict, timings, overlay, panel.",
    ),
    "fit": ("fastdefect.cli.fit.command", "Train a detector on good images only."),
    "calibrate": (
        "fastdefect.cli.calibrate.command",
        "Set the threshold of any model on good images, by its rate of false alarms.",
    ),
    "evaluate": ("fastdefect.cli.evaluate.command", "Judge a trained model on labelled images."),
    "validate": (
        "fastdefect.cli.validate.command",
        "Prove that a model answers as it did when it was approved.",
    ),
    "verify": (
        "fastdefect.cli.verify.command",
        "Check results of large images by their certificates.",
    ),
    "view": (
        "fastdefect.cli.view.command",
        "Make a page that zooms into a large image and its defects.",
    ),
    "warmup": (
        "fastdefect.cli.warmup.command",
        "Compile all kernels, or those of a model, so that the next start is quick.",
    ),
    "freeze": (
        "fastdefect.cli.freeze.command",
        "Compile kernels into a library, for starts without a compiler and for C.",
    ),
    "bench": (
        "fastdefect.cli.bench.command",
        "Compare every stage with OpenCV: parity first, then time.",
    ),
    "profile": (
        "fastdefect.cli.profile.command",
        "Profile this machine: latency, limits, web speed.",
    ),
}

# Second names, which the help of the command tells: ``predict`` is what users of other libraries type.
ALIASES = {"predict": "detect"}


class _WrongUsage(click.ClickException):
    exit_code = 2


class Commands(click.Group):
    """A group that reads `COMMANDS` and turns the package's errors into one line on stderr.

    Exit status: 0 done, 1 something could not be read, written or loaded, 2 wrong usage, 130 and 143 stopped by
    SIGINT and SIGTERM.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        cmd_name = ALIASES.get(cmd_name, cmd_name)
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, once no argument has what no system takes in the name of a file."""
        for word in args:
            if "\0" in word:
                raise click.UsageError(
                    f"an argument: expected text without null characters, received {word[:60]!r}; take them out"
                )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        try:
            with stoppable():
                return super().invoke(ctx)
        except click.ClickException as error:
            # names in it are the user's; its own lines stay
            shown = "\n".join(map(_printable, error.message.splitlines()))
            error.message = shown  # type: ignore[misc,unused-ignore]  # final in newer releases of click
            raise
        except FastDefectError as error:
            if isinstance(error, (ArgumentTypeError, ArgumentValueError)):
                raise _WrongUsage(_printable(error)) from error
            raise click.ClickException(_printable(error)) from error  # exit status 1


def _printable(text: object) -> str:
    from fastdefect.io.paths import printable  # loads NumPy, which help does without

    return printable(text)


def _print_versions(ctx: click.Context, _option: click.Parameter, wanted: bool) -> None:
    if not wanted or ctx.resilient_parsing:
        return
    click.echo(f"fastdefect {fastdefect.__version__}")
    click.echo(f"numba      {_installed('numba')}")
    click.echo(f"numpy      {_installed('numpy')}")
    click.echo(f"OpenCV     {_installed(*OPENCV_WHEELS)}")
    click.echo(
        f"Python     {platform.python_version()} on {platform.system()} {platform.machine()}"
    )
    click.echo(f"kernels    {_kernels()}")
    ctx.exit()


def _kernels() -> str:
    """Return where their machine code comes from. Nothing is loaded for it, so the library is not asked for its levels."""
    from importlib import metadata

    word = os.environ.get("FASTDEFECT_FROZEN")
    if word:
        return f"FASTDEFECT_FROZEN={word}"
    library = Path(fastdefect.__file__).parent / "frozen" / "libfastdefect.so"
    if library.exists():
        level = _installed("fastdefect").partition("+")[2]
        return f"frozen for {level or 'this architecture'}, {library}"
    said = "compiled when they are first used"
    try:
        why = metadata.distribution("fastdefect").read_text("FROZEN")
    except metadata.PackageNotFoundError:
        return said
    return f"{said}; {why.strip()}" if why else said


def _installed(*names: str) -> str:
    """Return the version of the first installed distribution, without importing it."""
    from importlib import metadata  # 30 ms that no other command pays

    for name in names:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        return version if name == names[0] else f"{version} ({name})"
    return "not installed"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_versions,
    help="Print the versions of fastdefect, numba, numpy, OpenCV and Python, and where kernels come from.",
)
def cli() -> None:
    """Find surface defects in photographs, fast.

    \b
    Start with
      fastdefect detect photo.jpg --panel
    and see `fastdefect COMMAND --help` for each command.

    \b
    Exit status
      0  done
      1  a file or folder could not be read or written, or a package is missing
      2  wrong usage
      3, 4  an image is defective or unusable (detect, see its help); a model
            answers otherwise (validate)
      130, 143  stopped by Ctrl-C, SIGTERM
    """  # noqa: D301  the character backspace keeps click from filling a paragraph


def main() -> None:
    """Run the command line of this process."""
    # A compiler keeps what it makes: the collector, which looks after every 700 new objects, took 2 of 20 s of a first
    # `detect` to find nothing, and 0.9 s so.
    gc.set_threshold(50_000)
    cli(prog_name="fastdefect")
