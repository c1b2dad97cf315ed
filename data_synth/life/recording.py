"""What registers make of lives: late records and persons lost."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_synth.life.lives import Bytes, Lives, Status
from data_synth.life.months import month_index
from data_synth.life.plan import Chunk
from data_synth.life.simulate import simulate_chunk
from data_synth.world.schema import World


def record_chunk(
    world: World, chunk: Chunk, seed: int, policy: str, first: int, last: int
) -> Lives:
    """Simulate a chunk and return it as its registers have it; parameters as ``simulate_chunk``.

    Faults begin with the world's first month, so that they are the same whatever the window.
    """
    given = world.recording
    if not (given.late_share or given.lost):
        return simulate_chunk(world, chunk, seed, policy, first, last)
    begin = min(first, month_index(world.time.first))
    return _from(as_recorded(simulate_chunk(world, chunk, seed, policy, begin, last)), first)


def as_recorded(lives: Lives) -> Lives:
    """Return ``lives`` as registers have them; unchanged in a world whose registers are right.

    Spells may be recorded from their second month on, and persons may drop out of the data for
    good. Employment stays: each table of work and income has its own source and its own break
    (``details.recorded_employment``).
    """
    given = lives.world.recording
    recorded = _late(lives, given.late_share) if given.late_share else lives
    return _lost(recorded) if given.lost else recorded


def _from(lives: Lives, first: int) -> Lives:
    """Return the months from ``first`` on."""
    skipped = first - lives.first
    if not skipped:
        return lives
    shape = lives.status.shape
    kept: dict[str, Any] = {}
    for field in fields(lives):
        values = getattr(lives, field.name)
        if isinstance(values, np.ndarray) and values.shape == shape:
            kept[field.name] = values[skipped:]
    return replace(lives, first=first, **kept)


def _late(lives: Lives, share: float) -> Lives:
    """Drop the first month of a share of the spells; spells of one month vanish."""
    received, before = lives.received.copy(), lives.received_before.copy()
    exit_to, condition = lives.exit_to.copy(), lives.condition.copy()
    dropped = np.zeros_like(received)
    month, person = np.nonzero((lives.received == 1) & (lives.received_before == 0))
    for row in np.unique(month):
        at = person[month == row]
        late = at[lives.draws.uniform("recording/late", lives.first + int(row), at) < share]
        received[row, late] = condition[row, late] = 0
        dropped[row, late] = lives.duty[row, late]
        if row + 1 < lives.months:
            before[row + 1, late] = exit_to[row + 1, late] = 0
            gone = late[received[row + 1, late] == 0]
            condition[row + 1, gone] = 0
    missed = np.cumsum(dropped, axis=0, dtype=np.int16)
    here = lives.status == Status.IN
    return replace(
        lives,
        received=received,
        received_before=before,
        exit_to=exit_to,
        condition=condition,
        duty_months=np.where(here, lives.duty_months - missed, 0).astype(np.int16),
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
