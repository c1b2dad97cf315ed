"""What a condition asks of a person."""

from __future__ import annotations

import numpy as np

from data_synth.life.draws import FloatArray

# From two hours on three days a week to eight hours on four: Oslo Economics report 2023-68.
LEAST_HOURS, MOST_HOURS = 6.0, 32.0


def activity_hours(office_hours: FloatArray, effort: FloatArray) -> FloatArray:
    """Return the hours a week of activity that a condition asks, were one set.

    Parameters
    ----------
    office_hours
        Mean hours a week at the office that serves the person.
    effort
        The person's uniform number: half the office's hours at 0, half as much again at 1.

    Returns
    -------
    numpy.ndarray
        Hours, of the broadcast shape, between ``LEAST_HOURS`` and ``MOST_HOURS``.
    """
    return np.clip(office_hours * (0.5 + effort), LEAST_HOURS, MOST_HOURS)
