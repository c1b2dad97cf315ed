"""The residence table: EVENT, a row for each stay at one municipality code and district."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.details.addresses import make_addresses
from data_synth.details.dates import first_days, last_days
from data_synth.details.runs import find_runs
from data_synth.life.lives import Lives, Status

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "number of the person",
        "municipality": "four-digit code as of the dates of the stay",
        "district": "two-digit district of the largest municipality; missing elsewhere",
        "valid_from": "first day of the stay; the first day delivered for stays begun before",
        "valid_to": "last day of the stay; missing where it goes on after the months delivered",
    }
)

_DISTRICTS = 100


def make_residence(lives: Lives) -> pd.DataFrame:
    """Return the stays of a chunk, by person and then by date.

    A stay ends with a move, with a new code for the same place, and when the person leaves the
    data.
    """
    import pandas as pd

    addresses = make_addresses(lives)
    label = 1 + addresses.code.astype(np.int64) * _DISTRICTS + addresses.district
    stays = find_runs(np.where(lives.status == Status.IN, label, 0))
    code, district = np.divmod(stays.code - 1, _DISTRICTS)
    end = last_days(lives.first + stays.stop)
    end[stays.stop == lives.months - 1] = np.datetime64("NaT")
    names = np.array([None, *(f"{number:02d}" for number in range(1, _DISTRICTS))], dtype=object)
    return pd.DataFrame(
        {
            "person_id": lives.persons.number[stays.person],
            "municipality": addresses.codes[code],
            "district": pd.array(names[district], dtype="string"),
            "valid_from": first_days(lives.first + stays.start),
            "valid_to": end,
        }
    )
