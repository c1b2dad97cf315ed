"""What recipients live on, do and live in, as caseworkers note it (KOSTRA 11F)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_synth.details.jobseekers import Seeking
from data_synth.details.keyed import uniform_at
from data_synth.details.main_income import main_income
from data_synth.details.measures import Participation, Provider
from data_synth.details.other_benefits import Claim
from data_synth.life.draws import FloatArray, IntArray
from data_synth.life.lives import Benefit, Bytes, Lives

SOCIAL_ASSISTANCE = 5  # 11F's VKLO


@dataclass(frozen=True)
class Living:
    """Codes of 11F, 0 without receipt; shape ``(months, n)``.

    Attributes
    ----------
    main_source
        VKLO: 1 work, 2 course benefit, 3 benefits, 4 study grant, 5 social assistance,
        6 introduction benefit, 7 spouse's income, 8 qualification stipend, 9 other.
    work_status
        ARBSIT: 1 full time, 2 part time, 3 in education, 4 not seeking work, 5 state measure,
        6 municipal measure, 7 registered unemployed, 8 unemployed, not registered,
        9 introduction programme, 10 qualification programme.
    housing
        BOSIT: 1 private rent, 2 municipal rent, 3 owned, 4 none, 5 other, 6 institution.
    """

    main_source: Bytes
    work_status: Bytes
    housing: Bytes


def make_living(lives: Lives, measures: Participation, claims: Bytes, seeking: Bytes) -> Living:
    """Return what would be noted of each recipient in each month.

    Parameters
    ----------
    measures, claims, seeking
        From ``participation``, ``other_benefits`` and ``jobseekers``.
    """
    row, at = np.nonzero(lives.received)
    year = (lives.first + row) // 12
    source, status, housing = (np.zeros_like(lives.received) for _ in range(3))
    u = uniform_at(lives.draws, "living/source", year, at)
    source[row, at] = _source(lives, claims, row, at, u)
    u = uniform_at(lives.draws, "living/status", year, at)
    status[row, at] = _status(lives, measures, seeking, row, at, u)
    bounds = np.cumsum(lives.world.livelihood.housing)[:-1]
    u = uniform_at(lives.draws, "living/housing", year, at)
    housing[row, at] = 1 + np.searchsorted(bounds, u, side="right")
    return Living(source, status, housing)


def _source(lives: Lives, claims: Bytes, row: IntArray, at: IntArray, u: FloatArray) -> IntArray:
    benefit, claim = lives.benefit[row, at], claims[row, at]
    insured = (benefit == Benefit.AAP) | (benefit == Benefit.DISABILITY)
    insured |= (claim != Claim.NONE) & (claim != Claim.MEASURE)
    cases = (
        (main_income(lives)[row, at] == 1, SOCIAL_ASSISTANCE),
        (benefit == Benefit.INTRODUCTION, 6),
        (benefit == Benefit.PROGRAMME, 8),
        (insured, 3),
        (lives.employed[row, at] == 1, 1),
        (lives.educated[row, at] == 1, 4),
        (claim == Claim.MEASURE, 2),
        (u < lives.world.livelihood.spouse_share, 7),
    )
    return _first_of(cases, otherwise=9)


def _status(
    lives: Lives,
    measures: Participation,
    seeking: Bytes,
    row: IntArray,
    at: IntArray,
    u: FloatArray,
) -> IntArray:
    given, benefit = lives.world.livelihood, lives.benefit[row, at]
    provider, working = measures.provider[row, at], lives.employed[row, at] == 1
    idle = uniform_at(lives.draws, "living/seeking", (lives.first + row) // 12, at)
    shown = u < given.measure_shown  # caseworkers' notes miss most measures: KOSTRA against NAV
    ill = (benefit == Benefit.AAP) | (benefit == Benefit.DISABILITY)
    cases = (
        (working & (u < given.full_time_share), 1),
        (working, 2),
        (lives.educated[row, at] == 1, 3),
        (benefit == Benefit.INTRODUCTION, 9),
        (benefit == Benefit.PROGRAMME, 10),
        ((provider == Provider.STATE) & shown, 5),
        ((provider == Provider.MUNICIPAL) & shown, 6),
        (ill, 4),
        (seeking[row, at] != Seeking.NOT, 7),
        (idle < given.not_seeking_share, 4),
    )
    return _first_of(cases, otherwise=8)


def _first_of(cases: tuple[tuple[np.ndarray, int], ...], otherwise: int) -> IntArray:
    conditions, codes = zip(*cases, strict=True)
    return np.select(conditions, codes, default=otherwise)
