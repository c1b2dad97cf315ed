"""Worlds in which dates of adoption are recorded with an error that is known."""

from __future__ import annotations

from functools import partial

from town_panels.reads import check_estimate, check_interval, interval
from town_panels.staggered import EFFECTS, PANEL
from town_panels.towns import Towns, draw
from town_panels.world import (
    BIASED,
    COVERS,
    HOLDS,
    RESAMPLING,
    Asked,
    Model,
    World,
    check,
    spec_of,
)

EFFECT = 0.01
# Of 27 adopters, how many have a date that may be wrong, and by how many quarters.
MANY = Towns(towns=40, effect=EFFECT, doubtful=16, wrong=2)
SOME = Towns(towns=40, effect=EFFECT, doubtful=3, wrong=1)
TWFE = Model("twfe_cr3", "twfe", "cr3", more=EFFECTS)


def _design(cohort: str) -> str:
    return f'kind = "staggered_did"\ncohort = {{ {cohort}, never = 0 }}'


RECORDED = _design('column = "start"')
EXCLUDED = _design('earliest = "earliest", latest = "latest", unknown = "exclude"')
RULES = check("date_error", TWFE.id, 'rules = ["draw", "bound"]\ndraws = 20\nseed = 1')
DRAWN = check("date_error", TWFE.id, 'rules = ["draw"]\ndraws = 20\nseed = 1')
LEFT_OUT = Asked("doubtful dates left out", interval(TWFE.id), COVERS, EFFECT)
IN_DRAWS = Asked("draws", check_estimate("date_error", "draw"), COVERS, EFFECT)

WORLDS = {
    "dates_taken": World(
        "dates of 16 of 27 adopters are wrong by up to two quarters, and taken as recorded",
        partial(draw, MANY),
        spec_of(RECORDED, (TWFE,), panel=PANEL),
        (Asked("recorded dates", interval(TWFE.id), BIASED, EFFECT),),
    ),
    "dates_many": World(
        "the same, and the error is stated",
        partial(draw, MANY),
        spec_of(EXCLUDED, (TWFE,), DRAWN, panel=PANEL),
        (LEFT_OUT, IN_DRAWS),
        RESAMPLING,
    ),
    "dates_few": World(
        "dates of 3 of 27 adopters may be wrong by a quarter, and the error is stated",
        partial(draw, SOME),
        spec_of(EXCLUDED, (TWFE,), RULES, panel=PANEL),
        (
            LEFT_OUT,
            IN_DRAWS,
            Asked(
                "all admissible dates", check_interval("date_error", "bound"), HOLDS, EFFECT,
                oracle=LEFT_OUT.name,
            ),
        ),
        RESAMPLING,
    ),
}  # fmt: skip
