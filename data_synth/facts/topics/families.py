"""Family type of those with assistance as main income.

A quarter is asked of shares; of counts by age a third, and half of those below a thousand,
where the Monte Carlo error of the default size is near fifteen per cent.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data_synth.details.households import Family
from data_synth.facts.fact import Fact
from data_synth.facts.kinds import PERCENT, National, Ratio
from data_synth.facts.seen import Seen
from data_synth.facts.tally import Pair
from data_synth.life.draws import BoolArray

_OE, _AGES = "OE 4.2", "OE Tab 4-1"
_SINGLE = (Family.ALONE, Family.WITH_PARENTS)
_SMALL = 1_000
_FROM_67 = 229 + 1_007


def _mainly(seen: Seen) -> BoolArray:
    return seen.year(2022).recipients & seen.year(2022).mainly


def _of_type(seen: Seen, types: tuple[Family, ...], female: bool | None) -> BoolArray:
    year = seen.year(2022)
    of_type = np.isin(year.at_last(year.homes.family), types)
    if female is not None:
        of_type &= seen.persons.female == female
    return _mainly(seen) & of_type


def _share(types: tuple[Family, ...], female: bool | None = None) -> Callable[[Seen], Pair]:
    return lambda seen: (_of_type(seen, types, female), _mainly(seen))


def _aged(low: int, high: int, female: bool | None) -> National:
    def flags(seen: Seen) -> BoolArray:
        age = seen.year(2022).age
        return _of_type(seen, _SINGLE, female) & (age >= low) & (age <= high)

    return National(flags)


def _single(female: bool, low: int, high: int, published: int) -> Fact:
    name = "women" if female else "men"
    return Fact(
        id=f"single_{name}_{low}_{high}",
        text=f"Single {name} aged {low} to {high}" if low > 18 else f"Single {name} under 20",
        year="2022",
        unit="persons",
        source=_AGES,
        kind=_aged(low, high, female),
        published=published,
        tolerance=0.50 if published < _SMALL else 0.34,
    )


FACTS = (
    *(
        Fact(
            id=f"family_{name}",
            text=f"{label} among those with it as main income",
            year="2022",
            unit="%",
            source=_OE,
            kind=Ratio(_share(types, female), PERCENT),
            published=published,
            tolerance=0.25,
            note=note,
        )
        for name, label, types, female, published, note in (
            ("single_men", "Single men", _SINGLE, False, 40.0, "alone or with parents"),
            ("single_women", "Single women", _SINGLE, True, 23.0, "alone or with parents"),
            ("couples", "Couples without children", (Family.COUPLE,), None, 14.0, ""),
            (
                "couples_with_children",
                "Couples with children",
                (Family.COUPLE_WITH_CHILDREN,),
                None,
                11.0,
                "",
            ),
        )
    ),
    _single(False, 16, 19, 993),
    _single(False, 20, 24, 3_868),
    _single(False, 25, 44, 9_220),
    _single(False, 45, 66, 4_613),
    _single(True, 16, 19, 747),
    _single(True, 20, 24, 2_102),
    _single(True, 25, 44, 3_595),
    _single(True, 45, 66, 3_645),
    Fact(
        id="single_67",
        text="Single men and women aged 67 and over",
        year="2022",
        unit="persons",
        source=_AGES,
        kind=_aged(67, 120, None),
        published=_FROM_67,
        tolerance=0.50,
        held=False,
        note="the world ends with the age of 67",
    ),
)
