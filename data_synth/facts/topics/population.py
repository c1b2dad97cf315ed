"""Residents of the ages simulated.

Four per cent is asked: birth years are drawn to size, and all else is scaled by the residents of
one date, so that another date shows arrivals and departures.
"""

from __future__ import annotations

import numpy as np

from data_synth.facts.fact import Fact
from data_synth.facts.kinds import National, Settled
from data_synth.facts.seen import Seen
from data_synth.life.draws import BoolArray
from data_synth.life.lives import Status

_SOURCE = "SSB 07459"
_NOTE = "counts of all facts are scaled to the residents of 1 January 2023"


def _residents_of_new_year(year: int) -> National:
    def flags(seen: Seen) -> BoolArray:
        return np.asarray(seen.year(year - 1).lives.status[-1] == Status.IN)

    return National(flags)


FACTS = (
    *(
        Fact(
            id=f"residents_{year}",
            text="Residents aged 16 to 67",
            year=f"1 Jan {year}",
            unit="persons",
            source=_SOURCE,
            kind=_residents_of_new_year(year),
            published=published,
            tolerance=0.04,
            note=_NOTE,
        )
        for year, published in ((2015, 3_503_370), (2019, 3_577_952))
    ),
    Fact(
        id="residents_of_all_ages",
        text="Residents of all ages, by which municipalities are sized",
        year="1 Jan 2023",
        unit="persons",
        source=_SOURCE,
        kind=Settled(lambda world: world.municipalities.residents),
        published=5_488_984,
    ),
)
