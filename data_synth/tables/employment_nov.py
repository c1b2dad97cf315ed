"""The November employment table: STATUS, once a year, with the break of its register."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.details.recorded_employment import recorded_employed
from data_synth.life.lives import Lives, Status

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "number of the person",
        "year": "calendar year",
        "status": "in November: 1 employee, 0 not; the self-employed and the registered "
        "unemployed are not told apart; another source from 2015 on",
    }
)

_NOVEMBER = 10  # month of the year from 0


def make_employment_nov(lives: Lives) -> pd.DataFrame:
    """Return the residents of a chunk in each November, by person and then by year."""
    import pandas as pd

    november = (lives.first + np.arange(lives.months)) % 12 == _NOVEMBER
    person, row = np.nonzero((november[:, None] & (lives.status == Status.IN)).T)
    return pd.DataFrame(
        {
            "person_id": lives.persons.number[person],
            "year": ((lives.first + row) // 12).astype(np.int16),
            "status": recorded_employed(lives)[row, person].astype(str),
        }
    )
