"""Who is registered as a jobseeker, and in which group."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from data_synth.details.measures import Participation, Provider
from data_synth.details.other_benefits import Claim
from data_synth.life.lives import Benefit, Bytes, Lives, Status


class Seeking(IntEnum):
    """Main group of a registered jobseeker: eight codes, with the meanings they have here."""

    NOT = 0
    UNEMPLOYED = 1
    PART_TIME = 2  # employed, and receiving social assistance
    IN_MEASURE = 3
    REDUCED_CAPACITY = 4  # on work assessment allowance
    REDUCED_IN_MEASURE = 5
    CHANGING_JOBS = 6  # employed
    STUDENT = 7
    NEWLY_ARRIVED = 8  # on introduction benefit


def jobseekers(lives: Lives, measures: Participation, claims: Bytes) -> Bytes:
    """Return each month's group as a jobseeker (``Seeking``), shape ``(months, n)``.

    Who receives unemployment benefit, is in a measure of the state or on work assessment
    allowance is registered; of the others a share that depends on work, studies and receipt, by a
    number of the person's for half a calendar year.

    Parameters
    ----------
    measures, claims
        From ``participation`` and ``other_benefits``.
    """
    given = lives.world.jobseekers
    group = np.zeros_like(lives.received)
    received, working = lives.received == 1, lives.employed == 1
    studying, benefit = lives.educated == 1, lives.benefit
    in_state = measures.provider == Provider.STATE
    for row in range(lives.months):
        u = lives.draws.uniform("jobseeker/registered", (lives.first + row) // 6)
        idle = np.where(received[row], given.recipient, given.others)
        at_work = np.where(received[row], given.employed_recipient, given.employed)
        chance = np.where(working[row], at_work, np.where(studying[row], given.student, idle))
        kind = np.where(working[row], Seeking.CHANGING_JOBS, Seeking.UNEMPLOYED)
        kind[working[row] & received[row]] = Seeking.PART_TIME
        kind[~working[row] & studying[row]] = Seeking.STUDENT
        kind[benefit[row] == Benefit.INTRODUCTION] = Seeking.NEWLY_ARRIVED
        group[row] = np.where(u < chance, kind, Seeking.NOT)
    group[np.isin(benefit, (Benefit.DISABILITY, Benefit.PROGRAMME))] = Seeking.NOT
    group[claims == Claim.OLD_AGE] = Seeking.NOT
    group[claims == Claim.UNEMPLOYMENT] = Seeking.UNEMPLOYED
    group[in_state] = Seeking.IN_MEASURE
    group[benefit == Benefit.AAP] = Seeking.REDUCED_CAPACITY
    group[(benefit == Benefit.AAP) & in_state] = Seeking.REDUCED_IN_MEASURE
    group[lives.status != Status.IN] = Seeking.NOT
    return group
