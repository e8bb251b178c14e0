"""What every public function does around its step: find or make the plan, run it into an array of its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from fastdefect.backends import NAMES, default_name, load
from fastdefect.backends.table import Step
from fastdefect.checks import check_choice, check_out
from fastdefect.ops.held import held_bytes
from fastdefect.tiling.kept import kept
from fastdefect.tiling.workers import Workers
from fastdefect.typing import ByteImage

_BYTE = np.dtype(np.uint8)


class _Planned:
    """A step that the calling thread keeps, and the bytes that it holds."""

    __slots__ = ("nbytes", "step")

    def __init__(self, step: Step) -> None:
        self.step = step
        self.nbytes = held_bytes(step)


def run(
    operation: str,
    image: ByteImage,
    parameters: tuple[Any, ...],
    threads: int,
    backend: str | None,
    arguments: tuple[Any, ...] = (),
) -> Any:
    """Run an operation on a checked image and return what its step returns.

    The plan is the calling thread's, see `fastdefect.tiling.kept`: making one takes some ten times as long as a small
    image itself.

    Parameters
    ----------
    operation : str
        Name of a declared operation.
    image : ndarray of uint8
        As the back ends take it.
    parameters : tuple
        The operation's, checked.
    threads : int
        Threads that work on it.
    backend : str, optional
        As the caller named it.
    arguments : tuple
        What the step takes behind the image.
    """
    name = default_name() if backend is None else check_choice("backend", backend, NAMES)
    key = operation, image.shape, parameters, threads, name
    plans = kept.plans
    plan = plans.pop(key, None)
    if plan is None:
        planner = getattr(load(backend), operation)
        plan = _Planned(planner(image.shape[:2], *parameters, Workers(threads)))
        kept.make_room(plan.nbytes)
    found = plan.step(image, *arguments)
    plans[key] = plan
    return found


def apply(
    operation: str,
    image: ByteImage,
    parameters: tuple[Any, ...],
    source: ByteImage,
    out: ByteImage | None,
    threads: int,
    backend: str | None,
    arguments: tuple[Any, ...] = (),
    shape: tuple[int, ...] | None = None,
) -> ByteImage:
    """Run an operation into ``out`` or a new array, of the image's shape or another, and return that.

    ``out`` must not overlap ``source``, what the caller gave as the image. A result that is not contiguous goes
    through an array that is.
    """
    if out is None:
        out = np.empty(image.shape if shape is None else shape, _BYTE)
        run(operation, image, parameters, threads, backend, (*arguments, out))
        return out
    out = check_out(out, shape or image.shape, source)
    if not out.flags.c_contiguous:
        result = np.empty(out.shape, np.uint8)
        run(operation, image, parameters, threads, backend, (*arguments, result))
        out[...] = result
        return out
    # an axis of length 1 may have any stride, which OpenCV does not take
    plain = out.reshape(-1).reshape(out.shape) if 1 in out.shape else out
    run(operation, image, parameters, threads, backend, (*arguments, plain))
    return out
