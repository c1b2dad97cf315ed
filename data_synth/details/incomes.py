"""Yearly incomes by concept, from the months."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_synth.details.amounts import make_amounts
from data_synth.details.graded import graded
from data_synth.details.jobs import make_jobs
from data_synth.details.measures import participation
from data_synth.details.other_benefits import Claim, other_benefits
from data_synth.life.draws import BoolArray, FloatArray, IntArray
from data_synth.life.lives import Benefit, Bytes, Lives, Status
from data_synth.world.schema import World

_STIPEND_AGE = 25 * 12  # months; the stipends are lower below


@dataclass(frozen=True)
class Incomes:
    """Whole nominal kroner a year, shape ``(years, n)``.

    Attributes
    ----------
    years
        Calendar years that lie wholly within the months kept.
    present
        Whether the person is in the data in some month of the year.
    work
        Wages but sickness benefit.
    pensionable
        All wages, sickness benefit included.
    after_tax
        Wages, benefits and social assistance less tax.
    """

    years: tuple[int, ...]
    present: BoolArray
    work: IntArray
    pensionable: IntArray
    after_tax: IntArray


def make_incomes(lives: Lives) -> Incomes:
    """Add the months of each calendar year up.

    The wages of a month on sick leave are paid through the employer: they are in the job register
    and count as pensionable income, but not as income from work.
    """
    claims = other_benefits(lives, participation(lives))
    wages = _wages(lives)
    amounts = make_amounts(lives)
    start = -lives.first % 12
    years = range((lives.first + start) // 12, (lives.first + lives.months) // 12)

    def yearly(months: NDArray[np.number]) -> IntArray:
        kept = months[start : start + 12 * len(years)]
        total = kept.reshape(len(years), 12, kept.shape[1]).sum(axis=1, dtype=np.float64)
        return np.asarray(np.rint(total).astype(np.int64))

    pensionable = yearly(wages)
    gross = pensionable + yearly(_benefits(lives, claims))
    g = np.array([basic_amount(lives.world, year) for year in years]).reshape(-1, 1)
    tax = np.rint(_tax(lives.world, gross, g)).astype(np.int64)
    return Incomes(
        years=tuple(years),
        present=yearly(lives.status == Status.IN) > 0,
        work=yearly(np.where(claims == Claim.SICKNESS, 0, wages)),
        pensionable=pensionable,
        after_tax=gross - tax + yearly(amounts.grant),
    )


def basic_amount(world: World, year: int) -> float:
    """Return the basic amount G of a calendar year: a third of the old and two of the new."""
    years, values = zip(*world.prices.g, strict=True)
    old, new = np.interp([year - 1, year], years, values)
    return float((4.0 * old + 8.0 * new) / 12.0)


def _wages(lives: Lives) -> FloatArray:
    jobs = make_jobs(lives)
    months, n = lives.employed.shape
    cells = jobs.row * n + jobs.person
    total = np.bincount(cells, weights=jobs.wage.astype(np.float64), minlength=months * n)
    return np.asarray(total.reshape(months, n), dtype=np.float64)


def _benefits(lives: Lives, claims: Bytes) -> FloatArray:
    """Return benefits in kroner a month, shape ``(months, n)``."""
    given = lives.world.incomes
    a_year = np.zeros(max(Claim) + 1)
    for kind, amount in (
        (Benefit.AAP, given.aap_g),
        (Benefit.DISABILITY, given.disability_g),
        (Benefit.PROGRAMME, given.programme_g),
        (Benefit.INTRODUCTION, given.introduction_g),
        (Claim.UNEMPLOYMENT, given.unemployment_g),
        (Claim.TRANSITIONAL, given.transitional_g),
        (Claim.OLD_AGE, given.old_age_g),
        (Claim.MEASURE, given.measure_g),
    ):
        a_year[kind] = amount
    young = a_year.copy()
    young[Benefit.PROGRAMME] *= given.programme_under_25
    young[Benefit.INTRODUCTION] *= given.introduction_under_25
    # Claims are held by those alone who hold no benefit, and their codes go on from benefits'.
    held = np.where(claims > 0, claims, lives.benefit)
    month = lives.first + np.arange(lives.months)
    under = month[:, None] - lives.persons.birth < _STIPEND_AGE
    g = np.array([basic_amount(lives.world, int(year)) for year in month // 12])
    half = graded(lives) & (held == Benefit.DISABILITY)  # sick pay comes with the wage
    full = np.where(under, young[held], a_year[held]) * g[:, None] / 12.0
    return np.asarray(np.where(half, full / 2.0, full))


def _tax(world: World, gross: IntArray, g: FloatArray) -> FloatArray:
    given = world.incomes
    above = np.maximum(gross - given.tax_free_g * g, 0.0) * given.tax_rate
    return np.asarray(above + np.maximum(gross - given.top_from_g * g, 0.0) * given.top_rate)
