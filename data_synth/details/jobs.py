"""Jobs: months of employment cut by employer, with hours and wages."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_synth.details.renewed import renewed
from data_synth.life.draws import FloatArray, IntArray
from data_synth.life.lives import Lives

_SECOND = 1_000_000  # job numbers of second jobs begin here
_CONTRACTS = (20, 90)  # least and largest part-time contract, per cent
_SECOND_CONTRACTS = (10, 40)
_STEP = 5  # per cent
_TOP_AGE = 40.0  # years; from which the wage profile is measured


@dataclass(frozen=True)
class Jobs:
    """Months in jobs, by person, then month, then job; arrays of shape ``(rows,)``.

    Attributes
    ----------
    person, row
        Position of the person and of the month.
    number
        The person's number of the job.
    contract
        Per cent of full time.
    hours
        Hours a week.
    wage
        Cash wage of the month, whole nominal kroner.
    """

    person: IntArray
    row: IntArray
    number: IntArray
    contract: NDArray[np.int16]
    hours: NDArray[np.float32]
    wage: NDArray[np.int32]


def make_jobs(lives: Lives) -> Jobs:
    """Return a row for each month in each job, wherever ``employed``, also before registers began.

    An employer keeps a person for a time of the person's own, at work or not, so whoever comes
    back soon comes back to the same job; the same job has the same number whatever months are
    kept. Some hold a second, smaller job beside the first.
    """
    person, row = np.nonzero(lives.employed.T)
    number = _employer(lives, "jobs/first", person, row)
    hired = lives.draws.uniform("jobs/second")[person]
    beside = np.nonzero(renewed(hired, number) < lives.world.jobs.second_job)[0]
    second = _SECOND + _employer(lives, "jobs/beside", person[beside], row[beside])
    first = _rows(lives, person, row, number, "jobs/first", _contract(lives, person, row, number))
    own = lives.draws.uniform("jobs/beside/contract")[person[beside]]
    small = _stepped(renewed(own, second), *_SECOND_CONTRACTS)
    other = _rows(lives, person[beside], row[beside], second, "jobs/beside", small)
    # Second jobs follow the first of their month.
    order = np.argsort(np.concatenate([2 * np.arange(len(person)), 2 * beside + 1]), kind="stable")

    def merged(name: str) -> NDArray[Any]:
        return np.concatenate([getattr(first, name), getattr(other, name)])[order]

    return Jobs(*(merged(field.name) for field in fields(Jobs)))


def _employer(lives: Lives, purpose: str, person: IntArray, row: IntArray) -> IntArray:
    given, draws = lives.world.jobs, lives.draws
    rest = given.tenure_months - given.shortest_months
    length = given.shortest_months - rest * np.log1p(-draws.uniform(f"{purpose}/tenure"))
    tenure = length.astype(np.int64)
    phase = (draws.uniform(f"{purpose}/phase") * tenure).astype(np.int64)
    # Counted from birth, so that a number tells no calendar year.
    since = lives.first - lives.persons.birth + phase
    return np.asarray((since[person] + row) // tenure[person])


def _contract(lives: Lives, person: IntArray, row: IntArray, number: IntArray) -> IntArray:
    given, draws = lives.world.jobs, lives.draws
    female = lives.persons.female[person]
    full = np.where(female, given.full_time_women, given.full_time_men)
    full = np.where(lives.educated[row, person] > 0, given.full_time_students, full)
    whole = renewed(draws.uniform("jobs/full_time")[person], number) < full
    part = _stepped(renewed(draws.uniform("jobs/contract")[person], number), *_CONTRACTS)
    return np.where(whole, 100, part)


def _stepped(u: FloatArray, low: int, high: int) -> IntArray:
    return low + _STEP * (u * ((high - low) // _STEP + 1)).astype(np.int64)


def _rows(
    lives: Lives, person: IntArray, row: IntArray, number: IntArray, job: str, contract: IntArray
) -> Jobs:
    given, draws = lives.world.jobs, lives.draws
    decades = ((lives.first - lives.persons.birth[person] + row) / 12.0 - _TOP_AGE) / 10.0
    spread = renewed(draws.uniform(f"{job}/wage")[person], number)
    log = (
        given.wage_ability * lives.persons.ability[person]
        + given.wage_slope * decades
        + given.wage_curve * decades**2
        # Uniform, with the standard deviation that is asked for.
        + given.wage_job_sd * np.sqrt(12.0) * (spread - 0.5)
    )
    monthly = renewed(draws.uniform(f"{job}/month")[person], row + lives.first)
    years = (lives.first + np.arange(lives.months)) // 12 - given.wage_year
    level = given.wage_nok * (1.0 + given.wage_growth) ** years
    wage = level[row] * np.exp(log) * (1.0 + given.wage_month_spread * (2.0 * monthly - 1.0))
    wage *= np.where(lives.persons.female[person], given.wage_women, 1.0) * contract / 100.0
    return Jobs(
        person=person,
        row=row,
        number=number,
        contract=contract.astype(np.int16),
        hours=np.round(given.full_time_hours * contract / 100.0, 2).astype(np.float32),
        wage=np.maximum(np.rint(wage), 1.0).astype(np.int32),
    )
