"""The oracle as a back end: the functions of `fastdefect.reference` by family and name, results copied out."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from fastdefect.backends.table import Planner, Step
from fastdefect.operations import OPERATIONS
from fastdefect.operations.operation import Operation
from fastdefect.reference import pattern_steps, texture_steps
from fastdefect.typing import Shape


def function_of(operation: Operation) -> Callable[..., Any]:
    """The operation's function of the reference: ``function(image, *arguments, *parameters)``.

    It returns the image, the number, or both as a tuple, as the operation declares.
    """
    family = import_module(f"fastdefect.reference.{operation.family}")
    function: Callable[..., Any] = getattr(family, operation.name)
    return function


def _planner(operation: Operation) -> Planner:
    function = function_of(operation)

    def plan(shape: Shape, *rest: Any) -> Step:
        *parameters, _workers = rest

        if operation.output is None:
            return lambda *images: function(*images, *parameters)

        def step(*images: Any) -> Any:
            *inputs, out = images
            result = function(*inputs, *parameters)
            image, number = result if operation.number else (result, None)
            np.copyto(out, image)
            return number

        return step

    return plan


# these fill arrays that are no images
_STEPS: dict[str, Planner] = {
    "texture_map": texture_steps.TextureMap,
    "texture_histograms": texture_steps.TextureHistograms,
    "texture_residual_sums": texture_steps.TextureResidualSums,
    "pattern_map": pattern_steps.PatternMap,
    "pattern_features": pattern_steps.PatternFeatures,
}
PLANNERS: dict[str, Planner] = {
    name: _STEPS[name] if name in _STEPS else _planner(operation)
    for name, operation in OPERATIONS.items()
}
