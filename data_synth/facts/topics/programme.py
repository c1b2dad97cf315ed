"""The qualification programme: its rules, and participants by size of municipality.

A quarter is asked of the largest, where nearly all participants live. In the world its use does not
depend on size, so that the smaller ones, with few persons each, are shown and not asked.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data_synth.facts.fact import Fact
from data_synth.facts.kinds import OF_ALL_AGES, PER_1000, PERCENT, RESIDENTS, Ratio, Settled
from data_synth.facts.seen import Seen
from data_synth.facts.tally import Pair
from data_synth.life.lives import Benefit

_TABLE, _RULES = "OE Tab 3-1", "OE 3.1"
_QUARTERS = ("smallest", "second smallest", "second largest", "largest")
_PUBLISHED = (0.97, 1.18, 1.61, 2.50)


def _participants(quarter: int) -> Callable[[Seen], Pair]:
    def pair(seen: Seen) -> Pair:
        given = seen.lives.world.municipalities
        of_size = np.searchsorted(
            given.size_table, seen.lives.places.share * given.residents, side="right"
        )
        there = seen.residents & (of_size[seen.lives.muni[-1]] == quarter)
        taking_part = (seen.year(2022).lives.benefit == Benefit.PROGRAMME).any(axis=0)
        return taking_part & there, there

    return pair


FACTS = (
    *(
        Fact(
            id=f"programme_{_QUARTERS[quarter].replace(' ', '_')}",
            text=f"In the qualification programme, {_QUARTERS[quarter]} quarter of municipalities",
            year="2022",
            unit="per 1000",
            source=_TABLE,
            kind=Ratio(_participants(quarter), PER_1000 * RESIDENTS / OF_ALL_AGES),
            published=_PUBLISHED[quarter],
            tolerance=0.25,
            held=quarter == 3,
            note="participants of the year per resident of any age"
            + ("" if quarter == 3 else "; use does not depend on size in the world"),
        )
        for quarter in reversed(range(len(_QUARTERS)))
    ),
    Fact(
        id="stipend",
        text="Stipend a year",
        year="2022",
        unit="G",
        source=_RULES,
        kind=Settled(lambda world: world.incomes.programme_g),
        published=2.0,
    ),
    Fact(
        id="stipend_under_25",
        text="Of that under 25",
        year="2022",
        unit="%",
        source=_RULES,
        kind=Settled(lambda world: PERCENT * world.incomes.programme_under_25),
        published=PERCENT * 2.0 / 3.0,
        tolerance=1e-9,
    ),
    Fact(
        id="programme_longest",
        text="Longest stay",
        year="2022",
        unit="months",
        source=_RULES,
        kind=Settled(lambda world: world.benefits.programme_longest),
        published=24.0,
    ),
)
