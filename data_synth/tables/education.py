"""The education table: EVENT, a row for each level completed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.details.dates import first_days
from data_synth.details.schooling import LOWER_SECONDARY, UNKNOWN, make_schooling
from data_synth.life.draws import IntArray
from data_synth.life.lives import Lives, Status

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "number of the person",
        "nus2000": "highest level completed so far: its first digit; then a broad field and "
        "9999, which are made up; 999999 where no level is known",
        "from": "day from which it is on record",
    }
)


def make_education(lives: Lives) -> pd.DataFrame:
    """Return the levels completed by the persons of a chunk, by person and then by date.

    The first row of a person holds what was completed before the first month in the data.
    """
    import pandas as pd

    schooling = make_schooling(lives)
    here = lives.status == Status.IN
    # Absence neither adds nor takes away: the last level known is carried through it.
    known = np.maximum.accumulate(np.where(here, np.arange(lives.months)[:, None], -1))
    columns = np.arange(here.shape[1])
    level = np.where(known >= 0, schooling.completed[np.maximum(known, 0), columns], 0)
    before = np.vstack([np.zeros((1, level.shape[1]), dtype=level.dtype), level[:-1]])
    person, row = np.nonzero(((level != before) & here).T)
    initial = before[row, person] == 0
    month = np.where(initial, schooling.recorded[person], lives.first + row)
    return pd.DataFrame(
        {
            "person_id": lives.persons.number[person],
            "nus2000": _codes(level[row, person].astype(np.int64), schooling.field[person]),
            "from": first_days(month),
        }
    )


def _codes(level: IntArray, field: IntArray) -> np.ndarray:
    # Lower secondary schooling is general: field 0.
    field = np.where(level == LOWER_SECONDARY, 0, field)
    field = np.where(level == UNKNOWN, 9, field)
    return (level * 100_000 + field * 10_000 + 9_999).astype(str)
