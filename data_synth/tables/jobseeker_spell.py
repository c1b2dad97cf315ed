"""Canonical table jobseeker_spell: spells as a registered jobseeker."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.details.dates import first_days, last_days
from data_synth.details.jobseekers import jobseekers
from data_synth.details.measures import participation
from data_synth.details.other_benefits import other_benefits
from data_synth.details.runs import find_runs
from data_synth.life.lives import Lives

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "person",
        "group": "main group: 1 unemployed, 2 part time, 3 in a measure, 4 reduced capacity, "
        "5 the same in a measure, 6 changing jobs, 7 student, 8 newly arrived",
        "from": "first day; no earlier than the delivery's first",
        "to": "last day; no later than the delivery's last",
    }
)


def make_jobseeker_spell(lives: Lives) -> pd.DataFrame:
    """Return one row a spell in a group of jobseekers, by person and date."""
    import pandas as pd

    measures = participation(lives)
    runs = find_runs(jobseekers(lives, measures, other_benefits(lives, measures)))
    return pd.DataFrame(
        {
            "person_id": lives.persons.number[runs.person],
            "group": np.array([str(code) for code in range(9)], dtype=object)[runs.code],
            "from": first_days(lives.first + runs.start),
            "to": last_days(lives.first + runs.stop),
        }
    )
