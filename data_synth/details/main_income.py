"""Whether social assistance is a recipient's main income or a supplement."""

from __future__ import annotations

import numpy as np

from data_synth.details.keyed import uniform_at
from data_synth.life.lives import Benefit, Bytes, Lives


def main_income(lives: Lives) -> Bytes:
    """Return 1 where social assistance is the main income, shape ``(months, n)``.

    It follows from work, benefits and studies of the month, and from a number of the person's
    for the calendar year. So it is the same whatever the window.
    """
    given = lives.world.livelihood
    main = np.zeros_like(lives.received)
    row, at = np.nonzero(lives.received)
    idle = (lives.employed[row, at] == 0) & (lives.educated[row, at] == 0)
    idle &= lives.benefit[row, at] == Benefit.NONE
    u = uniform_at(lives.draws, "livelihood/main", (lives.first + row) // 12, at)
    main[row, at] = u < np.where(idle, given.main_idle, given.main_other)
    return main
