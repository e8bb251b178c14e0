"""The measured mix: Numba, but OpenCV exactly where rows of ``benchmarks/results.json`` show OpenCV faster.

The rows, and so the rules, belong to a processor path (`fastdefect.kernels._numba.cpu`); a test holds the two together.
NL-means is Numba's for every parameter set: rows nl_means/... and those of benchmarks/NL_MEANS.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from fastdefect.backends import numba, opencv
from fastdefect.backends.table import Planner, Step
from fastdefect.kernels._numba import cpu_path
from fastdefect.tiling.workers import Workers
from fastdefect.typing import Ksize, Shape

When = Callable[[Shape, tuple[Any, ...], int], bool]


def _always(shape: Shape, parameters: tuple[Any, ...], threads: int) -> bool:
    return True


@dataclass(frozen=True)
class Rule:
    """Where OpenCV is faster on one processor path.

    Attributes
    ----------
    operation : str
        Name of the operation.
    rows : tuple of str
        Ids of rows in that path's run that say so.
    when : callable
        ``when(shape, parameters, threads)``, the planner's; by default always.
    """

    operation: str
    rows: tuple[str, ...]
    when: When = _always


def _large(shape: Shape, parameters: tuple[Any, ...], threads: int) -> bool:
    return shape[0] * shape[1] > 2**18


# Beside this, contours, and blurs whose mean depends on the column, are all that is left to OpenCV.
_AVX512 = (Rule("binarize", ("binarize/1024x1024/1t", "binarize/1024x1024/2t"), _large),)
RULES: Mapping[str, tuple[Rule, ...]] = {
    "avx512": _AVX512,
    "avx2": (),
    "neon": (),  # not measured: no Arm was at hand
    "portable": (),
}
"""Rules by processor path."""


def routed(
    path: str, operation: str, shape: Shape, parameters: tuple[Any, ...], threads: int
) -> Literal["opencv", "numba"]:
    """Say which back end runs an operation.

    Parameters
    ----------
    path : {"avx512", "avx2", "neon", "portable"}
        Processor path.
    operation : str
        Name of a declared operation.
    shape : (int, int)
        Of the image, (H, W).
    parameters : tuple
        What the planner takes between the shape and the workers.
    threads : int
        Of the workers.

    Returns
    -------
    {"opencv", "numba"}
    """
    for rule in RULES[path]:
        if rule.operation == operation and rule.when(shape, parameters, threads):
            return "opencv"
    return "numba"


# A plan is made at each call of a public function: the processor is asked once.
_path = lru_cache(cpu_path)


def _value_blur(shape: Shape, ksize: Ksize, workers: Workers) -> Step:
    """OpenCV's blur of our value channel, which no call of OpenCV gives as fast."""
    convert = numba.PLANNERS["value_channel"](shape, workers)
    return opencv.value_then_blur(
        shape, convert, opencv.PLANNERS["box_blur"](shape, ksize, workers)
    )


_OPENCV: Mapping[str, Planner] = {**opencv.PLANNERS, "value_blur": _value_blur}


def _routed(operation: str) -> Planner:
    choices = {"opencv": _OPENCV[operation], "numba": numba.PLANNERS[operation]}

    def plan(shape: Shape, *rest: Any) -> Step:
        *parameters, workers = rest
        choice = routed(_path(), operation, shape, tuple(parameters), workers.threads)
        return choices[choice](shape, *rest)

    return plan


PLANNERS: dict[str, Planner] = {
    **numba.PLANNERS,
    **{rule.operation: _routed(rule.operation) for rules in RULES.values() for rule in rules},
}
