"""Months of receipt in a year.

Five per cent: the published means are printed with one decimal and move by a tenth a year.
"""

from __future__ import annotations

from collections.abc import Callable

from data_synth.facts.fact import Fact
from data_synth.facts.kinds import Ratio
from data_synth.facts.seen import Seen
from data_synth.facts.tally import Pair


def _months(year: int) -> Callable[[Seen], Pair]:
    def pair(seen: Seen) -> Pair:
        return seen.year(year).received.sum(axis=0), seen.year(year).recipients

    return pair


FACTS = tuple(
    Fact(
        id=f"months_{year}",
        text="Months of receipt, mean of recipients",
        year=f"{year}",
        unit="months",
        source="SSB",
        kind=Ratio(_months(year)),
        published=published,
        tolerance=0.05,
    )
    for year, published in ((2017, 5.3), (2018, 5.4), (2019, 5.5))
)
