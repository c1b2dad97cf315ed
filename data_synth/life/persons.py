"""Fixed traits of persons, and the events that no policy moves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import BoolArray, FloatArray, IntArray

COHORT_STEP = 1_000_000  # a person's number is the birth year times this, plus a rank
NEVER = 1 << 30  # a month index that no run reaches


class Group(IntEnum):
    """Country group."""

    NORWAY = 0
    WEST = 1
    EASTERN_EU = 2
    OTHER = 3  # Asia, Africa, other


@dataclass(frozen=True)
class Persons:
    """Arrays of shape ``(n,)``, ``moves`` and ``places_moved_to`` ``(moves, n)``.

    Attributes
    ----------
    number
        Birth year times a million, plus the person's rank in it: the same person in every run.
    birth, birth_day
        Month index of birth, and the day of the month from 1.
    female, immigrant, refugee, child_welfare
        Indicators; ``refugee`` is somebody entitled to the introduction programme,
        ``child_welfare`` somebody who left the care of child welfare at 18.
    group
        ``Group``.
    arrival, death, emigration, homecoming
        Month index; ``NEVER`` where it does not happen. Those born in Norway arrive at birth.
    programme_from, programme_to
        First and last month of the introduction programme; ``NEVER`` for none.
    origin, muni
        Positions of the municipality grown up in or arrived in, and of that at the first month in
        the data: frozen.
    moves, moved_to
        Month indices of moves, ascending, ``NEVER`` for none, and where to.
    district
        Uniform number that settles which office of a large municipality serves the person, and
        which of the municipalities before mergers the person lives in.
    ability, need
        Standard normal, of work and of assistance.
    effort
        Uniform number: the person's hours of activity relative to the office's.
    grant
        Factor on amounts, with mean one.
    condition
        The person's own uniform number for conditions.
    find, lose, enrol, enter, leave, ill
        Factors on finding and losing work, enrolling, entering and leaving social assistance, and
        on falling ill (work assessment allowance, disability).
    """

    number: IntArray
    birth: IntArray
    birth_day: IntArray
    female: BoolArray
    immigrant: BoolArray
    refugee: BoolArray
    child_welfare: BoolArray
    group: NDArray[np.int8]
    arrival: IntArray
    death: IntArray
    emigration: IntArray
    homecoming: IntArray
    programme_from: IntArray
    programme_to: IntArray
    origin: IntArray
    muni: IntArray
    moves: IntArray
    moved_to: IntArray
    district: FloatArray
    ability: FloatArray
    need: FloatArray
    effort: FloatArray
    grant: FloatArray
    condition: FloatArray
    find: FloatArray
    lose: FloatArray
    enrol: FloatArray
    enter: FloatArray
    leave: FloatArray
    ill: FloatArray

    def __len__(self) -> int:
        return len(self.number)
