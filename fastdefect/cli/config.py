"""One TOML file with what else stands on the command line: ``--config FILE`` reads it, ``--dump-config FILE`` writes it.

Keys are the long options' names with underscores, and ``images``. The file goes before the defaults, the command line before
the file. Paths are taken as on the command line, from the working folder.
"""

from __future__ import annotations

import difflib
import io
import sys
import textwrap
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click

import fastdefect
from fastdefect.checks import short
from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.optional import require

_SELF = ("config", "dump_config")
_LONGEST = 4096  # characters
_MOST = 2**63 - 1  # which every option's range is within
_LARGEST = 2**20  # bytes; all options together take 5 KB, and a thousand images' names 100 KB


class Numbers(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic in newer releases of click only
    """Numbers with commas between on the command line, a number or an array of them in the file."""

    name = "numbers"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        """Return the numbers."""
        parts = value.split(",") if isinstance(value, str) else value
        parts = parts if isinstance(parts, (list, tuple)) else (parts,)
        try:
            return tuple(float(part) for part in parts)
        except (TypeError, ValueError, OverflowError):
            self.fail(f"expected numbers with commas between, received {short(value)}", param, ctx)


def read_config(ctx: click.Context, _option: click.Parameter, path: Path | None) -> None:
    """Take the values of a file as the defaults of this call; the callback of ``--config``."""
    if path is None:
        return
    known = {parameter.name: parameter for parameter in _parameters(ctx)}
    values = _load(path)
    for key, value in values.items():
        if key not in known:
            close = difflib.get_close_matches(key, [str(name) for name in known], 1)
            remedy = f"did you mean {close[0]}?" if close else "see `--dump-config -` for all"
            raise ArgumentValueError(
                f"{path}: expected names of options of `{ctx.command_path}`, received the unknown "
                f"key {key!r}; {remedy}"
            )
        _check(path, known[key], value)
    ctx.default_map = {**(ctx.default_map or {}), **values}


def write_config(ctx: click.Context, path: Path) -> None:
    """Write the values of this call, with what each means; ``-`` is standard output.

    Raises
    ------
    MissingPackageError
        tomli-w is not installed.
    OutputError
        The file cannot be written.
    """
    from fastdefect.io import write_text

    text = config_text(ctx)
    if str(path) == "-":
        sys.stdout.write(text)
    else:
        write_text(path, text)


def config_text(ctx: click.Context) -> str:
    """Return the configuration of a call as TOML; what is not set is a comment."""
    tomli_w = require("tomli_w", "a configuration is written by", "report", "tomli-w")
    text = io.StringIO()
    text.write(f"# fastdefect {fastdefect.__version__}: {ctx.command_path} --config FILE\n")
    for parameter in _parameters(ctx):
        value = _as_toml(ctx.params[str(parameter.name)])
        text.write("\n")
        for line in textwrap.wrap(getattr(parameter, "help", None) or "", 96):
            text.write(f"# {line}\n")
        if value is None:
            text.write(f"# {parameter.name} is not set\n")
        else:
            text.write(tomli_w.dumps({str(parameter.name): value}))
    return text.getvalue()


def _as_toml(value: object) -> Any:
    """Return an option's value as TOML knows it."""
    if isinstance(value, (tuple, list)):
        return [_as_toml(item) for item in value]
    return str(value) if isinstance(value, Path) else value


def settings(ctx: click.Context) -> dict[str, object]:
    """Return the options of a call that are set, for a report."""
    values = ((str(p.name), _as_toml(ctx.params[str(p.name)])) for p in _parameters(ctx))
    return {name: value for name, value in values if value is not None and name != "images"}


def _parameters(ctx: click.Context) -> Iterable[click.Parameter]:
    return [p for p in ctx.command.params if p.name not in _SELF]


def _load(path: Path) -> Mapping[str, Any]:
    from fastdefect.io import read_file

    def fault(received: str) -> ArgumentValueError:
        return ArgumentValueError(f"--config {path}: expected a TOML file, {received}")

    data = read_file(path, _LARGEST, fault)
    try:
        return tomllib.loads(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise fault(f"received another ({error}); `--dump-config FILE` writes one") from error


def _check(path: Path, parameter: click.Parameter, value: object) -> None:
    """Refuse values that click would bend into shape, such as true for a number of threads."""
    kind = parameter.type
    expected: tuple[type, ...]
    if isinstance(parameter, click.Option) and parameter.is_flag:
        expected, what = (bool,), "true or false"
    elif isinstance(kind, Numbers):
        expected, what = (int, float, list), "a number or an array of numbers"
    elif isinstance(kind, click.types.IntParamType):
        expected, what = (int,), "a whole number"
    elif isinstance(kind, click.types.FloatParamType):
        expected, what = (int, float), "a number"
    elif parameter.nargs == -1:
        expected, what = (list,), "an array of texts"
        if isinstance(value, list) and not all(isinstance(item, str) for item in value):
            value = None
    else:
        expected, what = (str,), "a text"
    texts = value if isinstance(value, list) else [value]
    if any(isinstance(text, str) and ("\0" in text or len(text) > _LONGEST) for text in texts):
        raise ArgumentValueError(
            f"{path}: {parameter.name}: expected a text of at most {_LONGEST} characters, none of them null, received "
            f"{short(value)}; no name of a file is another"
        )
    numbers = (number for number in texts if isinstance(number, int) and abs(number) > _MOST)
    if any(numbers):
        raise ArgumentValueError(
            f"{path}: {parameter.name}: expected numbers up to {_MOST}, received {short(value)}; choose smaller ones"
        )
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        raise ArgumentTypeError(
            f"{path}: {parameter.name}: expected {what}, received {short(value)}; "
            "`--dump-config -` shows how each key is written"
        )
