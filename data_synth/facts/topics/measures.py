"""Labour market measures of recipients with assistance as main income.

Of the small shares that caseworkers note thirty per cent is asked, three times their Monte Carlo
error; of the share by NAV only the range.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data_synth.details.measures import Measure, Provider
from data_synth.facts.fact import Fact
from data_synth.facts.kinds import PERCENT, Ratio, Relative
from data_synth.facts.seen import Seen
from data_synth.facts.tally import Pair
from data_synth.life.draws import BoolArray

_NOTED = {Provider.STATE: 5, Provider.MUNICIPAL: 6}  # of the codes of work status
_SUMMER = np.isin(np.arange(1, 13), (6, 7))


def _in_state(seen: Seen) -> Pair:
    year = seen.year(2022)
    there = year.main & (year.measures.provider == Provider.STATE)
    return there.sum(axis=0), year.main.sum(axis=0)


def _noted(provider: Provider) -> Callable[[Seen], Pair]:
    def pair(seen: Seen) -> Pair:
        year = seen.year(2022)
        noted = year.main & (year.living.work_status == _NOTED[provider])
        return noted.sum(axis=0), year.main.sum(axis=0)

    return pair


def _in_months(months: BoolArray, course: bool) -> Callable[[Seen], Pair]:
    """Count participation in some months among recipients of these months."""

    def pair(seen: Seen) -> Pair:
        year = seen.year(2022)
        kind = year.measures.measure
        taken = (kind == Measure.COURSE) if course else (kind > Measure.COURSE)
        return (year.main & taken)[months].sum(axis=0), year.main[months].sum(axis=0)

    return pair


FACTS = (
    Fact(
        id="state_measures",
        text="In a measure of the state in a month, by NAV",
        year="2022",
        unit="%",
        source="OE Fig 6-1",
        kind=Ratio(_in_state, PERCENT),
        published=(4.0, 6.0),
        said="5 (4 to 6)",
    ),
    *(
        Fact(
            id=f"noted_{provider.name.lower()}",
            text=f"In a {provider.name.lower()} measure, as caseworkers note",
            year="2022",
            unit="%",
            source="OE Fig 6-2",
            kind=Ratio(_noted(provider), PERCENT),
            published=published,
            tolerance=0.30,
            note="KOSTRA",
        )
        for provider, published in ((Provider.STATE, 1.5), (Provider.MUNICIPAL, 1.2))
    ),
    Fact(
        id="courses_in_summer",
        text="Courses in June and July, relative to other months",
        year="2022",
        unit="ratio",
        source="OE Fig 6-9",
        kind=Relative(_in_months(_SUMMER, course=True), _in_months(~_SUMMER, course=True)),
        said="clear dip",
        bounds=(None, 0.75),
        note="a quarter fewer is read as a clear dip",
    ),
    Fact(
        id="others_in_summer",
        text="Other measures in June and July, relative to other months",
        year="2022",
        unit="ratio",
        source="OE Fig 6-9",
        kind=Relative(_in_months(_SUMMER, course=False), _in_months(~_SUMMER, course=False)),
        said="even",
        bounds=(0.80, 1.20),
        note="a fifth either way is read as even",
    ),
)
