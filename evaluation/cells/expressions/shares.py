"""Shares of units: every unit counts once, however many rows of the sample it has."""

from __future__ import annotations

from typing import Any

from evaluation.cells.plan import SHARE

# Shares are whole multiples of 2**-60, so that they add up in any order.
SCALE = 2**60
COUNT = "ad_unit_rows"


def with_shares(table: Any, unit: str) -> Any:
    """Return the rows with 1 / (rows of the row's unit), in units of 1 / ``SCALE``.

    Parameters
    ----------
    table
        Rows of the sample, an Ibis table.
    unit
        Unit column.
    """
    counts = table.group_by(**{f"{COUNT}_of": table[unit]}).aggregate(**{COUNT: table.count()})
    joined = table.join(counts, table[unit] == counts[f"{COUNT}_of"])
    share = (SCALE / joined[COUNT].cast("float64")).floor().cast("int64").cast("decimal(38, 0)")
    return joined.mutate(**{SHARE: share}).drop(COUNT, f"{COUNT}_of")
