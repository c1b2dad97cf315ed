"""Rows whose share of a period under treatment does not fit the side on which they lie."""

from __future__ import annotations

from typing import Any

from evaluation.data.designs._exposure import ROUNDING, Exposure


def misplaced_rows(table: Any, one: Exposure) -> dict[str, Any]:
    """Return marks of 0 or 1 by what is wrong, as ``Exposure.misplaced`` names it.

    Parameters
    ----------
    table
        Rows of the sample as an Ibis table, NaN null.
    one
        Names the running variable, the cutoff and the exposure.
    """
    running, exposure = table[one.running], table[one.column].cast("float64")
    outside = (exposure < -ROUNDING) | (exposure > 1 + ROUNDING)

    def other_than(share: float) -> Any:
        return ~outside & ((exposure - share).abs() > ROUNDING)

    marks = {
        "missing": running.notnull() & exposure.isnull(),
        "outside": running.notnull() & outside,
        "below": (running < one.cutoff) & other_than(one.below),
        "above": (running > one.cutoff) & other_than(one.above),
    }
    return {name: mark.fill_null(False).cast("int64") for name, mark in marks.items()}
