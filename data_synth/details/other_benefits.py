"""Benefits beside social assistance and those that lives depend on."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from data_synth.details.measures import Participation, Provider
from data_synth.life.lives import Benefit, Bytes, Lives, Status

_PENSION_AGE, _EARLY_AGE = 67 * 12, 62 * 12  # months
_FIRST_CHILD, _LAST_CHILD = 20 * 12, 38 * 12  # months of a single parent's age at the claim


class Claim(IntEnum):
    """Benefit of a month beside ``Benefit``; the codes go on where those of ``Benefit`` end."""

    NONE = 0
    SICKNESS = 5
    UNEMPLOYMENT = 6
    TRANSITIONAL = 7
    OLD_AGE = 8
    MEASURE = 9


def other_benefits(lives: Lives, measures: Participation) -> Bytes:
    """Return each month's ``Claim``, shape ``(months, n)``.

    Held only by those with none of the benefits in ``lives.benefit``, and one at a time: the
    first of old-age pension, transitional benefit, unemployment benefit, sickness benefit and
    the benefit of those in a measure of the state. Unemployment benefit follows a loss of work
    within the months of ``lives``: losses before them are not known.
    """
    claim = np.zeros_like(lives.received)
    free = (lives.status == Status.IN) & (lives.benefit == Benefit.NONE)
    _measure_benefit(lives, measures, claim)
    _sick_leave(lives, claim)
    _unemployment(lives, claim)
    _transitional(lives, claim)
    _old_age(lives, claim)
    claim[~free] = Claim.NONE
    return claim


def _measure_benefit(lives: Lives, measures: Participation, claim: Bytes) -> None:
    drawn = lives.draws.uniform("claim/measure") < lives.world.claims.measure_benefit
    claim[(measures.provider == Provider.STATE) & drawn] = Claim.MEASURE


def _sick_leave(lives: Lives, claim: Bytes) -> None:
    """Put persons at work on sick leave for whole calendar quarters."""
    chance = lives.world.claims.sick_leave
    for row in range(lives.months):
        quarter = (lives.first + row) // 3
        sick = lives.draws.uniform("claim/sick_leave", quarter) < chance
        claim[row, sick & (lives.employed[row] == 1)] = Claim.SICKNESS


def _unemployment(lives: Lives, claim: Bytes) -> None:
    given = lives.world.claims
    left = np.zeros(lives.status.shape[1], dtype=np.int16)
    for row in range(1, lives.months):
        able = (lives.employed[row] == 0) & (lives.educated[row] == 0)
        able &= (lives.status[row] == Status.IN) & (lives.benefit[row] == Benefit.NONE)
        lost = np.nonzero(able & (lives.employed[row - 1] == 1))[0]
        month = lives.first + row
        claims = lost[lives.draws.uniform("claim/unemployed", month, lost) < given.unemployment]
        length = lives.draws.uniform("claim/length", month, claims) * given.unemployment_months
        left[claims] = 1 + length.astype(np.int16)
        left[~able] = 0
        claim[row, left > 0] = Claim.UNEMPLOYMENT
        np.maximum(left - 1, 0, out=left)


def _transitional(lives: Lives, claim: Bytes) -> None:
    """Give single parents without work the benefit while their youngest child is small."""
    given, persons = lives.world.claims, lives.persons
    chance = np.where(persons.female, given.single_mother, given.single_father)
    at = np.nonzero(lives.draws.uniform("claim/single_parent") < chance)[0]
    span = _LAST_CHILD - _FIRST_CHILD
    age = _FIRST_CHILD + (lives.draws.uniform("claim/child", 0, at) * span).astype(np.int64)
    month = lives.first + np.arange(lives.months)[:, None]
    since = month - (persons.birth[at] + age)
    small = (since >= 0) & (since < given.transitional_months) & (lives.employed[:, at] == 0)
    row, column = np.nonzero(small)
    claim[row, at[column]] = Claim.TRANSITIONAL


def _old_age(lives: Lives, claim: Bytes) -> None:
    if lives.first + lives.months - 1 - lives.persons.birth.min() < _EARLY_AGE:
        return
    early = lives.draws.uniform("claim/early_pension") < lives.world.claims.early_pension
    age = np.where(early, _EARLY_AGE, _PENSION_AGE)
    month = lives.first + np.arange(lives.months)[:, None]
    claim[month - lives.persons.birth >= age] = Claim.OLD_AGE
