"""Employment as the registers hold it."""

from __future__ import annotations

from data_synth.life.lives import Bytes, Lives
from data_synth.life.months import month_index


def recorded_employed(lives: Lives) -> Bytes:
    """Return 1 where employment is recorded, shape ``(months, n)``.

    Before the break of the employment registers the work of some persons is missed, of the same
    persons in every month; from the break on nobody's is.
    """
    given = lives.world.recording
    before = min(max(month_index(given.break_month) - lives.first, 0), lives.months)
    if not before or not given.employed_missed_before:
        return lives.employed
    missed = lives.draws.uniform("recording/employed") < given.employed_missed_before
    recorded = lives.employed.copy()
    recorded[:before, missed] = 0
    return recorded
