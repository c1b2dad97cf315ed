"""Months of assistance as wide years: one record a person, paying municipality and year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Amounts = NDArray[np.int64]


@dataclass(frozen=True)
class Years:
    """Records by person, municipality and year, in the order of their first month.

    Attributes
    ----------
    person, municipality
        ``pyarrow`` arrays of keys and codes, shape ``(n,)``.
    year
        Shape ``(n,)``.
    grant, loan
        Kroner by calendar month, shape ``(n, 12)``, 0 where there is no record.
    recorded, paid
        Whether a month has a record, and whether it was paid, shape ``(n, 12)``.
    """

    person: Any
    municipality: Any
    year: Amounts
    grant: Amounts
    loan: Amounts
    recorded: NDArray[np.bool_]
    paid: NDArray[np.bool_]


def wide_years(sa_month: Any) -> Years:
    """Lay out the canonical table ``sa_month``, a ``pyarrow.Table``."""
    import pandas as pd

    ym = sa_month["ym"].to_numpy()
    person, payer = sa_month["person_id"], sa_month["payer_municipality"]
    by = pd.DataFrame(
        {
            "person": pd.factorize(person.to_pandas())[0],
            "payer": pd.factorize(payer.to_pandas())[0],
            "year": ym // 100,
        }
    )
    group = by.groupby(["person", "payer", "year"], sort=False).ngroup().to_numpy(np.int64)
    first = np.unique(group, return_index=True)[1]
    at = (group, ym % 100 - 1)

    def spread(column: str) -> Amounts:
        wide = np.zeros((len(first), 12), dtype=np.int64)
        np.add.at(wide, at, sa_month[column].fill_null(0).to_numpy())
        return wide

    recorded = np.zeros((len(first), 12), dtype=np.bool_)
    recorded[at] = True
    return Years(
        person=person.combine_chunks().take(first),
        municipality=payer.combine_chunks().take(first),
        year=(ym[first] // 100).astype(np.int64),
        grant=spread("grant_nok"),
        loan=spread("loan_nok"),
        recorded=recorded,
        paid=spread("paid") > 0,
    )
