"""Worlds of municipalities that adopt, and of some that leave again."""

from __future__ import annotations

from functools import partial

from town_panels.reads import check_interval, check_p, fires, interval
from town_panels.towns import Towns, average_effect, draw
from town_panels.world import (
    BIASED,
    COVERS,
    DETECTS,
    HOLDS,
    QUARTERS,
    RESAMPLING,
    SIZE,
    UNDER,
    Asked,
    Model,
    World,
    check,
    spec_of,
)

PANEL = f'{QUARTERS}\nweight = "persons"'
STAGGERED = (
    'kind = "staggered_did"\ncohort = { column = "start", never = 0 }\n'
    'control_group = "not_yet_treated"'
)
DOSE = 'kind = "did"\ntreatment = { column = "on" }'
EFFECTS = 'fixed_effects = ["town", "quarter"]'
UNIVERSAL = 'base_period = "universal"\naggregate = ["event_time"]'
PATH = "att_by_event_time"

TWFE = Model("twfe_cr3", "twfe", "cr3", more=EFFECTS)
# The jackknife of imputation is that of the extended regression, which is quicker.
POOLED = (
    TWFE,
    Model("twfe_cr1", "twfe", "cr1", more=EFFECTS),
    Model("group_time_cr3", "group_time_att", "cr3"),
    Model("group_time_cr1", "group_time_att", "cr1"),
    Model("sun_abraham_cr3", "interaction_weighted", "cr3"),
    Model("imputation_cr1", "imputation", "cr1"),
    Model("extended_cr3", "extended_twfe", "cr3"),
)
PATHS = (
    Model("event_study_cr3", "twfe_event_study", "cr3", PATH, EFFECTS),
    Model("group_time_cr3", "group_time_att", "cr3", PATH, UNIVERSAL),
    Model("sun_abraham_cr3", "interaction_weighted", "cr3", PATH),
    Model("imputation_cr1", "imputation", "cr1", PATH),
    Model("extended_cr3", "extended_twfe", "cr3", PATH),
)
SWITCHES = (
    Model("switching_cr3", "switching", "cr3"),
    Model("switching_cr1", "switching", "cr1"),
    TWFE,
)
TESTED = Model("group_time_cr3", "group_time_att", "cr3", PATH, UNIVERSAL)
CAUGHT = "violation found"


def headlines(towns: Towns, models: tuple[Model, ...], **expected: str) -> tuple[Asked, ...]:
    """Return the headline of every model against the mean effect on the treated."""
    truth = average_effect(towns)
    return tuple(
        Asked(one.id, interval(one.id), expected.get(one.id, COVERS), truth) for one in models
    )


def paths(towns: Towns, models: tuple[Model, ...], expected: str = COVERS) -> tuple[Asked, ...]:
    """Return the effects in the first and the fourth treated quarter."""
    return tuple(
        Asked(f"{one.id} at {at}", interval(one.id, at), expected, towns.effect + towns.growth * at)
        for one in models
        for at in (0, 3)
    )


def pretest(expected: str) -> Asked:
    """Return the pre-trend test."""
    if expected == DETECTS:
        return Asked("pretrends", fires("pretrends", CAUGHT), expected)
    return Asked("pretrends", check_p("pretrends"), expected, level=0.05)


def _world(
    title: str,
    towns: Towns,
    models: tuple[Model, ...],
    asked: tuple[Asked, ...],
    checks: str = "",
    design: str = STAGGERED,
    **kwargs: int,
) -> World:
    text = spec_of(design, models, checks, panel=PANEL)
    return World(title, partial(draw, towns), text, asked, **kwargs)


ALIKE, COUNTRY = Towns(effect=0.02), Towns(towns=None, effect=0.02)
GROWING, DRIFTING = Towns(effect=0.01, growth=0.01), Towns(drift=0.004)
LEAVING, SHOCKED = Towns(effect=0.03, leaves=4), Towns(shock=0.01)
PRETRENDS = check("pretrends", "group_time_cr3")
SENSITIVITY = check(
    "trend_sensitivity",
    "group_time_cr3",
    'restriction = "relative_magnitudes"\nvalues = [1.0]\nearliest = -5\ndraws = 999',
)
ONCE = "Mbar = 1"

WORLDS = {
    "alike": _world("100 municipalities of one size", ALIKE, POOLED, headlines(ALIKE, POOLED)),
    "norway": _world(
        "the 357 municipalities of Norway: the largest has 13 % of persons, 35 effective clusters",
        COUNTRY,
        POOLED,
        headlines(COUNTRY, POOLED, twfe_cr1=UNDER, group_time_cr1=UNDER, imputation_cr1=UNDER),
    ),
    "growing": _world(
        "the effect grows by the quarter",
        GROWING,
        (TWFE, *PATHS),
        (*headlines(GROWING, (TWFE,), twfe_cr3=BIASED), *paths(GROWING, PATHS)),
    ),
    "switched_off": _world(
        "treatment ends after four quarters",
        LEAVING, SWITCHES, headlines(LEAVING, SWITCHES), design=DOSE,
    ),
    "common_shock": _world(
        "adopters share shocks that clusters do not see",
        SHOCKED, (TWFE,), headlines(SHOCKED, (TWFE,), twfe_cr3=UNDER),
    ),
    "no_drift": _world(
        "parallel trends, tested", Towns(), (TESTED,), (pretest(SIZE),), PRETRENDS
    ),
    "no_drift_norway": _world(
        "parallel trends, tested in the municipalities of Norway",
        Towns(towns=None), (TESTED,), (pretest(SIZE),), PRETRENDS,
    ),
    "drifting": _world(
        "adopters drift away by 0.4 points a quarter",
        DRIFTING,
        (TESTED,),
        (*paths(DRIFTING, (TESTED,), BIASED), pretest(DETECTS)),
        PRETRENDS,
    ),
    "drift_allowed": _world(
        "the same drift, which relative magnitudes allow for",
        DRIFTING,
        (TESTED,),
        (
            Asked("group_time_cr3 at 0", interval("group_time_cr3", 0), BIASED, 0.0),
            Asked(
                f"trend_sensitivity, {ONCE}", check_interval("trend_sensitivity", ONCE), HOLDS,
                0.0, oracle="group_time_cr3 at 0",
            ),
        ),
        SENSITIVITY,
        replications=RESAMPLING,
    ),
}  # fmt: skip
