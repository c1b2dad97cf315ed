"""Social assistance in kroner, as granted before any cut for a broken condition."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_synth.details.keyed import uniform_at
from data_synth.details.main_income import main_income
from data_synth.life.lives import Lives


@dataclass(frozen=True)
class Amounts:
    """Whole nominal kroner a month, shape ``(months, n)``; at least one kroner in all if received.

    Attributes
    ----------
    grant, loan
        What need not be paid back, and what must.
    """

    grant: NDArray[np.int32]
    loan: NDArray[np.int32]


def make_amounts(lives: Lives) -> Amounts:
    """Return what was paid in each month of receipt, 0 in all others.

    A cut for a broken condition is not in it: cuts are rare, and an amount that fell with every
    condition would be an effect in worlds that have none.
    """
    world = lives.world
    given, living = world.grant, world.livelihood
    grant = np.zeros(lives.received.shape, dtype=np.int32)
    loan = np.zeros_like(grant)
    row, at = np.nonzero(lives.received)
    month = lives.first + row
    level = given.mean_nok * (1.0 + given.growth) ** (month // 12 - given.year)
    main = main_income(lives)[row, at] == 1
    level = level * np.where(main, living.main_amount, living.supplement_amount)
    if given.under_duty != 1.0:
        level = level * np.where(lives.duty[row, at] == 1, given.under_duty, 1.0)
    u = uniform_at(lives.draws, "amount/month", month, at)
    spread = 1.0 + given.month_spread * (2.0 * u - 1.0)
    total = np.maximum(np.rint(level * lives.persons.grant[at] * spread), 1.0).astype(np.int32)
    lent = uniform_at(lives.draws, "amount/loan", month // 12, at) < living.loan_share
    part = np.where(lent, np.rint(total * living.loan_part), 0.0).astype(np.int32)
    grant[row, at], loan[row, at] = total - part, part
    return Amounts(grant, loan)
