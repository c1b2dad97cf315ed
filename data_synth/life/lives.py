"""What a chunk of persons goes through: the one hand-over from simulation to everything else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import Draws, IntArray
from data_synth.life.persons import Persons
from data_synth.places.layout import Places
from data_synth.world.schema import World

Bytes = NDArray[np.int8]
Shorts = NDArray[np.int16]


class Status(IntEnum):
    """Whether a person is in the data in a month."""

    BEFORE = 0  # not yet arrived, or not of the world's ages
    IN = 1
    EMIGRATED = 2
    DEAD = 3
    LOST = 4  # no longer linked: only in worlds with attrition


class Benefit(IntEnum):
    """Benefit other than social assistance that a person lives on in a month."""

    NONE = 0
    AAP = 1
    DISABILITY = 2
    PROGRAMME = 3  # qualification programme
    INTRODUCTION = 4  # introduction benefit


class Destination(IntEnum):
    """Where a person went who left social assistance this month."""

    STAYED = 0  # did not leave, or did not receive
    WORK = 1
    EDUCATION = 2
    PROGRAMME = 3  # qualification programme
    AAP = 4
    DISABILITY = 5
    INTRODUCTION = 6  # introduction benefit
    NOTHING = 7  # none of these; who dies or emigrates has no row and no destination


@dataclass(frozen=True)
class Lives:
    """Persons of a chunk over the months ``first`` to ``first + months - 1``.

    Arrays have shape ``(months, n)``, a row a month. Everything is zero in months in which the
    person's ``status`` is not ``IN``, but for ``status`` and ``muni`` themselves.

    Attributes
    ----------
    world, places, persons, draws
        What was simulated; ``draws`` is keyed by these persons, and further purposes may be drawn
        from it without moving anything else.
    first
        Month index (``life.months``) of row 0.
    status
        ``Status``.
    muni
        Position in ``places`` of the (harmonised) municipality lived in.
    employed, educated
        1 if so in the month. As it was, not as registers recorded it.
    benefit
        ``Benefit``.
    received, received_before
        1 if social assistance was received in the month, and in the month before.
    exit_to
        ``Destination``: not ``STAYED`` exactly where ``received_before`` is 1, ``received`` 0.
    condition
        1 where a condition is in force, for recipients and for those who leave this month.
    duty
        1 where the duty applies to the person for some part of the month, recipient or not.
    duty_months
        Months so far, this one included, received under the duty.
    programme_from
        Month indices from which each municipality has the qualification programme under the
        policy; shape ``(m,)``.
    """

    world: World
    places: Places
    persons: Persons
    draws: Draws
    first: int
    status: Bytes
    muni: Shorts
    employed: Bytes
    educated: Bytes
    benefit: Bytes
    received: Bytes
    received_before: Bytes
    exit_to: Bytes
    condition: Bytes
    duty: Bytes
    duty_months: Shorts
    programme_from: IntArray

    @property
    def months(self) -> int:
        """Number of months."""
        return len(self.status)
