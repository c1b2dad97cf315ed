"""The charge table: EVENT, a row a criminal charge."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.details.charges import TYPES, make_charges
from data_synth.details.dates import first_days
from data_synth.life.lives import Lives

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "number of the person",
        "date": "day of the offence charged",
        "type": "property, violence, drugs, traffic or other",
    }
)


def make_charge(lives: Lives) -> pd.DataFrame:
    """Return the charges of a chunk, by person and then by date."""
    import pandas as pd

    charges = make_charges(lives)
    return pd.DataFrame(
        {
            "person_id": lives.persons.number[charges.person],
            "date": first_days(lives.first + charges.row)
            + (charges.day - 1).astype("timedelta64[D]"),
            "type": np.array(TYPES)[charges.kind],
        }
    )
