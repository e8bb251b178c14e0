"""The texture model's operations: its map, and what a training counts."""

from __future__ import annotations

from fastdefect.operations.operation import Input, Operation, Output, Parameter
from fastdefect.operations.texture import TOP, TextureStructure

STRUCTURE = Parameter("structure", "structure")
FITTED = Parameter("fitted", "structure")
OUTSIDE = Parameter("outside", "structure")
_IMAGE = (Input("image", (3, 1)),)


def _halo(structure: TextureStructure) -> int:
    return structure.halo


def _operations(structure: TextureStructure) -> float:
    """Background twice, four boxes with their means; for the full model lines, bars, contrast and chroma besides."""
    grey = 2 * 12 + 4 * 8
    return float(grey + 8 * 24 + 2 * 40 + 40 + 2 * grey if structure.colour else grey)


# Their cases need a training, so tests/kernels/texture holds them against the reference, bit for bit.
TEXTURE_MAP = Operation(
    name="texture_map",
    family="texture_steps",
    summary="Score of each pixel against good texture; the image's score is the mean of the 20 highest.",
    equals="none; the NumPy twin fastdefect.reference.texture",
    inputs=_IMAGE,
    parameters=(STRUCTURE,),
    arguments=(FITTED, OUTSIDE),
    output=Output(dtype="float32"),
    number="score",
    halo=_halo,
    cases=(),
    bytes_per_pixel=7,
    operations_per_pixel=_operations,
    highest=TOP,
    public=False,
)
TEXTURE_HISTOGRAMS = Operation(
    name="texture_histograms",
    family="texture_steps",
    summary="Histograms of the features of a good image, from which weights are taken.",
    equals="none; the NumPy twin fastdefect.reference.texture_statistics",
    inputs=_IMAGE,
    parameters=(STRUCTURE,),
    arguments=(FITTED, OUTSIDE),
    output=None,
    halo=None,
    cases=(),
    bytes_per_pixel=3,
    operations_per_pixel=_operations,
    public=False,
)
TEXTURE_RESIDUAL_SUMS = Operation(
    name="texture_residual_sums",
    family="texture_steps",
    summary="Sums of squared residuals and of fine contrast of a good image, from which limits are taken.",
    equals="none; the NumPy twin fastdefect.reference.texture_statistics",
    inputs=_IMAGE,
    parameters=(STRUCTURE,),
    arguments=(Parameter("profile", "structure"), OUTSIDE),
    output=None,
    number="sums",
    halo=None,
    cases=(),
    bytes_per_pixel=3,
    operations_per_pixel=_operations,
    public=False,
)

OPERATIONS = (TEXTURE_MAP, TEXTURE_HISTOGRAMS, TEXTURE_RESIDUAL_SUMS)
