"""Where the rows of a chunk stand: a column's own rows are laid beside them by person and month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

NONE = -1


@dataclass(frozen=True)
class Grid:
    """The rows of a chunk, n of them, within persons by months.

    Attributes
    ----------
    first_person, first_month, months
        The corner, and the number of months.
    person, month
        Of each row, counted from the corner, shape ``(n,)``.
    row
        Row of each person and month, ``NONE`` where there is none, shape ``(persons * months,)``.
    """

    first_person: int
    first_month: int
    months: int
    person: IntArray
    month: IntArray
    row: NDArray[np.int32]

    def by_month(self, person: IntArray, month: IntArray) -> tuple[NDArray[np.int32], int]:
        """Return for each row the position in a column's own rows, and how many are too many.

        Rows of persons and months outside the chunk's rows are left aside.

        Parameters
        ----------
        person, month
            Of the column's own rows, shape ``(k,)``.
        """
        person, month = person - self.first_person, month - self.first_month
        inside = (month >= 0) & (month < self.months)
        own = np.flatnonzero(inside).astype(np.int32)
        at = self.row[person[own] * self.months + month[own]]
        return self._laid(at[at != NONE], own[at != NONE], len(self.person))

    def by_person(self, person: IntArray) -> tuple[NDArray[np.int32], int]:
        """Return the same of own rows that are one a person."""
        own = np.arange(len(person), dtype=np.int32)
        persons = len(self.row) // self.months
        laid, more = self._laid(person - self.first_person, own, persons)
        return laid[self.person], more

    @staticmethod
    def _laid(
        at: NDArray[np.signedinteger], own: NDArray[np.int32], size: int
    ) -> tuple[NDArray[np.int32], int]:
        laid = np.full(size, NONE, dtype=np.int32)
        laid[at] = own
        return laid, len(own) - int((laid != NONE).sum())


def make_grid(
    person: IntArray, month: IntArray, persons: tuple[int, int], months: tuple[int, int]
) -> tuple[Grid, int]:
    """Return the grid of rows and how many of them repeat a person and month.

    Parameters
    ----------
    person, month
        Of the rows, shape ``(n,)``.
    persons, months
        First and last of each.
    """
    width = months[1] - months[0] + 1
    person, month = person - persons[0], month - months[0]
    row = np.full((persons[1] - persons[0] + 1) * width, NONE, dtype=np.int32)
    row[person * width + month] = np.arange(len(person), dtype=np.int32)
    repeated = len(person) - int((row != NONE).sum())
    return Grid(persons[0], months[0], width, person, month, row), repeated


def beside(
    values: pa.ChunkedArray, laid: NDArray[np.int32], trusted: BoolArray | None, *, zero: bool
) -> pa.Array:
    """Return a column's values at the rows of a chunk, shape ``(n,)``.

    Parameters
    ----------
    values
        Of its own rows.
    laid
        Position in them of each row, ``NONE`` for none.
    trusted
        Rows of months in which the source can be trusted, ``None`` for all; others are missing.
    zero
        Whether a row without a value of its own is 0; else it is missing.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    none = laid == NONE
    # Values of one block, so that positions are found without a search.
    own = values.combine_chunks()
    found = own.take(pa.array(laid, mask=none))
    if zero:
        # A row of its own that says missing stays missing: it knows more than no row.
        found = pc.if_else(pa.array(none), pa.scalar(0, values.type), found)
    if trusted is not None:
        found = pc.if_else(pa.array(trusted), found, pa.scalar(None, values.type))
    return found
