"""Kroner a month.

Three per cent: the mean is over a hundred thousand months, and its Monte Carlo error is small.
"""

from __future__ import annotations

from data_synth.details.amounts import make_amounts
from data_synth.facts.fact import Fact
from data_synth.facts.kinds import Ratio
from data_synth.facts.seen import Seen
from data_synth.facts.tally import Pair


def _paid(seen: Seen) -> Pair:
    year = seen.year(2019)
    amounts = make_amounts(year.lives)
    return (amounts.grant + amounts.loan).sum(axis=0), year.received.sum(axis=0)


FACTS = (
    Fact(
        id="mean_amount",
        text="Paid in a month of receipt, grants and loans, mean",
        year="2019",
        unit="NOK",
        source="SSB",
        kind=Ratio(_paid),
        published=9_718,
        tolerance=0.03,
    ),
)
