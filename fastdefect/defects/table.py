"""The defects of an image as a table of columns that filters, sorts and turns into other tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from fastdefect.defects.columns import Columns
from fastdefect.defects.defect import MEASURES, Defect
from fastdefect.defects.outlines import diameters
from fastdefect.defects.params import RegionParams
from fastdefect.errors import ArgumentTypeError, ArgumentValueError
from fastdefect.optional import require

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
        Rows of this or of other tables with the same rules; they are copied.

    Attributes
    ----------
    columns : Columns
        The table itself: read-only arrays of its own, see `fastdefect.defects.columns`.
    params : RegionParams
        Scale and severity rules.

    Raises
    ------
    ArgumentTypeError, ArgumentValueError
        Something else than a defect among the items, or defects with different rules.

    Notes
    -----
    A table owns its arrays, so it outlives image and plan, and can be pickled: 200 bytes and 12 for each run of a defect.
    Diameters and outlines are computed from the runs when they are first read, diameters for all defects at once.

    Examples
    --------
    >>> import numpy as np
    >>> from fastdefect.defects import find_defects
    >>> mask = np.zeros((40, 40), bool)
    >>> mask[2:6, 3:8] = mask[20:30, 5:30] = True
    >>> defects = find_defects(mask)
    >>> [defect.area for defect in defects.filter(area=50)]
    [250]
    >>> [defect.area for defect in defects.sort("area", reverse=True)]
    [250, 20]
    >>> defects.rows([1])[0].label, defects.to_dict()[1]["label"]
    (2, 2)
    >>> type(defects).of(defects.columns, defects.params) == defects
    True
    """

    __slots__ = ("_diameters", "columns", "params")

    def __init__(self, items: Iterable[Defect] = ()) -> None:
        chosen = list(items)
        for item in chosen:
            if not isinstance(item, Defect):
                raise ArgumentTypeError(
                    f"items: expected defects, received {type(item).__name__}; "
                    "find_defects makes them from a mask"
                )
        if len({item.params for item in chosen}) > 1:
            raise ArgumentValueError(
                "items: expected defects with the same RegionParams, received several; "
                "find them with one set of rules"
            )
        # rows that lie in one table together are taken together
        tables: list[tuple[Columns, list[int]]] = []
        for item in chosen:
            columns = item._table.columns
            if not tables or tables[-1][0] is not columns:
                tables.append((columns, []))
            tables[-1][1].append(item._row)
        made = Columns.joined([columns.take(rows) for columns, rows in tables])
        self._set(made, chosen[0].params if chosen else RegionParams())

    def _set(self, columns: Columns, params: RegionParams) -> None:
        self.columns = columns.frozen()
        self.params = params
        self._diameters: tuple[list[float], list[float]] | None = None

    @classmethod
    def of(cls, columns: Columns, params: RegionParams) -> Defects:
        """Make a table of columns.

        Parameters
        ----------
        columns : Columns
            Taken over: the arrays become read-only.
        params : RegionParams
            Scale and severity rules.

        Returns
        -------
        Defects
        """
        made = cls.__new__(cls)
        made._set(columns, params)
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (tuple(self.columns), self.params)

    def __len__(self) -> int:
        return len(self.columns.labels)

    @overload
    def __getitem__(self, index: int) -> Defect: ...
    @overload
    def __getitem__(self, index: slice) -> Defects: ...
    def __getitem__(self, index: int | slice) -> Defect | Defects:
        row = range(len(self))[index]
        return self.rows(row) if isinstance(row, range) else Defect(self, row)

    def __iter__(self) -> Iterator[Defect]:
        return (Defect(self, row) for row in range(len(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (Defects, tuple)) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        if not len(self):
            return "<Defects: none>"
        largest = Defect(self, int(self.columns.sums[:, 0].argmax()))
        return f"<Defects: {len(self)}, the largest {largest!r}>"

    def _repr_html_(self) -> str | None:
        """What a notebook shows; None, so that it shows the text, without the extra ``report``."""
        from fastdefect.report.notebook.views import defects_html

        return defects_html(self)

    def rows(self, rows: Sequence[int]) -> Defects:
        """Return some of the rows as a table of its own.

        Parameters
        ----------
        rows : sequence of int
            From 0, in the order wanted.

        Returns
        -------
        Defects
        """
        return Defects.of(self.columns.take(rows), self.params)

    def _feret_diameters(self) -> tuple[list[float], list[float]]:
        """Largest Feret diameter of each defect in pixels and in millimetres, computed once."""
        if self._diameters is None:
            self._diameters = diameters(self.columns, self.params.spacing)
        return self._diameters

    def filter(self, keep: Callable[[Defect], object] | None = None, **minimum: float) -> Defects:
        """Return those that ``keep`` says yes to and whose measures reach ``minimum``.

        Parameters
        ----------
        keep : callable, optional
            Takes a `Defect`.
        **minimum : float
            Smallest value by name of a measure, for example ``area=20, peak_score=90``; a measure that is None never
            reaches it.

        Returns
        -------
        Defects

        Raises
        ------
        ArgumentValueError
            There is no number of that name.
        """
        for name in minimum:
            _check_measure(name)

        def reaches(defect: Defect) -> bool:
            values = ((getattr(defect, name), limit) for name, limit in minimum.items())
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

        Returns
        -------
        Defects

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
        """The measures as plain data.

        Returns
        -------
        list of dict
            One for each defect, see `Defect.to_dict`.
        """
        return [defect.to_dict() for defect in self]

    def to_dataframe(self) -> pd.DataFrame:
        """The measures as a pandas table.

        Returns
        -------
        pandas.DataFrame
            One row per defect, by `COLUMNS`; None becomes NaN.

        Raises
        ------
        MissingPackageError
            pandas is not installed.

        Examples
        --------
        >>> import numpy as np
        >>> from fastdefect.defects import find_defects
        >>> find_defects(np.eye(5, dtype=bool)).to_dataframe()["area"].tolist()
        [5]
        """
        pandas = require("pandas", "data frames are made by")
        table: pd.DataFrame = pandas.DataFrame([row_of(d) for d in self], columns=list(COLUMNS))
        return table


def _restore(columns: tuple[Any, ...], params: RegionParams) -> Defects:
    return Defects.of(Columns(*columns), params)


def _check_measure(name: str) -> None:
    if name not in MEASURES or name in _SPREAD:
        numbers = [measure for measure in MEASURES if measure not in _SPREAD]
        raise ArgumentValueError(
            f"measure: expected one of {', '.join(numbers)}, received {name!r}; choose one of "
            "these, or pass a function"
        )
