"""``fastdefect freeze``: what it refuses, before minutes of work."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from fastdefect.cli.main import cli
from fastdefect.errors import ArgumentValueError, MissingPackageError
from fastdefect.freezer import linking
from fastdefect.freezer.freeze import freeze, host_level, install
from fastdefect.frozen import LEVELS, PLACE
from fastdefect.optional import install_line


@pytest.mark.parametrize("word", ["x86-64-v9", "", "x86-64-v3,,aarch64"])
def test_an_unknown_level_is_wrong_usage(word: str) -> None:
    done = CliRunner().invoke(cli, ["freeze", "--target", word])
    assert done.exit_code == 2
    assert "--target: expected levels out of x86-64-v4" in done.output


def test_an_installation_takes_levels_of_its_own_architecture() -> None:
    with pytest.raises(ArgumentValueError, match=r"--target: expected levels of .*give --out"):
        install([*LEVELS.values()], print)
    (foreign,) = (
        name for name in ("aarch64", "x86-64-v2") if LEVELS[name].triple != host_level().triple
    )
    with pytest.raises(ArgumentValueError, match=r"--target: expected levels of .*give --out"):
        install([LEVELS[foreign]], print)
    assert not PLACE.exists() or PLACE.stat().st_size


def test_without_a_compiler_the_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(linking.shutil, "which", lambda name: None)
    monkeypatch.setattr(linking, "find_spec", lambda name: None)
    with pytest.raises(MissingPackageError, match=re.escape(install_line("freeze", "ziglang"))):
        freeze([host_level()], tmp_path, print)
