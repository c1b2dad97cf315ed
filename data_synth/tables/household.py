"""The household table: STATUS, at each New Year."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.details.dates import first_days
from data_synth.details.households import household_numbers, make_homes
from data_synth.life.lives import Lives, Status

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "number of the person",
        "household_id": "number of the household; another one when the person leaves home, moves "
        "in with a partner or apart; partners are not persons of the data",
        "family_type": "1 alone, 2 couple without children, 3 couple with children under 18, "
        "4 single parent with children under 18, 5 with parents: the world's own coding",
        "children_under_18": "own children under 18 in the household",
        "date": "1 January",
    }
)


def make_household(lives: Lives) -> pd.DataFrame:
    """Return the households of the residents of a chunk at each New Year, by person, then date."""
    import pandas as pd

    homes = make_homes(lives)
    new_year = (lives.first + np.arange(lives.months)) % 12 == 0
    person, row = np.nonzero((new_year[:, None] & (lives.status == Status.IN)).T)
    return pd.DataFrame(
        {
            "person_id": lives.persons.number[person],
            "household_id": household_numbers(lives, homes.number[row, person], person),
            "family_type": homes.family[row, person].astype(str),
            "children_under_18": homes.children[row, person],
            "date": first_days(lives.first + row),
        }
    )
