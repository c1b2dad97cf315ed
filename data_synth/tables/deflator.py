"""Canonical table deflator: the basic amount and consumer prices."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from data_synth.life.months import month_index, ym_of
from data_synth.world.schema import World

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "ym": "month, YYYYMM; missing for values of a year",
        "year": "calendar year; missing for values of a month",
        "series": "G, the basic amount in kroner, by month and its average by year; CPI by year",
        "value": "kroner; CPI: 2015 = 100",
    }
)

_CHANGES = 5  # calendar month from whose first day a year's basic amount holds


def make_deflator(world: World) -> pd.DataFrame:
    """Return the series by month and by year, within the years that a world may be asked for."""
    import pandas as pd

    first, last = month_index(world.time.first), month_index(world.time.last)
    g = {int(year): value for year, value in world.prices.g}
    cpi = {int(year): value for year, value in world.prices.cpi}
    years = range(first // 12, last // 12 + 1)
    rows: list[tuple[int | None, int | None, str, float]] = [
        (ym_of(month), None, "G", _at(g, month))
        for month in range(first, last + 1)
        if _holds(month) in g
    ]
    rows += [(None, year, "G", _average(g, year)) for year in years if {year - 1, year} <= g.keys()]
    rows += [(None, year, "CPI", cpi[year]) for year in years if year in cpi]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"ym": "Int32", "year": "Int16", "value": "float64"})


def _holds(month: int) -> int:
    """Return the year whose basic amount holds in the month with index ``month``."""
    return month // 12 - (month % 12 + 1 < _CHANGES)


def _at(g: Mapping[int, float], month: int) -> float:
    return g[_holds(month)]


def _average(g: Mapping[int, float], year: int) -> float:
    months = _CHANGES - 1
    return (months * g[year - 1] + (12 - months) * g[year]) / 12
