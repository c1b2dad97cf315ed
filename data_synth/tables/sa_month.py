"""Canonical table sa_month: months of social assistance."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from data_synth.details.amounts import make_amounts
from data_synth.details.dates import year_months
from data_synth.details.payers import payer_codes
from data_synth.life.lives import Lives

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "person",
        "ym": "month, YYYYMM",
        "payer_municipality": "municipality that paid, four-digit code as of the month",
        "grant_nok": "granted, whole nominal kroner",
        "loan_nok": "lent, whole nominal kroner",
        "paid": "1: something was paid",
    }
)


def make_sa_month(lives: Lives) -> pd.DataFrame:
    """Return one row a month of receipt, by person and month."""
    import pandas as pd

    amounts = make_amounts(lives)
    at, row = np.nonzero(np.ascontiguousarray(lives.received.T))
    return pd.DataFrame(
        {
            "person_id": lives.persons.number[at],
            "ym": year_months(lives.first + row),
            "payer_municipality": payer_codes(lives, row, at),
            "grant_nok": amounts.grant[row, at],
            "loan_nok": amounts.loan[row, at],
            "paid": np.ones(len(row), dtype=np.int8),
        }
    )
