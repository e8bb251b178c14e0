"""What a user reads where OpenCV cannot be loaded."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from conftest import ROOT

from fastdefect.errors import MissingPackageError
from fastdefect.optional import explain, install_line, require

EXTRAS: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))[
    "project"
]["optional-dependencies"]
MISSING_LIBRARY = "libGL.so.1: cannot open shared object file: No such file or directory"


def python(fake: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with ``fake`` and the repository before everything else."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(fake), str(ROOT)])}
    command = [sys.executable, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(name="broken")
def _broken(tmp_path: Path) -> Path:
    """A folder with a module cv2 that fails as the wheel does on a bare server."""
    (tmp_path / "cv2.py").write_text(f"raise ImportError({MISSING_LIBRARY!r})\n")
    return tmp_path


@pytest.mark.parametrize(
    "code",
    [
        "fastdefect.detect",
        "from fastdefect import Engine",
        "fastdefect.fab_defect_detect",
        "fastdefect.box_blur(numpy.zeros((5, 5), 'u1'), 3)",
        "fastdefect.write_image('x.png', numpy.zeros((5, 5), 'u1'))",
    ],
)
def test_public_names_say_what_to_install(broken: Path, code: str) -> None:
    done = python(broken, "-c", f"import fastdefect, numpy; {code}")
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("fastdefect.errors.MissingPackageError: ")
    for word in ("libGL.so.1", "apt-get install libgl1 libglib2.0-0", "opencv-python-headless"):
        assert word in last


def test_the_command_line_says_it_in_one_line(broken: Path, tmp_path: Path) -> None:
    done = python(broken, "-m", "fastdefect", "detect", "x.png", "--no-overlay")
    assert done.returncode == 1
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1
    assert "libglib2.0-0" in done.stderr


def test_what_needs_no_opencv_works_without_it(broken: Path) -> None:
    code = "import fastdefect as f; print(f.ArticleParams().h, f.Detection, f.FastDefectError)"
    assert python(broken, "-c", code).returncode == 0
    assert python(broken, "-m", "fastdefect", "--version").returncode == 0
    assert python(broken, "-m", "fastdefect", "detect", "--help").returncode == 0


def test_explanations() -> None:
    glib = "libgthread-2.0.so.0: cannot open shared object file: No such file or directory"
    assert "libgthread-2.0.so.0" in (explain(ImportError(glib)) or "")
    absent = ModuleNotFoundError("No module named 'cv2'", name="cv2")
    assert "pip install opencv-python" in (explain(absent) or "")
    assert explain(ImportError("numpy.core.multiarray failed to import")) is None
    assert explain(ModuleNotFoundError("No module named 'numpy'", name="numpy")) is None


def test_a_missing_package_is_one_sentence_with_its_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "tifffile", None)
    with pytest.raises(MissingPackageError) as caught:
        require("tifffile", "score maps are written by", "report")
    assert str(caught.value) == (
        f"score maps are written by tifffile, which is not installed: run `{install_line('report', 'tifffile')}`"
    )
    assert isinstance(caught.value, ImportError)
    with pytest.raises(
        MissingPackageError, match="needs a-b, which is not installed: run `pip install a-b`"
    ):
        require("no_such_module.part", "it needs", package="a-b")
    (tmp_path / "half_installed.py").write_text("import no_such_module")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(MissingPackageError, match=r"cannot be loaded .*no_such_module"):
        require("half_installed", "it needs")
    assert require("json.decoder", "it needs").JSONDecoder


def asked_for(extra: str) -> set[str]:
    """What pyproject.toml lists for an extra, those of extras that it names included."""
    found: set[str] = set()
    for each in EXTRAS[extra]:
        inner = re.fullmatch(r"fastdefect\[(.*)\]", each)
        found |= set.union(*map(asked_for, inner[1].split(","))) if inner else {each}
    return found


@pytest.mark.parametrize("extra", EXTRAS)
def test_a_line_names_the_packages_of_its_extra(
    extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [f'{each}; extra == "{name}"' for name in EXTRAS for each in EXTRAS[name]]
    monkeypatch.setattr("importlib.metadata.requires", lambda name: ["numpy>=2.0", *listed])
    command, head, *packages = shlex.split(install_line(extra, "x"))
    assert (command, head) == ("pip", "install")
    assert packages == sorted(asked_for(extra))


def test_nothing_sends_anybody_to_an_index_for_this_package() -> None:
    for path in (ROOT / "fastdefect").rglob("*.py*"):
        if path.suffix in (".py", ".pyi"):
            assert not re.search(r"pip install[^`\n]*fastdefect\[", path.read_text("utf-8")), path


def test_without_metadata_the_package_itself_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> list[str]:
        raise PackageNotFoundError(name)

    monkeypatch.setattr("importlib.metadata.requires", absent)
    assert install_line("report", "Jinja2") == "pip install Jinja2"


@pytest.fixture(name="environment", scope="module")
def _environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder


@pytest.mark.long  # an index is asked
@pytest.mark.parametrize("extra", EXTRAS)
def test_a_line_resolves_in_a_fresh_environment(extra: str, environment: Path) -> None:
    words = shlex.split(install_line(extra, "x"))
    done = subprocess.run(
        [environment / "bin" / "python", "-m", *words, "--dry-run"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Would install" in done.stdout
