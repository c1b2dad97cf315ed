"""Country group of those who received in December 2022, without and with other benefits.

A quarter is asked of large groups, as the world grants other benefits without regard to country;
half of the small, of which the default size sees a hundred persons.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data_synth.details.background import COUNTRY_GROUPS
from data_synth.facts.fact import Fact
from data_synth.facts.kinds import PERCENT, National, Ratio
from data_synth.facts.seen import Seen
from data_synth.facts.tally import Pair
from data_synth.life.draws import BoolArray

_OE, _WHEN = "OE Tab 4-2", "Dec 2022"
_WITHOUT = (16_001, 1_242, 1_254, 28_745)
_WITH = (9_519, 581, 441, 5_083)
_LARGE = 5_000
_BY_LARGE, _BY_SMALL = 0.25, 0.50


def _in_december(seen: Seen, without: bool) -> BoolArray:
    year = seen.year(2022)
    return np.asarray(year.received[-1] & (year.without_others[-1] == without))


def _share(group: int, without: bool) -> Callable[[Seen], Pair]:
    def pair(seen: Seen) -> Pair:
        received = _in_december(seen, without)
        return received & (seen.persons.group == group), received

    return pair


def _facts(without: bool, counts: tuple[int, ...]) -> tuple[Fact, ...]:
    name = "without" if without else "with"
    return tuple(
        Fact(
            id=f"{name}_others_{group_name.split(',')[0].lower().replace(' ', '_')}",
            text=f"{group_name} among recipients {name} other benefits",
            year=_WHEN,
            unit="%",
            source=_OE,
            kind=Ratio(_share(group, without), PERCENT),
            published=round(100.0 * count / sum(counts), 1),
            tolerance=_BY_LARGE if count > _LARGE else _BY_SMALL,
        )
        for group, (group_name, count) in enumerate(zip(COUNTRY_GROUPS, counts, strict=True))
    )


FACTS = (
    *_facts(True, _WITHOUT),
    Fact(
        id="with_others",
        text="Recipients with other benefits",
        year=_WHEN,
        unit="persons",
        source=_OE,
        kind=National(lambda seen: _in_december(seen, False)),
        published=sum(_WITH),
        tolerance=0.15,
    ),
    *_facts(False, _WITH),
)
