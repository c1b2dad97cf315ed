"""Canonical table sa_spell: spells of social assistance."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.details.amounts import make_amounts
from data_synth.details.dates import year_months
from data_synth.details.runs import find_runs
from data_synth.life.lives import Lives

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "person",
        "from_ym": "first month, YYYYMM; no earlier than the delivery's first",
        "to_ym": "last month, YYYYMM; no later than the delivery's last",
        "kind": "1 grants alone, 2 some of it as a loan",
    }
)


def make_sa_spell(lives: Lives) -> pd.DataFrame:
    """Return one row a spell of social assistance, by person and month."""
    import pandas as pd

    runs = find_runs(lives.received)
    lent = np.zeros((lives.months + 1, len(lives.persons)), dtype=np.int32)
    np.cumsum(make_amounts(lives).loan > 0, axis=0, out=lent[1:])
    some = lent[runs.stop + 1, runs.person] > lent[runs.start, runs.person]
    return pd.DataFrame(
        {
            "person_id": lives.persons.number[runs.person],
            "from_ym": year_months(lives.first + runs.start),
            "to_ym": year_months(lives.first + runs.stop),
            "kind": np.array(["1", "2"], dtype=object)[some.astype(np.int64)],
        }
    )
