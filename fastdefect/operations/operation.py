"""What an operation declares, once: everything else about it derives from this or is checked against it.

Plain frozen data; no kernel is imported. ARCHITECTURE.md shows on an example what reads which field.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Parameter:
    """One argument of an operation beside its images.

    Attributes
    ----------
    name : str
        Its name in the public function.
    kind : {"integer", "number", "window", "structure"}
        ``"window"`` is (width, height), or one integer for both; ``"structure"`` an object that checked itself.
    minimum, maximum : float or None
        The closed range, for a window that of each side; None: no limit but being finite.
    default : object
        None: the caller must give it.
    """

    name: str
    kind: Literal["integer", "number", "window", "structure"]
    minimum: int | None = None
    maximum: int | None = None
    default: int | None = None
    range: tuple[int, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # what the checks take, so that a call works nothing out
        object.__setattr__(self, "range", (self.minimum, self.maximum))

    def __str__(self) -> str:
        """Name and range, as the documentation prints them."""
        if self.minimum is None:
            return self.name
        end = f"… {self.maximum}" if self.maximum is not None else "and above"
        return f"{self.name} {self.minimum} {end}"


@dataclass(frozen=True)
class Input:
    """An image that an operation reads.

    Attributes
    ----------
    name : str
        Its name in the public function.
    channels : tuple of int
        1 for (H, W), 3 for (H, W, 3) in BGR order; the first is what the cases use.
    """

    name: str
    channels: tuple[int, ...] = (1,)


@dataclass(frozen=True)
class Output:
    """The image that an operation writes.

    Attributes
    ----------
    channels : int
        1 for (H, W).
    dtype : str
        NumPy's name of the type.
    """

    channels: int = 1
    dtype: str = "uint8"


@dataclass(frozen=True)
class Setting:
    """The parameters of one case.

    Attributes
    ----------
    plan : tuple
        What the planner takes between the shape and the workers.
    call : tuple
        What the step takes between the image and ``out``.
    """

    plan: tuple[Any, ...] = ()
    call: tuple[Any, ...] = ()

    def __str__(self) -> str:
        return ", ".join(map(str, (*self.plan, *self.call))) or "no parameters"


@dataclass(frozen=True)
class Benchmark:
    """One row of the benchmark's tables.

    Attributes
    ----------
    row : str
        First part of the row's id.
    picture : str
        Kind of the input image, see `fastdefect.bench.compare.picture`.
    setting : Setting, optional
        By default the first of the operation's cases.
    baseline : str
        Key of `fastdefect.bench.opencv_calls.BASELINES`; by default the operation's name, and the reference where
        that table has no such name.
    max_pixels : int
        Larger images take too long for a table.
    """

    row: str
    picture: str = "cloth"
    setting: Setting | None = None
    baseline: str = ""
    max_pixels: int = 1 << 62


def pointwise(*parameters: Any) -> int:
    """The halo of an operation that looks at one pixel at a time."""
    return 0


def half_window(ksize: tuple[int, int]) -> int:
    """The halo of a window: half its longer side."""
    return max(ksize) // 2


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One operation of every back end.

    Attributes
    ----------
    name : str
        Field of every back end's table, public function in ``fastdefect.ops.<family>``, and function of the
        reference, which takes the images, then what the step takes with each call, then what the planner takes.
    family : str
        The file's name in `fastdefect.operations`, `fastdefect.reference` and `fastdefect.ops`.
    summary : str
        What it computes, in one line: the first line of the public function's docstring.
    equals : str
        The calls of OpenCV that give the same bytes.
    inputs : tuple of Input
        What it reads.
    parameters : tuple of Parameter
        What the planner takes between the shape and the workers, in order.
    arguments : tuple of Parameter
        What the step takes with each call, between the images and ``out``, in order.
    output : Output or None
        What it writes; None where it only returns a number.
    number : str
        What the number means that the step returns; empty where it returns none.
    halo : callable or None
        ``halo(*parameters)``: pixels around each pixel that its result depends on; None: the whole image.
    cases : tuple of Setting
        For parity: the article's parameters first, then those that kernels tend to get wrong.
    max_pixels : int
        Larger parity images are left out, for the sake of a slow reference.
    tolerance : int
        Largest difference that still counts as equal. It is 0 everywhere: same bytes.
    benchmarks : tuple of Benchmark
        Its rows of the tables.
    bytes_per_pixel : int
        What it reads and writes once each; BGR counts three.
    operations_per_pixel : callable
        ``operations_per_pixel(*parameters)``: additions, multiplications, comparisons, shifts and table look-ups of
        the textbook's algorithm with sliding sums, whatever the kernel does in fact.
    highest : int
        Of a map: the number is the mean of so many highest values, so it can be told from any cut of the map; 0 otherwise.
    grid : int
        A part of an image has the whole's values, but for its halo, where it begins at multiples of it.
    public : bool
        Whether `fastdefect.ops` has a function of that name; the others are steps of a detector.
    """

    name: str
    family: str
    summary: str
    equals: str
    inputs: tuple[Input, ...]
    parameters: tuple[Parameter, ...] = ()
    arguments: tuple[Parameter, ...] = ()
    output: Output | None = Output()
    number: str = ""
    halo: Callable[..., int] | None = pointwise
    cases: tuple[Setting, ...] = (Setting(),)
    max_pixels: int = 1 << 62
    tolerance: int = 0
    benchmarks: tuple[Benchmark, ...] = ()
    bytes_per_pixel: int
    operations_per_pixel: Callable[..., float]
    highest: int = 0
    grid: int = 1
    public: bool = True


def windows(*sizes: tuple[int, int]) -> tuple[Setting, ...]:
    """Cases whose only parameter is a window, (width, height)."""
    return tuple(Setting((size,)) for size in sizes)
