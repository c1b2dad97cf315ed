"""``att``: the policy's effect on treated rows after the reform."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from evaluation.data.functionals._means import mean_effect
from evaluation.data.functionals._rows import no_groups, treated_after
from evaluation.data.functionals.contract import Case, Key, Truth
from evaluation.data.question import Kind

DESIGNS = frozenset({"did", "staggered_did", "single_unit"})
CELLS: Kind = "sums"
PAIRED = False


def absent(case: Case) -> str:
    """Return why there is no truth, empty where there is one."""
    if case.kind == "did" and case.model.estimator == "switching":
        return "is the effect in the period of a switch alone, and not in those after it"
    return no_groups(case)


def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
    """Yield the effect, each mean over its own run's rows."""
    yield Key("att"), mean_effect(cells, treated_after(cells, case))
