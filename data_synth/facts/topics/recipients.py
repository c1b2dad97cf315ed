"""Recipients of a year: how many, how young, where from.

Five per cent is asked of the large national counts, whose Monte Carlo error is one to two per
cent, and ten of shares. Rates by age were published for a year long before the simulated ones, in
which more of the young received than in 2022: the order of size is asked, and the profile within
thirty per cent.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from data_synth.details.background import IMMIGRANT_CATEGORIES, make_backgrounds
from data_synth.facts.fact import Fact
from data_synth.facts.kinds import PER_1000, PERCENT, National, Ratio, Relative, Spread
from data_synth.facts.seen import Seen
from data_synth.facts.tally import Pair
from data_synth.life.draws import BoolArray
from data_synth.life.lives import Status

_OE, _SSB, _COUNTIES = "OE 3.2", "SSB", "OE Fig 3-1"
_SECOND_GENERATION = IMMIGRANT_CATEGORIES.index("C")


def _recipients(year: int) -> National:
    return National(lambda seen: seen.year(year).recipients)


def _under_30(seen: Seen) -> Pair:
    year = seen.year(2022)
    return year.recipients & (year.age < 30), year.recipients


def _immigrants(seen: Seen) -> Pair:
    recipients = seen.year(2022).recipients
    return recipients & seen.persons.immigrant, recipients


def _second_generation(seen: Seen) -> Pair:
    recipients = seen.year(2022).recipients
    second = make_backgrounds(seen.lives).category == _SECOND_GENERATION
    return recipients & second, recipients


def _at_ages(low: int, high: int) -> Ratio:
    def pair(seen: Seen) -> Pair:
        year = seen.year(2010)
        of_age = (year.age >= low) & (year.age <= high)
        return year.recipients & of_age, _present(seen, 2010) & of_age

    return Ratio(pair, PER_1000)


def _present(seen: Seen, year: int) -> BoolArray:
    return np.asarray((seen.year(year).lives.status == Status.IN).any(axis=0))


def _counties(seen: Seen) -> Sequence[Pair]:
    """Count recipients of 2022 among residents of each county, where they live at its end."""
    codes = np.array([code[:2] for code in seen.lives.places.codes])
    county = codes[seen.year(2022).lives.muni[-1]]
    recipients = seen.year(2022).recipients & seen.residents
    return [
        (recipients & (county == one), seen.residents & (county == one)) for one in np.unique(codes)
    ]


FACTS = (
    Fact(
        id="recipients_2019",
        text="Recipients of social assistance",
        year="2019",
        unit="persons",
        source=_SSB,
        kind=_recipients(2019),
        published=129_894,
        tolerance=0.05,
    ),
    Fact(
        id="recipients_2022",
        text="Recipients of social assistance",
        year="2022",
        unit="persons",
        source=_OE,
        kind=_recipients(2022),
        published=131_087,
        tolerance=0.05,
    ),
    Fact(
        id="recipients_under_30",
        text="Under 30 among recipients",
        year="2022",
        unit="%",
        source=_OE,
        kind=Ratio(_under_30, PERCENT),
        published=29.0,
        tolerance=0.10,
        note="age at the end of the year",
    ),
    Fact(
        id="recipients_immigrants",
        text="Immigrants among recipients",
        year="2022",
        unit="%",
        source=_OE,
        kind=Ratio(_immigrants, PERCENT),
        published=50.0,
        tolerance=0.10,
        said="about half",
    ),
    Fact(
        id="recipients_second_generation",
        text="Born in Norway to immigrants among recipients",
        year="2022",
        unit="%",
        source=_OE,
        kind=Ratio(_second_generation, PERCENT),
        published=2.0,
        tolerance=0.30,
        note="printed without decimals",
    ),
    *(
        Fact(
            id=f"recipients_aged_{low}_{high}",
            text=f"Recipients aged {low} to {high}",
            year="2003",
            unit="per 1000",
            source=_SSB,
            kind=_at_ages(low, high),
            published=published,
            tolerance=0.45,
            note="of 2003, simulated in 2010, the first year",
        )
        for low, high, published in ((20, 24, 83.0), (25, 29, 64.0), (30, 39, 53.0))
    ),
    *(
        Fact(
            id=f"profile_{low}_{high}",
            text=f"Recipients aged {low} to {high}, relative to those aged 30 to 39",
            year="2003",
            unit="ratio",
            source=_SSB,
            kind=Relative(_at_ages(low, high).pair, _at_ages(30, 39).pair),
            published=published / 53.0,
            tolerance=0.30,
            note="from rates of 2003, simulated in 2010",
        )
        for low, high, published in ((20, 24, 83.0), (25, 29, 64.0))
    ),
    Fact(
        id="county_spread",
        text="Recipients per resident, highest over lowest county",
        year="2022",
        unit="ratio",
        source=_COUNTIES,
        kind=Spread(_counties),
        published=35.0 / 24.0,
        tolerance=0.20,
        note="35 over 24 per 1000; the counties of the world are not Norway's, and the published "
        "rates are not of the recipients of 2022 per resident",
    ),
)
