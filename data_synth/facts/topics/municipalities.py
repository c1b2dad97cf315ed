"""Sizes of municipalities.

Sizes follow a curve with four parameters: five per cent is asked of the ends, a tenth between.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data_synth.facts.fact import Fact
from data_synth.facts.kinds import Settled
from data_synth.life.draws import FloatArray
from data_synth.places.layout import make_places

_SURVEY = "the survey's limits of size: they conflict with Table 3-1, and both are parameters"


def _residents(of: Callable[[FloatArray], float]) -> Settled:
    return Settled(
        lambda world: of(np.sort(make_places(world).share) * world.municipalities.residents)
    )


def _quartile(quarter: int) -> Settled:
    return _residents(lambda sizes: float(np.quantile(sizes, quarter / 4.0)))


FACTS = (
    Fact(
        id="largest_municipality",
        text="Residents of the largest municipality",
        year="1 Jan 2024",
        unit="persons",
        source="SSB",
        kind=_residents(lambda sizes: float(sizes[-1])),
        published=717_710,
        tolerance=0.05,
    ),
    Fact(
        id="smallest_municipality",
        text="Residents of the smallest municipality",
        year="1 Jan 2024",
        unit="persons",
        source="SSB",
        kind=_residents(lambda sizes: float(sizes[0])),
        published=215,
        tolerance=0.05,
    ),
    *(
        Fact(
            id=f"quartile_{quarter}",
            text=f"Residents, quartile {quarter} of municipalities",
            year="2022",
            unit="persons",
            source="OE Tab 3-1",
            kind=_quartile(quarter),
            published=published,
            tolerance=0.10,
        )
        for quarter, published in ((1, 2_186), (2, 5_180), (3, 13_358))
    ),
    Fact(
        id="quartile_2_survey",
        text="Residents, median by the survey of offices",
        year="2022",
        unit="persons",
        source="OE 2.2",
        kind=_quartile(2),
        published=11_279,
        tolerance=0.10,
        held=False,
        note=_SURVEY,
    ),
)
