"""Completed education, and the level of enrolment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from data_synth.life.draws import BoolArray, FloatArray, IntArray
from data_synth.life.lives import Bytes, Lives, Status

# First digits of the national standard for education.
LOWER_SECONDARY, BASIC, UPPER_SECONDARY, SHORT_HIGHER, LONG_HIGHER, UNKNOWN = 2, 3, 4, 6, 7, 9
LEVELS: tuple[int, ...] = (LOWER_SECONDARY, BASIC, UPPER_SECONDARY, SHORT_HIGHER, LONG_HIGHER)

_SCHOOL_AGE = 16  # years; the end of compulsory school
_AGES_DONE = (16, 17, 19, 23, 25)  # years at which the levels are usually completed
_JUNE, _AUGUST = 5, 7  # months of the year from 0: levels are recorded, school begins
_ATTENDED = 0.9  # share of the months between 16 and now that can have been at school
_FIELDS = 9  # broad fields, 1 to 9


@dataclass(frozen=True)
class Schooling:
    """What persons have completed and what they attend.

    Attributes
    ----------
    completed
        First digit of the highest level completed, recorded each June, ``UNKNOWN`` where no
        register knows it; 0 outside the data; shape ``(months, n)``.
    attended
        First digit of the level enrolled at, 0 where not enrolled; shape ``(months, n)``.
    field
        Broad field of study from 1, shape ``(n,)``.
    recorded
        Month index from which what was completed in the person's first row was on record, before
        that row; shape ``(n,)``.
    """

    completed: Bytes
    attended: Bytes
    field: IntArray
    recorded: IntArray


def make_schooling(lives: Lives) -> Schooling:
    """Return completed education and the level of enrolment month by month.

    Months of enrolment add up, and a level is completed in the first June after enough of them.
    What was earned before the first month kept is drawn by age and ability in work, so completed
    education, unlike all else, depends on the first month kept.
    """
    here = lives.status == Status.IN
    months = (lives.first + np.arange(lives.months))[:, None]
    counting = np.where(months >= _school_start(lives), lives.educated, np.int8(0))
    initial = _earned_before(lives)
    need = _months_needed(lives)
    now = _steps(initial + np.cumsum(counting, axis=0, dtype=np.float64), need)
    # A level changes in June only; before the first June what was earned before holds.
    june = (lives.first + np.arange(lives.months)) % 12 == _JUNE
    latest = np.maximum.accumulate(np.where(june, np.arange(lives.months), -1))
    step = np.where(latest[:, None] >= 0, now[np.maximum(latest, 0)], _steps(initial, need))
    level = np.array(LEVELS, dtype=np.int8)[step]
    first = np.argmax(here, axis=0)
    seen_first = step[first, np.arange(step.shape[1])]
    # Who has completed nothing here keeps the unknown level brought along.
    unknown = _unknown(lives) & (step == seen_first)
    completed = np.where(unknown, np.int8(UNKNOWN), level)
    following = np.array([UPPER_SECONDARY, UPPER_SECONDARY, SHORT_HIGHER, LONG_HIGHER, LONG_HIGHER])
    attended = np.where(lives.educated > 0, following.astype(np.int8)[step], np.int8(0))
    done = np.array(_AGES_DONE)[seen_first]
    usual = (lives.persons.birth // 12 + done) * 12 + _JUNE
    return Schooling(
        completed=np.where(here, completed, np.int8(0)),
        attended=attended,
        field=1 + (lives.draws.uniform("schooling/field") * _FIELDS).astype(np.int64),
        recorded=np.minimum(usual, lives.first + first),
    )


def _months_needed(lives: Lives) -> FloatArray:
    """Return the months of enrolment from 16 that each step takes, shape ``(steps, n)``."""
    given = lives.world.schooling
    months = (
        given.basic_months,
        given.upper_months,
        given.short_higher_months,
        given.long_higher_months,
    )
    pace = 1.0 + given.pace_spread * (2.0 * lives.draws.uniform("schooling/pace") - 1.0)
    return np.array(months, dtype=np.float64)[:, None] * pace


def _steps(earned: FloatArray, need: FloatArray) -> NDArray[np.int64]:
    """Return positions in ``LEVELS``, of the shape of ``earned``."""
    done = np.zeros(earned.shape, dtype=np.int64)
    for months in need:
        done += earned >= months
    return done


def _school_start(lives: Lives) -> IntArray:
    """Return the month index at which school after the compulsory one begins, shape ``(n,)``."""
    return (lives.persons.birth // 12 + _SCHOOL_AGE) * 12 + _AUGUST


def _earned_before(lives: Lives) -> FloatArray:
    """Draw the months of enrolment before the first month kept or arrival, shape ``(n,)``."""
    from scipy.special import ndtr

    given = lives.world.schooling
    score = given.ability * lives.persons.ability
    score = score + np.sqrt(1.0 - given.ability**2) * lives.draws.normal("schooling/settled")
    bounds = np.cumsum(given.settled_shares)[:-1]
    settled = np.searchsorted(bounds, np.asarray(ndtr(score)), side="right")
    need = _months_needed(lives)
    need[0] = 0.0  # the least that anybody settles on is lower secondary
    most = need[settled, np.arange(len(settled))]
    since = np.where(_came_grown(lives), lives.persons.arrival, 0)
    since = np.maximum(since, lives.first) - _school_start(lives)
    return np.asarray(np.clip(_ATTENDED * since, 0.0, most))


def _unknown(lives: Lives) -> BoolArray:
    share = lives.world.schooling.unknown_abroad
    return _came_grown(lives) & (lives.draws.uniform("schooling/abroad") < share)


def _came_grown(lives: Lives) -> BoolArray:
    persons = lives.persons
    return np.asarray(persons.immigrant & (persons.arrival - persons.birth >= 18 * 12))
