"""Each public object says what it takes, returns and raises, and shows it; what it shows is run."""

from __future__ import annotations

import doctest
import inspect
import io
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT
from docstrings import described, sections
from public_objects import Public, public_objects

import fastdefect

# what the examples of exports, metrics, networks and tables use
for _package in ("matplotlib", "onnxruntime", "pandas", "scipy", "sklearn", "supervision"):
    pytest.importorskip(_package, reason=f"{_package} is not installed")

HIDDEN = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
OPEN = {
    # any of forty measures is a keyword; an unknown one is refused with their list
    "fastdefect.Defects.filter",
    # scikit-learn's own signature, which its clone and grid searches call; an unknown name is refused with the list
    "fastdefect.detectors.Estimator.set_params",
}
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
PRINTING = {"precision": 4, "suppress": True, "threshold": 60, "edgeitems": 2, "linewidth": 100}


def _called() -> list[Public]:
    """What a user calls: errors are raised by the package alone, properties take nothing."""
    return [
        public
        for public in public_objects()
        if not public.is_property
        and not (public.is_class and issubclass(public.value, BaseException))
    ]


def _returns_something(public: Public) -> bool:
    return not public.is_class and public.signature.return_annotation not in (
        None,
        "None",
        inspect.Signature.empty,
    )


def _is_shown(public: Public) -> bool:
    """It has an example of its own, or, a method, is called in the examples of its class."""
    if "Examples" in sections(public.doc):
        return True
    if public.owner is None:
        return False
    word = public.name.rpartition(".")[2]
    shown = sections(inspect.getdoc(public.owner) or "").get("Examples", "")
    return f".{word}(" in shown or (
        word == "__call__" and "Examples" in (public.owner.__doc__ or "")
    )


def _undescribed(public: Public) -> set[str]:
    """Parameters that neither Parameters nor, of a class, Attributes describes."""
    found = sections(public.doc)
    known = described(found.get("Parameters", ""))
    if public.is_class:
        known |= described(found.get("Attributes", ""))
    return set(public.signature.parameters) - known


def _none(wrong: list[str]) -> None:
    assert not wrong, "\n" + "\n".join(wrong)


def test_every_object_has_a_docstring() -> None:
    _none([public.name for public in public_objects() if not public.doc])


def test_no_signature_hides_its_keywords() -> None:
    _none(
        [
            f"{public.name}: {parameter}"
            for public in _called()
            for parameter in public.signature.parameters.values()
            if parameter.kind in HIDDEN and public.name not in OPEN
        ]
    )


def test_every_parameter_is_described() -> None:
    missing = {public.name: ", ".join(sorted(_undescribed(public))) for public in _called()}
    _none([f"{name}: {words}" for name, words in missing.items() if words])


def test_every_result_is_described() -> None:
    _none(
        [
            public.name
            for public in _called()
            if _returns_something(public) and not {"Returns", "Yields"} & set(sections(public.doc))
        ]
    )


def test_every_object_that_raises_says_so() -> None:
    """Its own code has ``raise Error(...)`` or calls a ``check_`` function: what is raised further in is not seen."""
    _none([p.name for p in _called() if p.raises() and "Raises" not in sections(p.doc)])


def test_every_object_is_shown() -> None:
    _none([public.name for public in _called() if not _is_shown(public)])


def test_no_example_is_left_out() -> None:
    _none([public.name for public in public_objects() if "doctest: +SKIP" in public.doc])


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each docstring from a fresh folder that holds ``bench_images``; NumPy prints the same everywhere."""
    (tmp_path / "bench_images").symlink_to(ROOT / "bench_images", target_is_directory=True)
    monkeypatch.chdir(tmp_path)
    parser, report = doctest.DocTestParser(), io.StringIO()
    failed = run = 0
    for public in public_objects():
        names = {"np": np, "fastdefect": fastdefect}
        test = parser.get_doctest(public.doc, names, public.name, None, 0)
        with np.printoptions(**PRINTING):
            result = doctest.DocTestRunner(verbose=False, optionflags=FLAGS).run(
                test, out=report.write
            )
        failed, run = failed + result.failed, run + result.attempted
    assert run
    assert not failed, report.getvalue()
