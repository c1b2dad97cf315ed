"""Spells: unbroken runs of one code in a person's months."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import IntArray


@dataclass(frozen=True)
class Runs:
    """Arrays of shape ``(k,)``, by person and then by month.

    Attributes
    ----------
    person
        Positions of the persons.
    start, stop
        First and last row, inclusive.
    code
        What the run holds; never 0.
    """

    person: IntArray
    start: IntArray
    stop: IntArray
    code: NDArray[np.int64]


def find_runs(codes: NDArray[np.integer]) -> Runs:
    """Return the runs of equal codes other than 0 in an array of shape ``(months, n)``."""
    person, row = np.nonzero(np.ascontiguousarray(codes.T))
    code = codes[row, person].astype(np.int64)
    begins = np.ones(len(row), dtype=np.bool_)
    begins[1:] = (np.diff(person) != 0) | (np.diff(row) != 1) | (np.diff(code) != 0)
    ends = np.ones(len(row), dtype=np.bool_)
    ends[:-1] = begins[1:]
    return Runs(person[begins], row[begins], row[ends], code[begins])
