"""What a trap did to the tables it was laid in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import Draws, FloatArray

if TYPE_CHECKING:
    import pandas as pd

_KEYS_A_PERSON = 4096  # more than the months of any run


@dataclass(frozen=True, slots=True)
class Touched:
    """Persons and rows that a trap touched in a table; of places, ``persons`` is 0."""

    trap: str
    table: str
    persons: int
    rows: int


class Laid(NamedTuple):
    """Tables with a trap in them, and what it touched."""

    tables: Mapping[str, pd.DataFrame]
    touched: tuple[Touched, ...]


def row_uniform(seed: int, trap: str, person: NDArray[Any], key: NDArray[Any]) -> FloatArray:
    """Return uniform numbers in [0, 1), one a row.

    A row's number depends on the seed, the trap, the person and the key, such as the row's month,
    alone: not on which other rows or persons there are.

    Parameters
    ----------
    seed
        Seed of the run.
    trap
        Name of the trap, and of the table where a trap is laid in several.
    person
        Numbers of the persons, shape ``(rows,)``.
    key
        What tells the rows of a person apart, whole numbers, shape ``(rows,)``.
    """
    mixed = person.astype(np.int64) * _KEYS_A_PERSON + key.astype(np.int64) % _KEYS_A_PERSON
    return Draws(seed, mixed).uniform(f"trap/{trap}")


def count(trap: str, table: str, person: NDArray[Any]) -> Touched:
    """Count the rows, given the person of each."""
    return Touched(trap, table, len(np.unique(person)), len(person))
