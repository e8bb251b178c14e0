"""What the declarations say is what the functions do: names, order, defaults, ranges, first lines, halos, examples."""

import ast
import doctest
import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fastdefect
from fastdefect import backends, ops
from fastdefect.backends import NAMES, load
from fastdefect.backends.table import Backend
from fastdefect.bench.parity import prepare
from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.operations import OPERATIONS
from fastdefect.operations.operation import Operation, Parameter, Setting
from fastdefect.perf.images import make
from fastdefect.tiling.workers import Workers

PUBLIC = [operation for operation in OPERATIONS.values() if operation.public]
FAMILIES = sorted({operation.family for operation in PUBLIC})


def _id(operation: Operation) -> str:
    return operation.name


def _function(operation: Operation) -> Any:
    return getattr(import_module(f"fastdefect.ops.{operation.family}"), operation.name)


def _parameters(operation: Operation) -> tuple[Parameter, ...]:
    return (*operation.parameters, *operation.arguments)


def test_every_family_declares_its_own() -> None:
    for operation in PUBLIC:
        family = import_module(f"fastdefect.operations.{operation.family}")
        assert operation in family.OPERATIONS
        assert operation.name.isidentifier()


def test_public_functions_are_the_public_declarations() -> None:
    found = {
        name
        for name, value in vars(ops).items()
        if inspect.isfunction(value) and not name.startswith("_")
    }
    assert found == {operation.name for operation in PUBLIC}
    for operation in PUBLIC:
        assert getattr(ops, operation.name) is _function(operation)


@pytest.mark.parametrize("operation", PUBLIC, ids=_id)
def test_signatures(operation: Operation) -> None:
    """Images, parameters in the planner's order, arguments; then out, threads and backend by keyword."""
    given = inspect.signature(_function(operation)).parameters
    positional = [p for p in given.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert [p.name for p in positional] == [
        each.name for each in (*operation.inputs, *_parameters(operation))
    ]
    defaults = [None if p.default is p.empty else p.default for p in positional]
    assert defaults[len(operation.inputs) :] == [p.default for p in _parameters(operation)]
    keywords = [p.name for p in given.values() if p.kind is p.KEYWORD_ONLY]
    assert keywords == [*(["out"] if operation.output else []), "threads", "backend"]


@pytest.mark.parametrize("operation", PUBLIC, ids=_id)
def test_docstrings(operation: Operation) -> None:
    text = inspect.getdoc(_function(operation)) or ""
    assert text.splitlines()[0] == operation.summary
    assert operation.equals in " ".join(text.split())
    for parameter in _parameters(operation):
        assert parameter.name in text
        if parameter.maximum is not None:
            assert f"{parameter.minimum} ... {parameter.maximum}" in text


@pytest.mark.parametrize("family", FAMILIES)
def test_examples_run(family: str) -> None:
    module = import_module(f"fastdefect.ops.{family}")
    found = doctest.testmod(module)
    assert found.failed == 0
    assert found.attempted >= len(module.__all__)


RANGES = [
    pytest.param(operation, parameter, id=f"{operation.name}-{parameter.name}")
    for operation in PUBLIC
    for parameter in _parameters(operation)
]


def _call(operation: Operation, parameter: Parameter, value: object) -> Any:
    """The function on a tiny image, one argument as given and the others as in the first case."""
    setting = operation.cases[0]
    values = dict(
        zip([p.name for p in _parameters(operation)], (*setting.plan, *setting.call), strict=True)
    )
    image = make("noise", (6, 7), operation.inputs[0].channels[0])
    # a third of the largest windows of NL-means is quick enough for a test and as much of an end of the range
    return _function(operation)(image, **{**values, parameter.name: value}, backend="opencv")


@pytest.mark.parametrize(("operation", "parameter"), RANGES)
def test_ranges_are_closed_and_checked(operation: Operation, parameter: Parameter) -> None:
    assert parameter.minimum is not None
    _call(operation, parameter, parameter.minimum)
    with pytest.raises(
        ArgumentValueError, match=f"^{parameter.name}: expected .*{parameter.minimum}"
    ):
        _call(operation, parameter, parameter.minimum - 1)
    if parameter.maximum is not None:
        _call(operation, parameter, parameter.maximum)
        with pytest.raises(
            ArgumentValueError, match=f"^{parameter.name}: expected .*{parameter.maximum}"
        ):
            _call(operation, parameter, parameter.maximum + 1)
    else:
        with pytest.raises(ArgumentValueError, match=f"^{parameter.name}: expected a finite"):
            _call(operation, parameter, float("inf"))
    with pytest.raises(ArgumentTypeError, match=f"^{parameter.name}: expected"):
        _call(operation, parameter, "wide")


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=_id)
def test_cases_are_within_the_ranges(operation: Operation) -> None:
    for setting in [*operation.cases, *(b.setting for b in operation.benchmarks if b.setting)]:
        pairs = [
            *zip(operation.parameters, setting.plan, strict=True),
            *zip(operation.arguments, setting.call, strict=True),
        ]
        for parameter, value in pairs:
            sides = value if parameter.kind == "window" else (value,)
            for side in sides:
                assert parameter.minimum is None or side >= parameter.minimum
                assert parameter.maximum is None or side <= parameter.maximum


@pytest.mark.parametrize("name", NAMES)
def test_a_back_end_has_a_planner_for_each(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # as if there were a frozen library; the table is made anew, and not kept
    monkeypatch.setattr(backends, "frozen_kernels", lambda: name)
    backend = backends._load.__wrapped__(name)
    assert set(backend.planners) == set(OPERATIONS)
    assert all(
        getattr(backend, operation) is backend.planners[operation] for operation in OPERATIONS
    )
    with pytest.raises(AttributeError, match="'median' is declared"):
        backend.median  # noqa: B018


def test_a_table_with_a_gap_or_a_stranger_is_refused() -> None:
    planners = dict(load("numba").planners)
    del planners["erode"]
    with pytest.raises(TypeError, match=r"missing \['erode'\], undeclared none"):
        Backend("mine", planners)
    with pytest.raises(TypeError, match=r"missing none, undeclared \['median'\]"):
        Backend("mine", {**load("numba").planners, "median": planners["dilate"]})


def _small(operation: Operation) -> Setting:
    """A case whose halo is smaller than the image of the test."""
    return min(
        (setting for setting in operation.cases if _reach(operation, setting) > 0),
        key=lambda setting: _reach(operation, setting),
        default=operation.cases[0],
    )


def _reach(operation: Operation, setting: Setting) -> int:
    return operation.halo(*setting.plan) if operation.halo else 0


@pytest.mark.parametrize("backend", ["reference", "numba"])
@pytest.mark.parametrize(
    "operation", [o for o in OPERATIONS.values() if o.halo and o.output and o.cases], ids=_id
)
def test_the_halo_is_all_that_a_pixel_sees(operation: Operation, backend: str) -> None:
    """Everything beyond the halo of the middle pixel is replaced: its result stays."""
    setting = _small(operation)
    reach = _reach(operation, setting)
    side = 2 * reach + 9
    middle = side // 2
    first = make("noise", (side, side), operation.inputs[0].channels[0], seed=1)
    other = make("noise", (side, side), operation.inputs[0].channels[0], seed=2)
    seen = slice(middle - reach, middle + reach + 1)
    other[seen, seen] = first[seen, seen]
    planned = prepare(operation, load(backend), (side, side), setting, Workers(1))

    def centre(image: np.ndarray) -> Any:
        result = planned(image)
        return (result[0] if operation.number else result)[middle, middle].copy()

    np.testing.assert_array_equal(centre(first), centre(other))


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=_id)
def test_costs_are_numbers(operation: Operation) -> None:
    assert operation.bytes_per_pixel > 0
    for setting in operation.cases:
        assert operation.operations_per_pixel(*setting.plan) >= 0


def test_the_declarations_import_no_kernel() -> None:
    """Plain data: nothing but the standard library and each other."""
    folder = Path(fastdefect.__file__).parent / "operations"
    for family in (*FAMILIES, "operation", "__init__"):
        for node in ast.walk(ast.parse((folder / f"{family}.py").read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert (node.module or "").split(".")[0] in {
                    "__future__", "collections", "dataclasses", "typing", "fastdefect",
                }  # fmt: skip
                if (node.module or "").startswith("fastdefect"):
                    assert (node.module or "").startswith("fastdefect.operations")
