"""Fixed traits of a chunk of persons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_synth.draws import BoolArray, Draws, FloatArray, IntArray
from data_synth.months import days_in, month_index
from data_synth.municipalities import Municipalities
from data_synth.world import World


@dataclass(frozen=True)
class Persons:
    """Arrays of shape ``(n,)``; factors multiply monthly probabilities.

    Attributes
    ----------
    birth
        Month index of birth.
    birth_day
        Day of the month of birth, 1 to 31.
    muni
        Position of the municipality.
    female, immigrant
        Indicators.
    find, lose
        Factors on finding and on losing work.
    enrol
        Factor on entering education.
    enter, leave
        Factors on entry to and exit from social assistance.
    grant
        Factor on the amount, with mean one.
    condition
        The person's own uniform number for conditions.
    """

    birth: IntArray
    birth_day: IntArray
    muni: IntArray
    female: BoolArray
    immigrant: BoolArray
    find: FloatArray
    lose: FloatArray
    enrol: FloatArray
    enter: FloatArray
    leave: FloatArray
    grant: FloatArray
    condition: FloatArray


def make_persons(world: World, municipalities: Municipalities, draws: Draws) -> Persons:
    """Draw the fixed traits of the persons that ``draws`` stands for."""
    first, last = month_index(world.births.first), month_index(world.births.last)
    span = last - first + 1
    birth = first + (draws.uniform("birth") * span).astype(np.int64)
    lengths = np.array([days_in(month) for month in range(first, last + 1)])[birth - first]
    bounds = np.cumsum(municipalities.share)[:-1]
    muni = np.searchsorted(bounds, draws.uniform("municipality"), side="right")
    female = draws.uniform("female") < world.persons.female_share
    immigrant = draws.uniform("immigrant") < world.persons.immigrant_share
    ability = draws.normal("ability")
    link = world.persons.ability_in_need
    need = link * ability + np.sqrt(1.0 - link**2) * draws.normal("need")
    work, receipt, sd = world.employment, world.receipt, world.grant.log_sd
    return Persons(
        birth=birth,
        birth_day=1 + (draws.uniform("birth_day") * lengths).astype(np.int64),
        muni=muni,
        female=female,
        immigrant=immigrant,
        find=np.exp(work.ability_find * ability)
        * np.where(female, work.find_female, 1.0)
        * np.where(immigrant, work.find_immigrant, 1.0)
        * municipalities.employment[muni],
        lose=np.exp(work.ability_lose * ability),
        enrol=np.exp(world.education.ability * ability) * municipalities.education[muni],
        enter=np.exp(receipt.need_sd * need - receipt.need_sd**2 / 2)
        * np.where(immigrant, receipt.enter_immigrant, 1.0)
        * municipalities.receipt[muni],
        leave=np.exp(receipt.exit_need * need),
        grant=np.exp(sd * draws.normal("grant") - sd**2 / 2),
        condition=draws.uniform("condition"),
    )
