"""Worlds with few clusters, one treated cluster, or one treated unit."""

from __future__ import annotations

from functools import partial

from town_panels.one_unit import REFORM, draw_one
from town_panels.reads import check_p, interval, p_value, without_error
from town_panels.staggered import EFFECTS, PANEL, STAGGERED, headlines
from town_panels.towns import NEVER, Towns, draw
from town_panels.world import (
    ALWAYS,
    COVERS,
    RESAMPLING,
    SIZE,
    UNDER,
    Asked,
    Model,
    World,
    check,
    spec_of,
)

CR3 = Model("twfe_cr3", "twfe", "cr3", more=EFFECTS)
CR1 = Model("twfe_cr1", "twfe", "cr1", more=EFFECTS)
# Half of twenty unequal municipalities adopt, drawn anew in every panel.
UNEQUAL = Towns(towns=20, starts=(NEVER, 8), unequal=True, anew=True)
ALONE = Towns(towns=20, starts=(8,), adopters=1, anew=True)
SEEDED = "draws = 399\nseed = 1"
BOOTSTRAP = check("wild_bootstrap", CR1.id, SEEDED)
PERMUTED = check("randomisation", CR1.id, SEEDED)
COEFFICIENT = check("randomisation", CR1.id, f'{SEEDED}\nstatistic = "coefficient"')
ONE = (
    'kind = "single_unit"\ntreated = { column = "chosen", equals = 1 }\n'
    f'post = {{ column = "quarter", at_least = {REFORM} }}'
)
CONTROL = Model("synthetic_control", "synthetic_control")
SYNTHETIC_DID = Model("synthetic_did", "synthetic_did", more='solver = "exact"')
UNITS = (CONTROL, SYNTHETIC_DID)

WORLDS = {
    "unequal": World(
        "20 municipalities worth 8: the largest has 28 % of persons; which ten adopt is drawn",
        partial(draw, UNEQUAL),
        spec_of(STAGGERED, (CR3, CR1), f"{BOOTSTRAP}{PERMUTED}", panel=PANEL),
        (
            *headlines(UNEQUAL, (CR3, CR1), twfe_cr1=UNDER),
            Asked("wild_bootstrap", check_p("wild_bootstrap"), SIZE, level=0.05),
            Asked("randomisation", check_p("randomisation"), SIZE, level=0.05),
        ),
    ),
    "one_adopter": World(
        "one of 20 municipalities adopts, drawn in every panel",
        partial(draw, ALONE),
        spec_of(STAGGERED, (CR3, CR1), COEFFICIENT, panel=PANEL),
        (
            Asked("twfe_cr3 is refused", without_error(CR3.id, "does not exist"), ALWAYS),
            Asked("twfe_cr1 has no error", without_error(CR1.id, "one treated cluster"), ALWAYS),
            Asked("randomisation", check_p("randomisation"), SIZE, level=0.05),
        ),
        RESAMPLING,
    ),
    "one_unit": World(
        "one of 20 units is treated, drawn in every panel, without an effect",
        partial(draw_one, 0.0),
        spec_of(ONE, UNITS),
        (
            *(
                Asked(f"{one.id}, p at most {level:g}", p_value(one.id), SIZE, level=level)
                for one in UNITS
                for level in (0.05, 0.10)
            ),
            Asked("synthetic_did, interval", interval(SYNTHETIC_DID.id), COVERS, 0.0),
        ),
    ),
}  # fmt: skip
