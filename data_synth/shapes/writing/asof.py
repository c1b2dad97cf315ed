"""What held of a person at the end of a year, from a table with dates."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def latest_rows(table: Any, date: str, persons: Any, years: NDArray[np.int64]) -> Any:
    """Return, for each person and year, the last row of ``table`` dated in the year or before.

    Parameters
    ----------
    table
        A ``pyarrow.Table`` with ``person_id`` and the column ``date``.
    date
        Name of that column.
    persons, years
        Keys and years asked for, shape ``(n,)``.

    Returns
    -------
    pyarrow.Array
        Positions in ``table``, shape ``(n,)``; null where there is no such row.
    """
    import pandas as pd
    import pyarrow as pa

    keys = pd.concat([table["person_id"].to_pandas(), persons.to_pandas()], ignore_index=True)
    person = pd.factorize(keys)[0].astype(np.int64)
    rows = table.num_rows
    day = pd.to_datetime(table[date].to_pandas()).to_numpy().astype("datetime64[D]")
    stamp = person[:rows] * _DAYS + day.astype(np.int64)
    order = np.argsort(stamp, kind="stable")
    end = (years - 1970 + 1).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    place = np.searchsorted(stamp[order], person[rows:] * _DAYS + end, side="left") - 1
    found = np.concatenate([order, [-1]])[place] if rows else np.full(len(years), -1)
    missing = (found < 0) | (person[:rows][found] != person[rows:] if rows else True)
    return pa.array(np.where(missing, 0, found), mask=missing)


_DAYS = 1_000_000  # more than days from 1970 to any date
