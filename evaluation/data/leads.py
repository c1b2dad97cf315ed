"""Outcomes that lie months after their row, looked up before any row is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from evaluation.data.sources import Source

PERSON, MONTH = "person_id", "ym"
MARK = "@"


def led(column: str, lead: int) -> str:
    """Return the name of a column read ``lead`` months after the row; its own for no lead."""
    return f"{column}{MARK}{lead}" if lead else column


@dataclass(frozen=True)
class Leading:
    """A source of person-months that also offers its columns at a lead.

    Attributes
    ----------
    source
        Rows with ``person_id`` and ``ym``.
    leads
        Column and months by the name under which they are offered.
    """

    source: Source
    leads: Mapping[str, tuple[str, int]]
    distinct: ClassVar[bool] = True

    def columns(self) -> tuple[str, ...]:
        """Return the source's columns and the led ones."""
        return (*self.source.columns(), *self.leads)

    def read(self, columns: Sequence[str]) -> pd.DataFrame:
        """Return the rows; a led column is missing where the person has no row in that month."""
        wanted = [name for name in columns if name in self.leads]
        own = [name for name in columns if name not in self.leads]
        needed = (*own, *(self.leads[name][0] for name in wanted), PERSON, MONTH)
        frame = self.source.read(list(dict.fromkeys(needed)))
        later: dict[int, NDArray[np.int64]] = {}
        found = {}
        for name in wanted:
            column, lead = self.leads[name]
            if lead not in later:
                later[lead] = _rows_later(frame[PERSON], frame[MONTH], lead)
            found[name] = _taken(frame[column], later[lead])
        return frame.assign(**found).loc[:, list(columns)]

    def inputs(self) -> Mapping[str, str]:
        """Return the source's own inputs."""
        return self.source.inputs()


def _rows_later(person: pd.Series, ym: pd.Series, lead: int) -> NDArray[np.int64]:
    """Return the position of each person's row ``lead`` months later, -1 for none, shape (n,)."""
    code = pd.factorize(person)[0].astype(np.int64)
    month = ym.to_numpy(np.int64) // 100 * 12 + ym.to_numpy(np.int64) % 100 - 1
    span = int(month.max()) + lead + 1 if len(month) else 1
    key = code * span + month
    order = np.argsort(key, kind="stable")
    at = np.minimum(np.searchsorted(key[order], key + lead), max(len(key) - 1, 0))
    row = order[at]
    return np.where(key[row] == key + lead, row, -1)


def _taken(column: pd.Series, rows: NDArray[np.int64]) -> NDArray[Any]:
    values = column.to_numpy(np.float64, na_value=np.nan)
    return np.where(rows >= 0, values[rows], np.nan)
