"""Canonical table measure_spell: spells in labour market measures."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.details.dates import first_days, last_days
from data_synth.details.measures import Measure, Provider, participation
from data_synth.details.runs import find_runs
from data_synth.life.lives import Lives

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "person",
        "measure": "course, work_training or follow_up",
        "provider": "state, municipal or voluntary",
        "from": "first day; no earlier than the delivery's first",
        "to": "last day; no later than the delivery's last",
    }
)


def make_measure_spell(lives: Lives) -> pd.DataFrame:
    """Return one row a spell in a measure, by person and date: one measure at a time."""
    import pandas as pd

    taken = participation(lives)
    width = len(Measure)
    runs = find_runs(taken.provider * np.int8(width) + taken.measure)
    measures = np.array([kind.name.lower() for kind in Measure], dtype=object)
    providers = np.array([kind.name.lower() for kind in Provider], dtype=object)
    return pd.DataFrame(
        {
            "person_id": lives.persons.number[runs.person],
            "measure": measures[runs.code % width],
            "provider": providers[runs.code // width],
            "from": first_days(lives.first + runs.start),
            "to": last_days(lives.first + runs.stop),
        }
    )
