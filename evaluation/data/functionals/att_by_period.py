"""``att_by_period``: the effect in each period on the cohorts that have adopted by then."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from evaluation.data.functionals._means import mean_effect
from evaluation.data.functionals._rows import column, treated_after
from evaluation.data.functionals.contract import Case, Key, Truth
from evaluation.data.question import Kind

DESIGNS = frozenset({"staggered_did"})
CELLS: Kind = "sums"
PAIRED = False


def absent(case: Case) -> str:
    """Return why there is no truth, empty where there is one."""
    return ""


def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
    """Yield the effect in each period."""
    period, after = column(cells, "period"), treated_after(cells, case)
    for one in np.unique(period[after > 0]):
        key = Key("att_by_period", period=case.calendar.label(int(one)))
        yield key, mean_effect(cells, after * (period == one))
