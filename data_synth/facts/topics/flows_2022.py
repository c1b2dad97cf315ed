"""Recipients without other benefits month by month in 2022, and how many leave.

The counts were read off a figure in whole thousands: twelve per cent is asked. A growth is a small
difference of two counts, with a Monte Carlo error of five points at the default size: a third of
the larger one is asked, and little more than the sign of the smaller.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data_synth.facts.fact import Fact
from data_synth.facts.kinds import PERCENT, National, Ratio
from data_synth.facts.seen import Seen
from data_synth.facts.tally import Pair
from data_synth.life.draws import BoolArray
from data_synth.life.persons import Group

_OE, _GROWTH = "OE Fig 4-2", "OE 4.2"
_JANUARY, _FEBRUARY, _DECEMBER = 0, 1, 11


def _in(seen: Seen, month: int) -> BoolArray:
    return np.asarray(seen.year(2022).without_others[month])


def _stock(month: int) -> National:
    return National(lambda seen: _in(seen, month))


def _out_in_february(seen: Seen) -> Pair:
    before = _in(seen, _JANUARY)
    return before & ~_in(seen, _FEBRUARY), before


def _exits(seen: Seen) -> Pair:
    lives = seen.year(2022).lives
    return (lives.exit_to > 0).sum(axis=0), (lives.received_before == 1).sum(axis=0)


def _growth(group: Group) -> Callable[[Seen], Pair]:
    def pair(seen: Seen) -> Pair:
        of_group = seen.persons.group == group
        return _in(seen, _DECEMBER) & of_group, _in(seen, _JANUARY) & of_group

    return pair


FACTS = (
    *(
        Fact(
            id=f"without_others_{name.lower()}",
            text="Recipients without other benefits",
            year=f"{name} 2022",
            unit="persons",
            source=_OE,
            kind=_stock(month),
            published=published,
            tolerance=0.12,
        )
        for name, month, published in (
            ("Jan", _JANUARY, 32_000),
            ("Feb", _FEBRUARY, 37_000),
            ("Dec", _DECEMBER, 47_332),
        )
    ),
    Fact(
        id="new_in_february",
        text="New among them",
        year="Feb 2022",
        unit="persons",
        source=_OE,
        kind=National(lambda seen: _in(seen, _FEBRUARY) & ~_in(seen, _JANUARY)),
        published=10_000,
        tolerance=0.15,
        held=False,
        note="a jump after January that no steady state of these exits allows",
    ),
    Fact(
        id="out_in_february",
        text="Gone among those of January",
        year="Feb 2022",
        unit="%",
        source=_OE,
        kind=Ratio(_out_in_february, PERCENT),
        published=(15.6, 17.0),
        tolerance=0.15,
        note="17 printed, 15.6 from the rounded counts",
    ),
    Fact(
        id="monthly_exit",
        text="Recipients who leave within a month",
        year="2022",
        unit="%",
        source=_OE,
        kind=Ratio(_exits, PERCENT),
        published=(15.0, 20.0),
        tolerance=0.05,
        note="re-entry among them: who leaves for good is fewer",
    ),
    *(
        Fact(
            id=f"growth_{group.name.lower()}",
            text=f"Growth, January to December, of those from {label}",
            year="2022",
            unit="%",
            source=_GROWTH,
            kind=Ratio(_growth(group), PERCENT, less=1.0),
            published=published,
            tolerance=tolerance,
            note=note,
        )
        for group, label, published, tolerance, note in (
            (Group.OTHER, "Asia, Africa, other", 63.0, 0.33, "18,000 to 29,000; from Ukraine too"),
            (Group.NORWAY, "Norway", 22.0, 0.75, "13,000 to 16,000, rounded"),
        )
    ),
)
