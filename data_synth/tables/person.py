"""The person table: FIXED, one row a person."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.details.background import (
    COUNTRY_GROUPS,
    IMMIGRANT_CATEGORIES,
    make_backgrounds,
)
from data_synth.details.dates import first_days, year_months
from data_synth.details.linked import linked
from data_synth.life.lives import Lives, Status

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "number of the person",
        "birth_ym": "month of birth, YYYYMM",
        "birth_date": "date of birth",
        "sex": "1 man, 2 woman",
        "immigrant_cat": "A neither, B immigrant, C born in Norway to immigrants",
        "country_group": "Norway; West; Eastern EU; Asia, Africa, other",
        "death_ym": "month of death within the months delivered, YYYYMM; missing for none",
    }
)


def make_person(lives: Lives) -> pd.DataFrame:
    """Return those of a chunk who are ever in the data, by person."""
    import pandas as pd

    at = np.nonzero((lives.status == Status.IN).any(axis=0))[0]
    persons, backgrounds = lives.persons, make_backgrounds(lives)
    died = ((lives.status == Status.DEAD) & linked(lives)).any(axis=0)[at]
    death = pd.array(year_months(persons.death[at]), dtype="Int32")
    death[~died] = pd.NA
    return pd.DataFrame(
        {
            "person_id": persons.number[at],
            "birth_ym": year_months(persons.birth[at]),
            "birth_date": first_days(persons.birth[at])
            + (persons.birth_day[at] - 1).astype("timedelta64[D]"),
            "sex": np.where(persons.female[at], 2, 1).astype(np.int8),
            "immigrant_cat": np.array(IMMIGRANT_CATEGORIES)[backgrounds.category[at]],
            "country_group": np.array(COUNTRY_GROUPS)[backgrounds.group[at]],
            "death_ym": death,
        }
    )
