"""What a person may set before the pattern model is trained: range, default."""

from __future__ import annotations

from dataclasses import dataclass

from fastdefect.checks import check_int, check_real, short
from fastdefect.errors import ArgumentTypeError
from fastdefect.operations.pattern import PatternStructure

MOST_KINDS = 32


@dataclass(frozen=True, kw_only=True)
class PatternParams:
    """What a person may set before `PatternModel.fit`.

    Attributes
    ----------
    false_alarms : float
        Share of good images that may be called defective, 1e-6 ... 0.2.
    colour : bool
        Also the differences of colours; without them about twice as fast, and blind to defects of equal brightness.
    coarse : bool
        Also the image at half its size: wide yarns and motifs, soft stains. Without it about twice as fast.
    kinds : int
        Places of the pattern that are told apart (its yarns, stripes, crossings), each by a normal distribution, 1 ... 32.
        Time grows with it.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        For a bad value.

    Examples
    --------
    >>> from fastdefect import PatternParams
    >>> PatternParams().halo, PatternParams(coarse=False).halo
    (21, 13)
    >>> PatternParams(kinds=0)
    Traceback (most recent call last):
    ...
    fastdefect.errors.ArgumentValueError: kinds: expected ...
    """

    false_alarms: float = 0.01
    colour: bool = True
    coarse: bool = True
    kinds: int = 8

    def __post_init__(self) -> None:
        check_real("false_alarms", self.false_alarms, minimum=1e-6, maximum=0.2)
        for name in ("colour", "coarse"):
            if not isinstance(getattr(self, name), bool):
                raise ArgumentTypeError(
                    f"{name}: expected True or False, received {short(getattr(self, name))}; pass a bool"
                )
        check_int("kinds", self.kinds, 1, MOST_KINDS)

    @property
    def halo(self) -> int:
        """Pixels around a pixel that its value in the map depends on, see `PatternStructure`."""
        return PatternStructure.of(self, 3).halo
