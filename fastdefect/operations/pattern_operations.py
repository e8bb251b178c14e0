"""The pattern model's operations: its map, and what a training learns from."""

from __future__ import annotations

from fastdefect.operations.operation import Input, Operation, Output, Parameter
from fastdefect.operations.pattern import CELL, TOP_CELLS, PatternStructure

STRUCTURE = Parameter("structure", "structure")
_IMAGE = (Input("image", (3, 1)),)


def _halo(structure: PatternStructure) -> int:
    return structure.halo


def _energies(structure: PatternStructure) -> float:
    """Planes, filters with their parts down the columns, sums over cells and windows."""
    filters, planes = len(structure.filters), structure.planes
    fine = 8 * planes + filters * (6 + 3 + 8 / 4) + 3 * planes * 7
    return fine * (1.25 if structure.coarse else 1.0)


def _operations(structure: PatternStructure) -> float:
    """Six distributions, a quarter of the pixels."""
    products = structure.features * (structure.features + 1)
    return _energies(structure) + 6 / 4 * products * len(structure.windows)


# Their cases need a training, so tests/kernels/pattern holds them against the reference, bit for bit.
PATTERN_MAP = Operation(
    name="pattern_map",
    family="pattern_steps",
    summary="Distance of each cell from good material; the image's score is the mean of the 20 highest cells.",
    equals="none; the NumPy twin fastdefect.reference.pattern",
    inputs=_IMAGE,
    parameters=(STRUCTURE,),
    arguments=(Parameter("fitted", "structure"), Parameter("outside", "structure")),
    output=Output(dtype="float32"),
    number="score",
    halo=_halo,
    cases=(),
    bytes_per_pixel=7,
    operations_per_pixel=_operations,
    # every cell has so many pixels of one value
    highest=TOP_CELLS * CELL**2,
    grid=CELL,
    public=False,
)
PATTERN_FEATURES = Operation(
    name="pattern_features",
    family="pattern_steps",
    summary="Features of some rows of cells of a good image, from which distributions are learned.",
    equals="none; the NumPy twin fastdefect.reference.pattern",
    inputs=_IMAGE,
    parameters=(STRUCTURE,),
    arguments=(Parameter("rows", "structure"),),
    output=None,
    halo=None,
    cases=(),
    bytes_per_pixel=3,
    operations_per_pixel=_energies,
    public=False,
)

OPERATIONS = (PATTERN_MAP, PATTERN_FEATURES)
