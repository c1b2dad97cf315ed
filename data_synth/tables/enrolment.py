"""The enrolment table: EVENT, a row for each spell at a level."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.details.dates import first_days, last_days
from data_synth.details.runs import find_runs
from data_synth.details.schooling import make_schooling
from data_synth.life.lives import Lives

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "number of the person",
        "from": "first day enrolled; the first day delivered for spells that began before",
        "to": "last day enrolled; missing where the spell goes on after the months delivered",
        "level": "level attended, first digit of nus2000",
    }
)


def make_enrolment(lives: Lives) -> pd.DataFrame:
    """Return the enrolment spells of a chunk, by person and then by date."""
    import pandas as pd

    spells = find_runs(make_schooling(lives).attended)
    end = last_days(lives.first + spells.stop)
    end[spells.stop == lives.months - 1] = np.datetime64("NaT")
    return pd.DataFrame(
        {
            "person_id": lives.persons.number[spells.person],
            "from": first_days(lives.first + spells.start),
            "to": end,
            "level": spells.code.astype(str),
        }
    )
