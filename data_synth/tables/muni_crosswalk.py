"""Canonical table muni_crosswalk: municipalities of each classification in the last one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.life.months import month_index, ym_of
from data_synth.places.layout import make_places
from data_synth.world.schema import World

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "code_from": "four-digit code of the classification in force from valid_ym",
        "code_to": "four-digit code of the last classification; municipalities linked by any "
        "code are one harmonised municipality, known by its lowest code_to",
        "valid_ym": "first month of the classification of code_from, which holds until the next",
        "weight": "share of code_from that code_to holds; of a code and month they sum to 1",
        "weight_basis": "population",
    }
)


def make_muni_crosswalk(world: World) -> pd.DataFrame:
    """Return one row a classification, code in it and code in the last classification."""
    import pandas as pd

    places = make_places(world)
    mergers = places.mergers
    starts = [month_index(world.time.first), *(int(day) for day in mergers.dates)]
    vintages = [
        pd.DataFrame(
            {
                "code_from": codes,
                "code_to": mergers.codes[-1],
                "valid_ym": np.int32(ym_of(start)),
                "weight": places.share[mergers.unit] * mergers.share,
            }
        )
        for start, codes in zip(starts, mergers.codes, strict=True)
    ]
    keys = ["valid_ym", "code_from", "code_to"]
    frame = pd.concat(vintages).groupby(keys)["weight"].sum().reset_index()
    total = frame.groupby(keys[:2])["weight"].transform("sum")
    frame["weight"] = frame["weight"] / total
    frame["weight_basis"] = "population"
    return frame[list(COLUMNS)]
