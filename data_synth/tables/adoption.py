"""Canonical table adoption: what offices answered about when they began to set conditions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from data_synth.details.dates import year_months
from data_synth.life.draws import IntArray
from data_synth.life.persons import NEVER
from data_synth.places.layout import make_places
from data_synth.places.survey import DEFINITIONS, REPORTED
from data_synth.world.schema import World

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "municipality": "four-digit code of the base year",
        "base_year": "year whose codes these are: the year before the law",
        "from_ym": "first month in which adoption may lie; missing where unknown",
        "to_ym": "last month in which it may lie; missing where unknown",
        "status": "before, at_law, after or unknown",
        "definition": "narrow (work practice or course) or wide; missing where nobody answered",
        "source": "survey: of offices, each for all the municipalities it serves",
    }
)


def make_adoption(world: World) -> pd.DataFrame:
    """Return one row a municipality of the base year, by code."""
    import pandas as pd

    places = make_places(world)
    mergers, year = places.mergers, world.adoption.law.year - 1
    pieces = np.arange(len(mergers.unit))
    codes, first = np.unique(mergers.codes_at(pieces, year * 12), return_index=True)
    unit = mergers.unit[first]
    status = np.array(REPORTED, dtype=object)[places.reported_status[unit]]
    definition = np.array(DEFINITIONS, dtype=object)[places.definition[unit]]
    definition[status == "unknown"] = None
    return pd.DataFrame(
        {
            "municipality": codes.astype(object),
            "base_year": np.full(len(codes), year, dtype=np.int16),
            "from_ym": _months(places.reported_earliest[unit]),
            "to_ym": _months(places.reported_latest[unit]),
            "status": status,
            "definition": pd.array(definition, dtype="str"),
            "source": np.full(len(codes), "survey", dtype=object),
        }
    )


def _months(index: IntArray) -> Any:
    import pandas as pd

    unknown = index == NEVER
    return pd.arrays.IntegerArray(year_months(np.where(unknown, 0, index)), unknown)
