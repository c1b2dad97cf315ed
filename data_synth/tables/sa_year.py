"""Canonical table sa_year: a recipient's year in a municipality."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data_synth.details.amounts import make_amounts
from data_synth.details.jobseekers import jobseekers
from data_synth.details.living import make_living
from data_synth.details.measures import participation
from data_synth.details.other_benefits import other_benefits
from data_synth.details.payers import payer_codes
from data_synth.details.records import yearly_records
from data_synth.life.lives import Bytes, Lives

if TYPE_CHECKING:
    import pandas as pd

COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "person_id": "person",
        "year": "calendar year",
        "payer_municipality": "municipality that paid, four-digit code; a row for each",
        "months": "months paid by this municipality",
        "grant_nok": "granted by this municipality in the year, whole nominal kroner",
        "loan_nok": "lent by this municipality in the year, whole nominal kroner",
        "n_municipalities": "municipalities that paid the person in the year",
        "main_source": "main source of livelihood at the last contact: 11F VKLO; 5 is assistance",
        "work_status": "situation at the last contact: 11F ARBSIT, two digits",
        "housing": "housing at the last contact: 11F BOSIT",
    }
)


def make_sa_year(lives: Lives) -> pd.DataFrame:
    """Return one row a recipient, calendar year and paying municipality, in this order."""
    import pandas as pd

    records, amounts = yearly_records(lives), make_amounts(lives)
    measures = participation(lives)
    claims = other_benefits(lives, measures)
    living = make_living(lives, measures, claims, jobseekers(lives, measures, claims))
    row, at = records.row[records.end], records.at[records.end]
    _, first, several = np.unique(
        records.person * 10_000 + records.year, return_index=True, return_counts=True
    )
    numbers = np.repeat(several, np.diff(np.append(first, len(records))))
    months = records.row, records.at
    return pd.DataFrame(
        {
            "person_id": lives.persons.number[records.person],
            "year": records.year.astype(np.int16),
            "payer_municipality": payer_codes(lives, row, at),
            "months": (records.end - records.begin + 1).astype(np.int8),
            "grant_nok": _sums(amounts.grant[months], records.begin),
            "loan_nok": _sums(amounts.loan[months], records.begin),
            "n_municipalities": numbers.astype(np.int8),
            "main_source": _codes(living.main_source[row, at], 1),
            "work_status": _codes(living.work_status[row, at], 2),
            "housing": _codes(living.housing[row, at], 1),
        }
    )


def _sums(values: NDArray[np.int32], begin: NDArray[np.int64]) -> NDArray[np.int64]:
    if not len(begin):
        return np.zeros(0, dtype=np.int64)
    return np.add.reduceat(values.astype(np.int64), begin)


def _codes(values: Bytes, width: int) -> NDArray[np.object_]:
    return np.array([f"{code:0{width}d}" for code in range(16)], dtype=object)[values]
