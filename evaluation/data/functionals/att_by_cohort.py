"""``att_by_cohort``: the effect on each cohort after its adoption."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from evaluation.data.functionals._means import mean_effect
from evaluation.data.functionals._rows import adopters, column, treated_after
from evaluation.data.functionals.contract import Case, Key, Truth
from evaluation.data.question import Kind

DESIGNS = frozenset({"staggered_did"})
CELLS: Kind = "sums"
PAIRED = False


def absent(case: Case) -> str:
    """Return why there is no truth, empty where there is one."""
    return ""


def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
    """Yield the effect on each cohort, over its periods from adoption on."""
    cohort, after = column(cells, "cohort"), treated_after(cells, case)
    for one in np.unique(cohort[adopters(cells, case)]):
        key = Key("att_by_cohort", cohort=case.calendar.label(int(one)))
        yield key, mean_effect(cells, after * (cohort == one))
