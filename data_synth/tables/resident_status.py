"""The resident status table: STATUS, at each New Year and where it changes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.details.dates import first_days
from data_synth.details.linked import linked
from data_synth.life.lives import Lives, Status

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "number of the person",
        "date": "day from which the status holds: each 1 January, and the first of a month "
        "in which it changes or is first known",
        "status": "1 resident, 3 emigrated, 5 dead; a death is told once",
    }
)

_NO_STATUS = 0
_CODES = np.zeros(len(Status), dtype=np.int8)
_CODES[[Status.IN, Status.EMIGRATED, Status.DEAD]] = (1, 3, 5)


def make_resident_status(lives: Lives) -> pd.DataFrame:
    """Return the statuses of a chunk, by person and then by date.

    Persons no longer linked have no status, and those not of age nor come yet have none either.
    """
    import pandas as pd

    code = np.where(linked(lives), _CODES[lives.status], np.int8(_NO_STATUS))
    before = np.vstack([np.full((1, code.shape[1]), _NO_STATUS, dtype=np.int8), code[:-1]])
    new_year = (lives.first + np.arange(lives.months)) % 12 == 0
    told = (code != before) | (new_year[:, None] & (code != _CODES[Status.DEAD]))
    told &= (code != _NO_STATUS) & (lives.status == Status.IN).any(axis=0)
    person, row = np.nonzero(told.T)
    return pd.DataFrame(
        {
            "person_id": lives.persons.number[person],
            "date": first_days(lives.first + row),
            "status": code[row, person],
        }
    )
