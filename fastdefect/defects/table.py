"""The defects of an image as a sequence that filters, sorts and turns into tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from fastdefect.defects.defect import MEASURES, Defect
from fastdefect.errors import ArgumentTypeError, ArgumentValueError, MissingPackageError

if TYPE_CHECKING:
    import pandas as pd

_BOX = ("min_row", "min_col", "max_row", "max_col")
_POINT = ("row", "col")
_SPREAD = {"bbox": _BOX, "bbox_mm": _BOX, "centroid": _POINT, "centroid_mm": _POINT}
COLUMNS = tuple(
    column
    for name in MEASURES
    for column in (
        tuple(f"{name}_{part}" for part in _SPREAD[name]) if name in _SPREAD else (name,)
    )
)
"""Names of a flat table of defects, in order: ``bbox_min_row`` ..., ``centroid_row`` ..., all else as in `Defect`."""


def row_of(defect: Defect) -> dict[str, int | float | None]:
    """All measures but outlines as plain numbers, by `COLUMNS`."""
    row: dict[str, int | float | None] = {}
    for name in MEASURES:
        value = getattr(defect, name)
        if name not in _SPREAD:
            row[name] = value
            continue
        parts = _SPREAD[name]
        numbers = (None,) * len(parts) if value is None else value
        row |= {f"{name}_{part}": number for part, number in zip(parts, numbers, strict=True)}
    return row


class Defects(Sequence[Defect]):
    """The defects of an image, from top to bottom.

    Parameters
    ----------
    items : iterable of Defect
    """

    __slots__ = ("_items",)

    def __init__(self, items: Iterable[Defect] = ()) -> None:
        self._items = tuple(items)

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> Defect: ...
    @overload
    def __getitem__(self, index: slice) -> Defects: ...
    def __getitem__(self, index: int | slice) -> Defect | Defects:
        return Defects(self._items[index]) if isinstance(index, slice) else self._items[index]

    def __iter__(self) -> Iterator[Defect]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Defects, tuple)) and self._items == tuple(other)

    def __hash__(self) -> int:
        return hash(self._items)

    def __repr__(self) -> str:
        return f"Defects({list(self._items)!r})"

    def filter(self, keep: Callable[[Defect], object] | None = None, **least: float) -> Defects:
        """Return those that ``keep`` says yes to and whose measures reach ``least``.

        Parameters
        ----------
        keep : callable, optional
            Takes a `Defect`.
        **least : float
            Smallest value by name of a measure, for example ``area=20, peak_score=90``; a measure that is None never
            reaches it.

        Raises
        ------
        ArgumentValueError
            There is no number of that name.
        """
        for name in least:
            _check_measure(name)

        def reaches(defect: Defect) -> bool:
            values = ((getattr(defect, name), limit) for name, limit in least.items())
            return all(value is not None and value >= limit for value, limit in values)

        return Defects(d for d in self if reaches(d) and (keep is None or keep(d)))

    def sort(self, by: str | Callable[[Defect], Any], *, reverse: bool = False) -> Defects:
        """Return them in the order of a measure, rising; ties keep their order and None comes last.

        Parameters
        ----------
        by : str or callable
            Name of a number of `Defect`, or a function of one.
        reverse : bool, default: False
            Falling.

        Raises
        ------
        ArgumentTypeError, ArgumentValueError
            ``by`` is neither, or there is no number of that name.
        """
        if isinstance(by, str):
            _check_measure(by)
            name = by
            known = [d for d in self if getattr(d, name) is not None]
            missing = [d for d in self if getattr(d, name) is None]
            known.sort(key=lambda d: getattr(d, name), reverse=reverse)
            return Defects([*known, *missing])
        if not callable(by):
            raise ArgumentTypeError(
                f"by: expected the name of a measure or a function, received {type(by).__name__}; "
                "pass for example 'area'"
            )
        return Defects(sorted(self, key=by, reverse=reverse))

    def to_dict(self) -> list[dict[str, Any]]:
        """One dict per defect, see `Defect.to_dict`."""
        return [defect.to_dict() for defect in self]

    def to_dataframe(self) -> pd.DataFrame:
        """A pandas table, one row per defect, by `COLUMNS`; None becomes NaN.

        Raises
        ------
        MissingPackageError
            pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingPackageError(
                "a data frame needs pandas, which is not installed: run `pip install pandas`"
            ) from error
        return pd.DataFrame([row_of(d) for d in self], columns=list(COLUMNS))


def _check_measure(name: str) -> None:
    if name not in MEASURES or name in _SPREAD:
        numbers = [measure for measure in MEASURES if measure not in _SPREAD]
        raise ArgumentValueError(
            f"measure: expected one of {', '.join(numbers)}, received {name!r}; choose one of "
            "these, or pass a function"
        )
