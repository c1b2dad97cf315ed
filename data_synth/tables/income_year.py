"""The income table: ACCUMULATED, a row a person, calendar year and concept."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.details.incomes import make_incomes
from data_synth.life.lives import Lives

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "number of the person",
        "year": "calendar year, wholly within the months delivered",
        "concept": "wyrkinnt income from work; wies income after tax; pgivinnt pensionable "
        "income, until 2020",
        "nok": "nominal kroner, 0 for none",
    }
)

_LAST_PENSIONABLE = 2020  # the year of the concept's last delivery


def make_income_year(lives: Lives) -> pd.DataFrame:
    """Return the yearly incomes of a chunk, by person, then year, then concept.

    Persons have rows for the years in which they are in the data in some month.
    """
    import pandas as pd

    incomes = make_incomes(lives)
    concepts = {
        "pgivinnt": incomes.pensionable,
        "wies": incomes.after_tax,
        "wyrkinnt": incomes.work,
    }
    person, row = np.nonzero(incomes.present.T)
    years = np.array(incomes.years, dtype=np.int16)[row]
    width = len(concepts)
    kept = np.ones((len(person), width), dtype=np.bool_)
    kept[:, list(concepts).index("pgivinnt")] = years <= _LAST_PENSIONABLE
    nok = np.column_stack([amount[row, person] for amount in concepts.values()])
    at = kept.ravel()
    return pd.DataFrame(
        {
            "person_id": np.repeat(lives.persons.number[person], width)[at],
            "year": np.repeat(years, width)[at],
            "concept": np.tile(np.array(list(concepts)), len(person))[at],
            "nok": nok.ravel()[at].astype(np.int32),
        }
    )
