"""One declaration per operation, plain data: back ends, public functions, cases, benchmarks and documents read them.

Families stand in the order of ``fastdefect.operations.OPERATIONS``, a mapping of every declaration by its name.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastdefect.operations import (
    box_blur,
    hsv,
    morphology,
    nl_means,
    otsu,
    pattern_operations,
    texture_operations,
)
from fastdefect.operations.operation import Operation

OPERATIONS: Mapping[str, Operation] = {
    operation.name: operation
    for family in (
        hsv,
        box_blur,
        nl_means,
        otsu,
        morphology,
        texture_operations,
        pattern_operations,
    )
    for operation in family.OPERATIONS
}
"""Every operation by its name."""
