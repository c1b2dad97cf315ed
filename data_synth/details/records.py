"""Yearly records: a recipient, a paying municipality, a calendar year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import IntArray
from data_synth.life.lives import Lives, Shorts


@dataclass(frozen=True)
class Records:
    """Months of receipt, shape ``(k,)``, in records, shape ``(r,)``, by person and year.

    Attributes
    ----------
    row, at
        Row and person of each month, by record and then by month.
    of
        Record of each month.
    begin, end
        First and last month of each record, as positions in ``row``.
    person, year
        Position of the person and calendar year of each record.
    muni
        Position in ``places`` of the municipality that pays.
    """

    row: IntArray
    at: IntArray
    of: IntArray
    begin: IntArray
    end: IntArray
    person: IntArray
    year: IntArray
    muni: Shorts

    def __len__(self) -> int:
        return len(self.begin)

    def first_where(self, holds: NDArray[np.bool_]) -> tuple[IntArray, IntArray]:
        """Return the records in which ``holds`` is true in some month, and the first such month.

        Both have the length of those records; months are positions in ``row``.
        """
        months = np.nonzero(holds)[0]
        records, first = np.unique(self.of[months], return_index=True)
        return records, months[first]


def yearly_records(lives: Lives) -> Records:
    """Part the months of receipt into records; the municipality lived in pays."""
    at, row = np.nonzero(np.ascontiguousarray(lives.received.T))
    muni, year = lives.muni[row, at], (lives.first + row) // 12
    order = np.lexsort((row, muni, year, at))
    row, at, muni, year = row[order], at[order], muni[order], year[order]
    starts = np.ones(len(row), dtype=np.bool_)
    starts[1:] = (np.diff(at) != 0) | (np.diff(year) != 0) | (np.diff(muni) != 0)
    begin = np.nonzero(starts)[0]
    end = np.concatenate([begin[1:], np.array([len(row)], dtype=np.int64)])[: len(begin)] - 1
    of = np.cumsum(starts) - 1
    return Records(row, at, of, begin, end, at[begin], year[begin], muni[begin])
