"""What registers make of lives: breaks, late records and persons lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from data_synth.details.recorded_employment import recorded_employed
from data_synth.life.lives import Bytes, Lives, Status


def as_recorded(lives: Lives) -> Lives:
    """Return ``lives`` as the panel has them; unchanged in a world whose registers are right.

    As ``as_delivered``, and those employed before the break may be missed.
    """
    return replace(as_delivered(lives), employed=recorded_employed(lives))


def as_delivered(lives: Lives) -> Lives:
    """Return ``lives`` as register tables have them, but for the break in employment.

    Spells may be recorded from their second month on, and persons may drop out of the data for
    good. Employment stays: each table of work and income has its own source and its own break.
    """
    given = lives.world.recording
    recorded = _late(lives, given.late_share) if given.late_share else lives
    return _lost(recorded) if given.lost else recorded


def _late(lives: Lives, share: float) -> Lives:
    """Drop the first month of a share of the spells; spells of one month vanish."""
    received, before = lives.received.copy(), lives.received_before.copy()
    exit_to, condition = lives.exit_to.copy(), lives.condition.copy()
    month, person = np.nonzero((lives.received == 1) & (lives.received_before == 0))
    for row in np.unique(month):
        at = person[month == row]
        late = at[lives.draws.uniform("recording/late", lives.first + int(row), at) < share]
        received[row, late] = condition[row, late] = 0
        if row + 1 < lives.months:
            before[row + 1, late] = exit_to[row + 1, late] = 0
            gone = late[received[row + 1, late] == 0]
            condition[row + 1, gone] = 0
    return replace(
        lives, received=received, received_before=before, exit_to=exit_to, condition=condition
    )


def _lost(lives: Lives) -> Lives:
    given = lives.world.recording
    under = (lives.duty == 1) & (lives.received_before == 1)
    gone = np.zeros(lives.status.shape, dtype=np.bool_)
    lost: NDArray[np.bool_] = np.zeros(lives.status.shape[1], dtype=np.bool_)
    for row in range(lives.months):
        u = lives.draws.uniform("recording/lost", lives.first + row)
        chance = given.lost * np.where(under[row], given.lost_under_duty, 1.0)
        lost = lost | ((u < chance) & (lives.status[row] == Status.IN))
        gone[row] = lost
    gone &= lives.status != Status.BEFORE

    def kept(values: Bytes) -> Bytes:
        return np.where(gone, 0, values).astype(np.int8)

    return replace(
        lives,
        status=np.where(gone, Status.LOST, lives.status).astype(np.int8),
        employed=kept(lives.employed),
        educated=kept(lives.educated),
        benefit=kept(lives.benefit),
        received=kept(lives.received),
        received_before=kept(lives.received_before),
        exit_to=kept(lives.exit_to),
        condition=kept(lives.condition),
        duty=kept(lives.duty),
        duty_months=np.where(gone, 0, lives.duty_months).astype(np.int16),
    )
