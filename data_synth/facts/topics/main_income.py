"""Assistance as main income, at the last contact of the year, or beside other income.

Ten per cent is asked of 2022, fifteen of the share of the young. A quarter is asked of earlier
counts: the published share falls from 41 to 36 per cent between 2019 and 2022, while that of the
world rises with those who arrive. A quarter is asked too of the parts of those on benefits, which
few parameters draw.
"""

from __future__ import annotations

from collections.abc import Callable

from data_synth.facts.fact import Fact
from data_synth.facts.kinds import PERCENT, National, Ratio
from data_synth.facts.seen import Seen
from data_synth.facts.tally import Pair
from data_synth.life.lives import Benefit

_OE = "OE 4.1"
_ON_BENEFITS = 3  # of the codes of main source


def _mainly(year: int) -> National:
    return National(lambda seen: seen.year(year).recipients & seen.year(year).mainly)


def _young(seen: Seen) -> Pair:
    """Count the young among those whose main income it is."""
    year = seen.year(2022)
    mainly = year.recipients & year.mainly
    return mainly & (year.age < 30), mainly


def _share(seen: Seen) -> Pair:
    year = seen.year(2022)
    return year.recipients & year.mainly, year.recipients


def _beside(seen: Seen) -> Pair:
    year = seen.year(2022)
    return year.recipients & ~year.mainly, year.recipients


def _holders(benefit: Benefit) -> Callable[[Seen], Pair]:
    def pair(seen: Seen) -> Pair:
        year = seen.year(2022)
        on_benefits = year.recipients & (year.at_last(year.living.main_source) == _ON_BENEFITS)
        return on_benefits & (year.at_last(year.lives.benefit) == benefit), on_benefits

    return pair


FACTS = (
    *(
        Fact(
            id=f"main_income_{year}",
            text="Recipients with assistance as main income",
            year=f"{year}",
            unit="persons",
            source=source,
            kind=_mainly(year),
            published=published,
            tolerance=0.10 if year == 2022 else 0.25,
        )
        for year, published, source in (
            (2018, 55_000, _OE),
            (2019, 53_294, "SSB"),
            (2021, 43_000, _OE),
            (2022, 47_530, _OE),
        )
    ),
    Fact(
        id="main_income_share",
        text="Assistance as main income",
        year="2022",
        unit="%",
        source=_OE,
        kind=Ratio(_share, PERCENT),
        published=36.4,
        tolerance=0.10,
    ),
    Fact(
        id="supplement_share",
        text="Assistance beside other income",
        year="2022",
        unit="%",
        source="OE 3.2",
        kind=Ratio(_beside, PERCENT),
        published=64.0,
        tolerance=0.10,
    ),
    Fact(
        id="main_income_under_30",
        text="Under 30 with assistance as main income",
        year="2022",
        unit="persons",
        source=_OE,
        kind=National(lambda seen: _young(seen)[0]),
        published=15_437,
        tolerance=0.10,
    ),
    Fact(
        id="main_income_under_30_share",
        text="Under 30 among those with it as main income",
        year="2022",
        unit="%",
        source=_OE,
        kind=Ratio(_young, PERCENT),
        published=(32.5, 32.9),
        tolerance=0.15,
        note="32.9 printed, 32.5 computed from the counts",
    ),
    *(
        Fact(
            id=f"benefits_{benefit.name.lower()}",
            text=f"{label} among those whose main income is a benefit",
            year="2022",
            unit="%",
            source="OE 3.2",
            kind=Ratio(_holders(benefit), PERCENT),
            published=published,
            tolerance=0.25,
        )
        for benefit, label, published in (
            (Benefit.DISABILITY, "Disability benefit", 33.0),
            (Benefit.AAP, "Work assessment allowance", 34.0),
        )
    ),
)
