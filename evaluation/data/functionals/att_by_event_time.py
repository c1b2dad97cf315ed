"""``att_by_event_time``: effects by periods since the reform, or since a cohort's adoption."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from evaluation.data.functionals._means import mean_effect
from evaluation.data.functionals._rows import (
    adopters,
    binned,
    column,
    event_time,
    no_groups,
    relative,
)
from evaluation.data.functionals.contract import Case, Key, Truth
from evaluation.data.question import Kind

DESIGNS = frozenset({"did", "staggered_did", "single_unit"})
CELLS: Kind = "sums"
PAIRED = False


def absent(case: Case) -> str:
    """Return why there is no truth, empty where there is one."""
    return no_groups(case)


def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
    """Yield the effect at each event time: of adopters, of one unit, or of treated less control."""
    if case.kind == "staggered_did":
        time = np.where(adopters(cells, case), event_time(cells), np.nan)
        sign = np.ones(len(cells))
    else:
        alone = case.kind == "single_unit"
        time = column(cells, "event_time")
        sign = column(cells, "treated") if alone else relative(cells)
    for one, rows in binned(time, case):
        yield Key("att_by_event_time", event_time=one), mean_effect(cells, sign * rows)
