"""Exemptions from the duty and their reasons."""

from __future__ import annotations

import numpy as np

from data_synth.details.keyed import uniform_at
from data_synth.life.lives import Benefit, Bytes, Lives

IN_WORK, IN_ACTIVITY, HEALTH, WEIGHTY = 1, 2, 3, 4  # 11F's 01 to 04


def exemptions(lives: Lives) -> Bytes:
    """Return the reason why somebody under the duty is exempt, shape ``(months, n)``.

    A recipient under the duty has a condition or is exempt; 0 for all others. A reason lasts for
    a calendar year as long as work and benefits allow it.
    """
    given = lives.world.exemptions
    reason = np.zeros_like(lives.received)
    row, at = np.nonzero((lives.received == 1) & (lives.duty == 1) & (lives.condition == 0))
    year = (lives.first + row) // 12
    first = uniform_at(lives.draws, "exemption/obvious", year, at)
    second = uniform_at(lives.draws, "exemption/reason", year, at)
    in_work = (lives.employed[row, at] == 1) & (first < given.in_work)
    active = (lives.benefit[row, at] != Benefit.NONE) & (first < given.in_activity)
    otherwise = np.where(second < given.health, HEALTH, WEIGHTY)
    reason[row, at] = np.where(in_work, IN_WORK, np.where(active, IN_ACTIVITY, otherwise))
    return reason
