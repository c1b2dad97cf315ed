"""Adoption of conditions before the law, and what the law changed.

Municipalities are dealt to kinds by residents and in number at once: a tenth is asked.
"""

from __future__ import annotations

import numpy as np

from data_synth.facts.fact import Fact
from data_synth.facts.kinds import PERCENT, Settled
from data_synth.life.months import month_index
from data_synth.life.policies import STATUSES
from data_synth.places.layout import make_places
from data_synth.world.schema import World

_SOURCE = "Dahl & Lima 2018"


def _a_year_before(world: World) -> float:
    adopted = make_places(world).adopted
    return PERCENT * float(np.mean(adopted <= month_index(world.adoption.law) - 12))


def _more_afterwards(world: World) -> float:
    places = make_places(world)
    later = places.status != STATUSES.index("before")
    return PERCENT * float(np.mean(later & places.low_prior_use))


FACTS = (
    Fact(
        id="adopted_before",
        text="Conditions at least a year before the law, municipalities",
        year="2016",
        unit="%",
        source=_SOURCE,
        kind=Settled(_a_year_before),
        published=40.0,
        tolerance=0.10,
        note="the source counts offices",
    ),
    Fact(
        id="more_conditions",
        text="More conditions after the law than before, municipalities",
        year="2017",
        unit="%",
        source=_SOURCE,
        kind=Settled(_more_afterwards),
        published=18.0 + 23.0,
        tolerance=0.10,
        note="18 many more and 23 somewhat more; the source counts offices",
    ),
)
