"""What offices offer, by their size.

Shares are dealt to offices in number: what deviates is rounding, and a tenth is asked. Thirty per
cent is asked of municipal measures in all, which do not agree with those by size.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from data_synth.facts.fact import Fact
from data_synth.facts.kinds import PERCENT, Settled, mean_of
from data_synth.life.draws import BoolArray, IntArray
from data_synth.places.layout import make_places
from data_synth.places.offices import OPERATORS, PROVISIONS, Offices
from data_synth.places.sizes import CLASS_OF_QUARTER, SIZE_CLASSES, size_quarters
from data_synth.world.schema import World

_SMALL, _MEDIUM, _LARGE = range(len(SIZE_CLASSES))
_FTE = ((3, "largest", 152.0), (2, "second largest", 44.0))
_FTE_SMALL = ((1, "second smallest", 20.0), (0, "smallest", 15.0))


def _quarters(world: World) -> IntArray:
    """Return the size of each office: that of the largest municipality it serves."""
    places = make_places(world)
    size = np.zeros(len(places.offices.ids), dtype=np.int64)
    of = size_quarters(world.municipalities, places.share)
    for first, count, quarter in zip(places.first_office, places.office_count, of, strict=True):
        size[first : first + count] = np.maximum(size[first : first + count], quarter)
    return size


def _share(has: Callable[[Offices], BoolArray], sizes: tuple[int, ...] = (0, 1, 2)) -> Settled:
    def value(world: World) -> float | None:
        counted = np.isin(CLASS_OF_QUARTER[_quarters(world)], sizes)
        return mean_of(has(make_places(world).offices)[counted], PERCENT)

    return Settled(value)


def _run_by_office(sizes: tuple[int, ...] = (0, 1, 2)) -> Settled:
    """Return how many run their most used municipal measure themselves, of those with any."""

    def value(world: World) -> float | None:
        offices = make_places(world).offices
        counted = np.isin(CLASS_OF_QUARTER[_quarters(world)], sizes)
        counted &= offices.municipal_measures > 0
        itself = offices.operator == OPERATORS.index("office")
        return mean_of(itself[counted], PERCENT)

    return Settled(value)


def _provision(name: str) -> Settled:
    return _share(lambda offices: offices.provision == PROVISIONS.index(name))


def _fte(quarter: int) -> Settled:
    return Settled(
        lambda world: mean_of(make_places(world).offices.fte[_quarters(world) == quarter])
    )


def _between(low: int, high: int) -> Callable[[Offices], BoolArray]:
    return lambda offices: (
        (offices.municipal_measures >= low) & (offices.municipal_measures <= high)
    )


def _fact(
    name: str,
    text: str,
    source: str,
    kind: Settled,
    published: float,
    *,
    unit: str = "%",
    tolerance: float = 0.10,
    note: str = "",
    said: str = "",
) -> Fact:
    return Fact(
        id=name,
        text=text,
        year="2022",
        unit=unit,
        source=source,
        kind=kind,
        published=published,
        tolerance=tolerance,
        note=note,
        said=said,
    )


_ANY = 99
_CONFLICT = "24 % with none conflicts with Figure 6-4 by size"
_SCALED = "shares of three kinds that sum to 93, scaled"

FACTS = (
    *(
        _fact(
            f"measures_{name}",
            text,
            "OE 6.2",
            _share(counted),
            published,
            tolerance=0.30,
            note=_CONFLICT,
        )
        for name, text, counted, published in (
            ("0", "No municipal measure", _between(0, 0), 24.0),
            ("1", "One municipal measure", _between(1, 1), 27.0),
            ("2_5", "Two to five municipal measures", _between(2, 5), 41.0),
        )
    ),
    *(
        _fact(
            f"measures_{name}",
            text,
            "OE Fig 6-4",
            _share(counted, sizes),
            published,
        )
        for name, text, counted, sizes, published in (
            ("large", "Two or more, large offices", _between(2, _ANY), (_LARGE,), 90.0),
            ("large_none", "None, large offices", _between(0, 0), (_LARGE,), 10.0),
            ("medium_none", "None, medium offices", _between(0, 0), (_MEDIUM,), 30.0),
            ("small", "Two or more, small offices", _between(2, _ANY), (_SMALL,), 40.0),
            ("small_none", "None, small offices", _between(0, 0), (_SMALL,), 40.0),
        )
    ),
    *(
        _fact(
            f"provision_{name}",
            label,
            "OE 6.2",
            _provision(name),
            published,
            said=said,
            note=_SCALED,
        )
        for name, label, published, said in (
            ("broad_centre", "Broad centre", PERCENT / 3.0, "about a third"),
            ("specialised", "Specialised provision", 35.0, "about 35"),
            ("none", "No provision", 25.0, "about 25"),
        )
    ),
    *(
        _fact(
            f"fte_{name.replace(' ', '_')}",
            f"Staff, {name} quarter of sizes, mean",
            "OE Fig 2-4",
            _fte(quarter),
            published,
            unit="FTE",
        )
        for quarter, name, published in _FTE + _FTE_SMALL
    ),
    _fact("youth_unit", "Youth unit", "OE 5.1", _share(lambda o: o.youth_unit), 60.0),
    _fact("refugee_unit", "Refugee unit", "OE 5.1", _share(lambda o: o.refugee_unit), 27.0),
    _fact(
        "dedicated_staff", "Dedicated staff", "OE 5.1", _share(lambda o: o.dedicated_staff), 82.0
    ),
    Fact(
        id="run_by_office",
        text="Most used municipal measure run by the office itself",
        year="2022",
        unit="%",
        source="OE Fig 6-5",
        kind=_run_by_office(),
        said="about equally",
        bounds=(40.0, 60.0),
        note="40 to 60 is read as equally",
    ),
    Fact(
        id="run_by_larger_office",
        text="The same, large and medium offices",
        year="2022",
        unit="%",
        source="OE Fig 6-5",
        kind=_run_by_office((_MEDIUM, _LARGE)),
        said="the office itself",
        bounds=(50.0, None),
        note="more than half is read so",
    ),
)
