"""Other values for those of a column."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, model_validator

from evaluation.data.derive.contract import Need, Queried, Rows
from evaluation.errors import DataError
from evaluation.spec.options import Column, OptionsModel

NEEDS: frozenset[Need] = frozenset()
ROW_WISE = True


class Options(OptionsModel):
    """New values by old ones.

    Attributes
    ----------
    column
        Column whose values are changed.
    values
        New values by old ones, ``{ mild = 0, strict = 1 }``, old numbers in quotes; new ones are
        all text or all numbers.
    others
        Values that are not named: ``missing`` takes them away, ``keep`` leaves them as they are.
    """

    column: Column
    values: dict[str, bool | int | float | str] = Field(min_length=1)
    others: Literal["missing", "keep"] = "missing"

    @model_validator(mode="after")
    def _one_kind(self) -> Options:
        if len({isinstance(value, str) for value in self.values.values()}) > 1:
            raise ValueError("new values are all text or all numbers, never mixed")
        return self


def apply(rows: Rows, options: Any) -> NDArray[Any]:
    """Return the new values, shape ``(n,)``."""
    column = rows.frame[options.column]
    text = not pd.api.types.is_numeric_dtype(column)
    table = _table(rows.where, options, text)
    old = pd.Series(column.to_numpy(object) if text else column.to_numpy(np.float64))
    new = old.map(dict(table)).astype(object)
    if options.others == "keep":
        new = new.where(old.isin([one for one, _ in table]), old)
    if _makes_text(options):
        return new.where(new.notna(), None).to_numpy(dtype=object)
    found = new.to_numpy(np.float64)
    whole = not np.isnan(found).any() and bool((found == np.floor(found)).all())
    return found.astype(np.int64) if whole else found


def _makes_text(options: Any) -> bool:
    return isinstance(next(iter(options.values.values())), str)


def _table(where: str, options: Any, text: bool) -> list[tuple[Any, Any]]:
    """Return old and new values in the column's own kind.

    Raises
    ------
    DataError
        Where a number is wanted and a key is none, or kept values are of another kind.
    """
    if options.others == "keep" and _makes_text(options) != text:
        kinds = ("text", "numbers") if text else ("numbers", "text")
        raise DataError(
            f"{where}: others = 'keep' keeps {kinds[0]} of column {options.column!r} beside new "
            f"values that are {kinds[1]}; name every value, or leave others out"
        )
    try:
        return [
            (old if text else float(old), float(new) if isinstance(new, bool) else new)
            for old, new in options.values.items()
        ]
    except ValueError:
        raise DataError(
            f"{where}: column {options.column!r} holds numbers, and values names text; write "
            "numbers in quotes"
        ) from None


def express(rows: Queried, options: Any) -> Any:
    """Return the new values as an expression."""
    import ibis

    column = rows.columns[options.column]
    text = column.type().is_string()
    values = column if text else rows.numbers(options.column)
    kind = "string" if _makes_text(options) else _number_kind(options, values)
    table = [(old, ibis.literal(new).cast(kind)) for old, new in _table(rows.where, options, text)]
    keep = values.cast(kind) if options.others == "keep" else ibis.null(kind)
    known = values if text else values.cast("float64")
    # A missing value equals nothing named, and is kept as missing.
    return known.cases(*table, else_=keep)


def _number_kind(options: Any, values: Any) -> str:
    whole = all(float(new).is_integer() for new in options.values.values())
    kept_whole = options.others == "missing" or values.type().is_integer()
    return "int64" if whole and kept_whole else "float64"


def bounds(options: Any) -> tuple[int, int] | None:
    """Return the least and largest new value where all values are new whole numbers."""
    new = list(options.values.values())
    if options.others == "keep" or _makes_text(options):
        return None
    if not all(float(one).is_integer() for one in new):
        return None
    return int(min(new)), int(max(new))
