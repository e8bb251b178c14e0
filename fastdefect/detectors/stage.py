"""One step of a detector, as data: what it reads, what it makes, how it is planned."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from fastdefect.backends.table import Backend, Step
from fastdefect.tiling.workers import Workers
from fastdefect.typing import BoolImage, Shape


class Context(NamedTuple):
    """What a stage is planned for.

    Attributes
    ----------
    shape : (int, int)
        Height and width of the images.
    workers : Workers
        Runs loops on the plan's threads.
    backend : Backend
        Table of planners.
    inside : ndarray of bool, (H, W), or None
        The inspected area; None for everything.

    Examples
    --------
    What a step may ask when it is planned:

    >>> import numpy as np
    >>> from fastdefect.detectors import Stage
    >>> def plan(context):
    ...     scratch = np.empty(context.shape, np.uint8)
    ...     blur = context.backend.box_blur(context.shape, (3, 3), context.workers)
    ...     def step(image, mask):
    ...         np.greater(blur(image, scratch), 200, out=mask)
    ...     return step
    >>> Stage(name="bright", plan=plan, image="mask", dtype=np.bool_).arguments
    ('image', 'mask')
    """

    shape: Shape
    workers: Workers
    backend: Backend
    inside: BoolImage | None


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One step of a detector.

    Attributes
    ----------
    name : str
        Key in ``Detection.speed``.
    plan : callable
        ``plan(context)`` makes all memory and returns the step, a function of what the stage reads and, if it makes an
        image, of the array to write it to. A step allocates nothing that it keeps, and returns the stage's number.
    reads : tuple of str
        Names of the images and numbers that the step takes, in order. ``"source"`` is the image as given, ``"image"`` the
        same with what lies outside the inspected area overwritten by its mirror image, ``"outside"`` bool (H, W), True
        there, or None.
    image : str, optional
        Name of the image that it makes. The plan makes the array.
    dtype : type
        Of that image.
    channels : int
        Of that image.
    number : str, optional
        Name of what the step returns.
    operation : str, optional
        The operation of `fastdefect.operations` that it runs, for profiles.
    parameters : tuple
        Those of the operation.

    Examples
    --------
    >>> from fastdefect.detectors import Stage
    >>> stage = Stage(name="mean", plan=lambda context: lambda image: image.mean(), number="mean")
    >>> stage.arguments, stage.image
    (('image',), None)
    """

    name: str
    plan: Callable[[Context], Step]
    reads: tuple[str, ...] = ("image",)
    image: str | None = None
    dtype: type = np.uint8
    channels: int = 1
    number: str | None = None
    operation: str | None = None
    parameters: tuple[Any, ...] = ()

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of all that the step is called with."""
        return self.reads if self.image is None else (*self.reads, self.image)


def operation_stage(
    operation: str,
    parameters: tuple[Any, ...] = (),
    *,
    name: str | None = None,
    reads: tuple[str, ...] = ("image",),
    image: str | None = None,
    dtype: type = np.uint8,
    channels: int = 1,
    number: str | None = None,
) -> Stage:
    """A stage that is one operation of the back end's table.

    Parameters
    ----------
    operation : str
        A name of `fastdefect.operations`.
    parameters : tuple
        What its planner takes between shape and workers.
    name : str, optional
        By default the operation's.
    reads, image, dtype, channels, number
        As for `Stage`.

    Returns
    -------
    Stage

    Examples
    --------
    >>> from fastdefect.detectors import operation_stage
    >>> stage = operation_stage("box_blur", ((5, 5),), reads=("source",), image="smooth")
    >>> stage.name, stage.parameters, stage.arguments
    ('box_blur', ((5, 5),), ('source', 'smooth'))
    """

    def plan(context: Context) -> Step:
        planner = getattr(context.backend, operation)
        step: Step = planner(context.shape, *parameters, context.workers)
        return step

    return Stage(
        name=operation if name is None else name,
        plan=plan,
        reads=reads,
        image=image,
        dtype=dtype,
        channels=channels,
        number=number,
        operation=operation,
        parameters=parameters,
    )
