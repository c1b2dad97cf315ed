"""Worlds of age groups: national shocks to ages, and a third difference that removes one."""

from __future__ import annotations

from functools import partial

from town_panels.ages import REFORM, Ages, Thirds, draw_ages, draw_thirds
from town_panels.reads import check_interval, fires, interval
from town_panels.world import (
    BIASED,
    CAUTIOUS,
    COVERS,
    DETECTS,
    HOLDS,
    RESAMPLING,
    UNDER,
    Asked,
    Model,
    World,
    check,
    spec_of,
)

EFFECT = 0.02
DID = Model("did_cr3", "twfe", "cr3", "att_relative", 'fixed_effects = ["town", "quarter"]')
AGE_DID = Model("did_cr3", "twfe", "cr3", "att_relative", 'fixed_effects = ["town", "ym"]')
MONTHS = 'time = "ym"\ntime_unit = "month"\nwindow = [2014-07-01, 2018-06-30]'
TRIPLE = Model(
    "triple_cr3", "triple_difference", "cr3", "att_relative", 'fixed_effects = ["town", "quarter"]'
)
POST = f'post = {{ column = "quarter", at_least = {REFORM} }}'
AGE_DESIGN = (
    'kind = "did"\ntreated = { column = "age_months", below = 360 }\n'
    'control = { column = "age_months", at_least = 372 }\nreform_date = 2017-01-01'
)
KEPT = 'keep = [{ column = "age_months", at_least = 300, below = 408 }]'
PAIRS = ((18, 20, 22, 24), (31, 33, 35, 37), (38, 40, 42, 44), (45, 47, 49, 51), (52, 54, 56, 58))
SHOCKS = check(
    "common_shocks",
    DID.id,
    "every = 9\nleast = 9\nages = ["
    + ", ".join(f"{{ treated = [{a}, {b}], control = [{c}, {d}] }}" for a, b, c, d in PAIRS)
    + "]",
)
EXCEED = "shocks exceed the standard error"
THIRD_DESIGN = (
    'kind = "did"\ntreated = { column = "young", equals = 1 }\n'
    f'third = {{ column = "low_use", equals = 1 }}\n{POST}'
)
SHOCKED = Ages(effect=EFFECT, shock=0.005)
THIRDS = Thirds(effect=EFFECT, common=0.02)


def _ages(title: str, ages: Ages, covers: str, *checked: Asked) -> World:
    return World(
        title,
        partial(draw_ages, ages),
        spec_of(AGE_DESIGN, (AGE_DID,), SHOCKS, panel=MONTHS, sample=KEPT),
        (Asked("did_cr3", interval(DID.id), covers, ages.effect), *checked),
        RESAMPLING,
    )


WORLDS = {
    "ages_alike": _ages(
        "ages below and above 30 in 20 municipalities, and four pairs of ages that no rule tells "
        "apart",
        Ages(effect=EFFECT),
        COVERS,
        Asked("common_shocks warns", fires("common_shocks", EXCEED), CAUTIOUS, level=0.05),
    ),
    "ages_shocked": _ages(
        "the same with national shocks to bands of ages",
        SHOCKED,
        UNDER,
        Asked("common_shocks warns", fires("common_shocks", EXCEED), DETECTS),
        Asked(
            "common_shocks, placebo interval",
            check_interval("common_shocks", of="placebo_interval"),
            HOLDS,
            EFFECT,
            oracle=DID.id,
        ),
    ),
    "third": World(
        "something else happens to all the young; the duty reaches those with little prior use",
        partial(draw_thirds, THIRDS),
        spec_of(THIRD_DESIGN, (DID, TRIPLE), panel='time = "quarter"\ntime_unit = "integer"'),
        (
            Asked("did_cr3", interval(DID.id), BIASED, EFFECT),
            Asked("triple_cr3", interval(TRIPLE.id), COVERS, EFFECT),
        ),
    ),
}
