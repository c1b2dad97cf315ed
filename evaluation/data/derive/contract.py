"""What the file of an operation offers, and what it is handed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.errors import DataError
from evaluation.spec.options import OptionsModel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Need = Literal["unit", "time"]


@dataclass(frozen=True)
class Rows:
    """The rows that a column is derived on: all that the source gives, before any is left out.

    Attributes
    ----------
    frame
        The columns that it is made of, n rows.
    where
        Key path of the derived column, for messages.
    unit
        Codes of the panel's units, shape ``(n,)``; ``None`` where the operation needs none.
    time
        Months since year 0, or whole numbers where time is no date, shape ``(n,)``.
    dated
        Whether time counts months.
    names
        Values of the unit column, shape ``(n,)``.
    """

    frame: pd.DataFrame
    where: str
    unit: IntArray | None = None
    time: IntArray | None = None
    dated: bool = True
    names: pd.Series | None = None

    def numbers(self, column: str) -> FloatArray | IntArray:
        """Return a column as whole numbers where it holds those alone, else as floats.

        Raises
        ------
        DataError
            Where it holds text or dates.
        """
        values = self.frame[column]
        if pd.api.types.is_bool_dtype(values) or pd.api.types.is_integer_dtype(values):
            return values.to_numpy(np.int64)
        if not pd.api.types.is_float_dtype(values):
            raise DataError(f"{self.where}: column {column!r} holds no numbers; name another")
        return values.to_numpy(np.float64)

    def units(self) -> IntArray:
        """Return the codes of units."""
        if self.unit is None:
            raise DataError(f"{self.where}: needs panel.unit")
        return self.unit

    def times(self) -> IntArray:
        """Return the time of rows."""
        if self.time is None:
            raise DataError(f"{self.where}: needs panel.time")
        return self.time


@dataclass(frozen=True)
class Queried:
    """Columns of a table of a query engine, as Ibis expressions without NaN.

    Attributes
    ----------
    columns
        Expression by column.
    where
        Key path of the derived column, for messages.
    time
        Months since year 0, or whole numbers, as an expression.
    dated
        Whether time counts months.
    """

    columns: Mapping[str, Any]
    where: str
    time: Any = None
    dated: bool = True

    def numbers(self, column: str) -> Any:
        """Return a column as 64-bit whole numbers or floats.

        Raises
        ------
        DataError
            Where it holds text or dates.
        """
        values = self.columns[column]
        kind = values.type()
        if kind.is_boolean() or kind.is_integer():
            return values.cast("int64")
        if not kind.is_numeric():
            raise DataError(f"{self.where}: column {column!r} holds no numbers; name another")
        return values.cast("float64")


class Operation(Protocol):
    """The contract of one file in ``evaluation/data/derive``: a module with these names."""

    __name__: str
    NEEDS: frozenset[Need]
    ROW_WISE: bool
    Options: type[OptionsModel]

    @staticmethod
    def apply(rows: Rows, options: Any) -> pd.Series | NDArray[Any]:
        """Return the column, shape ``(n,)``.

        Raises
        ------
        DataError
            Where the rows do not allow it.
        """
        ...


class RowWise(Operation, Protocol):
    """An operation whose value follows from its own row, so that a query can work it out."""

    @staticmethod
    def express(rows: Queried, options: Any) -> Any:
        """Return the column as an Ibis expression, the same values as ``apply``.

        ``None`` where the types of the columns leave open what ``apply`` would give.

        Raises
        ------
        DataError
            Where a column is of another kind than the operation takes.
        """
        ...

    @staticmethod
    def bounds(options: Any) -> tuple[int, int] | None:
        """Return the whole numbers between which all values lie, ``None`` where unknown."""
        ...


@dataclass(frozen=True)
class Grouping:
    """Sums by group that a query takes over every row of the panel.

    Attributes
    ----------
    by
        Column that names the group; ``None`` for the panel's unit.
    counted
        Which rows count, as an Ibis expression; a group without any has no sums.
    sums
        Ibis aggregates by name.
    """

    by: str | None
    counted: Any
    sums: Mapping[str, Any]


class Grouped(Operation, Protocol):
    """An operation whose value follows from sums over its row's group, so that a query gives it."""

    @staticmethod
    def grouping(rows: Queried, options: Any) -> Grouping:
        """Return the sums that the value of a group follows from.

        Raises
        ------
        DataError
            Where a column is of another kind than the operation takes.
        """
        ...

    @staticmethod
    def of_groups(sums: pd.DataFrame, where: str, options: Any) -> FloatArray | None:
        """Return the value of every group, shape ``(groups,)``, the same as that of ``apply``.

        ``None`` where it hangs on the order in which rows are summed.

        Parameters
        ----------
        sums
            One row a group with a row that counts.
        where
            Key path of the derived column, for messages.
        options
            The operation's own.

        Raises
        ------
        DataError
            Where the rows do not allow it.
        """
        ...
