"""Dates of decisions on payment and exemption."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_synth.details.dates import first_days, last_days
from data_synth.details.keyed import uniform_at
from data_synth.details.runs import find_runs
from data_synth.life.draws import IntArray
from data_synth.life.lives import Lives

_DAYS = 28  # a decision falls on one of the days that every month has


@dataclass(frozen=True)
class Decisions:
    """First and last day of decisions, shape ``(k,)``."""

    first: NDArray[np.datetime64]
    last: NDArray[np.datetime64]


def payment_decisions(lives: Lives, row: IntArray, at: IntArray) -> Decisions:
    """Return the decisions on payment, with a condition, that are made in given person-months.

    A decision lasts for some months, at most for as long as the person receives with a condition
    in the same municipality.

    Parameters
    ----------
    row, at
        Rows and persons that receive with a condition, shape ``(k,)``.
    """
    held = ((lives.received == 1) & (lives.condition == 1)) * (lives.muni.astype(np.int64) + 1)
    runs = find_runs(held)
    starts = runs.person * lives.months + runs.start
    stop = runs.stop[np.searchsorted(starts, at * lives.months + row, side="right") - 1]
    month = lives.first + row
    longest = lives.world.content.decision_months
    length = uniform_at(lives.draws, "decision/length", month, at) * longest
    last = np.minimum(lives.first + stop, month + length.astype(np.int64))
    return Decisions(decision_days(lives, row, at), last_days(last))


def decision_days(lives: Lives, row: IntArray, at: IntArray) -> NDArray[np.datetime64]:
    """Return the days on which decisions of given person-months are made, shape ``(k,)``."""
    month = lives.first + row
    day = uniform_at(lives.draws, "decision/day", month, at) * _DAYS
    return np.asarray(first_days(month) + day.astype("timedelta64[D]"))
