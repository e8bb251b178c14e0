"""Images of a training set that are odd: named, with the command that leaves them out."""

from __future__ import annotations

import shlex
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from click.core import ParameterSource

from fastdefect.errors import ArgumentValueError, OddImagesError, OddImagesWarning


def without(paths: Sequence[Path], names: Sequence[str], data: Path) -> list[Path]:
    """The paths that ``--leave-out`` does not name, by file name, path, or path below ``data``.

    Raises
    ------
    ArgumentValueError
        For a name that is none of theirs.
    """
    known = {path: {path.name, str(path), _below(path, data)} for path in paths}
    for name in names:
        if not any(name in each for each in known.values()):
            raise ArgumentValueError(
                f"--leave-out: expected the name of a good image in {data}, received {name!r}; see `ls`, and give "
                "the name with its ending"
            )
    return [path for path in paths if not known[path] & set(names)]


@contextmanager
def naming_odd(paths: Sequence[Path], data: Path) -> Iterator[None]:
    """Print what a training says of odd images on standard error, and the command without them."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", OddImagesWarning)
        try:
            yield
        except OddImagesError as error:
            _print_command([paths[index] for index in error.images], data)
            raise
    for each in caught:
        message = each.message
        if not isinstance(message, OddImagesWarning):
            warnings.warn_explicit(message, each.category, each.filename, each.lineno)
            continue
        click.echo(f"Note: {message}", err=True)
        _print_command([paths[index] for index in message.images], data)


def _print_command(odd: Sequence[Path], data: Path) -> None:
    """Print the call with ``--leave-out`` for each of some images."""
    ctx = click.get_current_context()
    words = ctx.command_path.split()
    for param in ctx.command.params:
        source = ctx.get_parameter_source(param.name or "")
        if source is not ParameterSource.COMMANDLINE:
            continue
        value = ctx.params[param.name or ""]
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(param, click.Argument):
                words.append(str(each))
            elif isinstance(param, click.Option) and param.is_flag:
                words.append(param.opts[-1])
            else:
                words += [param.opts[-1], str(each)]
    for path in odd:
        words += ["--leave-out", _below(path, data)]
    command = shlex.join(words)
    # a name of control characters is no command to the terminal
    shown = "".join(letter if letter.isprintable() else "?" for letter in command)
    click.echo(f"To leave them out: {shown}", err=True)


def _below(path: Path, data: Path) -> str:
    """The path from the data's folder on, which names it even where sheets are folders."""
    return str(path.relative_to(data)) if path.is_relative_to(data) else str(path)
