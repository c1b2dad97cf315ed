"""``att_gt``: adoption at g against nobody adopting, in each period."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from evaluation.data.functionals._means import mean_effect
from evaluation.data.functionals._rows import adopters, column
from evaluation.data.functionals.contract import Case, Key, Truth
from evaluation.data.question import Kind

DESIGNS = frozenset({"staggered_did"})
CELLS: Kind = "sums"
PAIRED = False


def absent(case: Case) -> str:
    """Return why there is no truth, empty where there is one."""
    return ""


def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
    """Yield the effect on each cohort in each period, those before adoption included."""
    cohort, period, label = column(cells, "cohort"), column(cells, "period"), case.calendar.label
    usable = adopters(cells, case)
    for one in np.unique(cohort[usable]):
        own = usable & (cohort == one)
        for when in np.unique(period[own]):
            key = Key("att_gt", label(int(one)), label(int(when)), int(when - one))
            yield key, mean_effect(cells, (own & (period == when)).astype(np.float64))
