"""``quantile_effect``: how the policy moves the quantiles of the outcome of treated rows."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from evaluation.data.functionals._quantiles import quantile_difference
from evaluation.data.functionals._rows import no_groups
from evaluation.data.functionals.contract import Case, Key, Truth
from evaluation.data.question import Kind

DESIGNS = frozenset({"did", "staggered_did"})
CELLS: Kind = "values"
PAIRED = False


def absent(case: Case) -> str:
    """Return why there is no truth, empty where there is one."""
    named = "" if case.model.quantiles else f"models.{case.model.id}.quantiles names none"
    # The quantiles of a policy's treated rows are not those of everybody.
    everyone = getattr(case.model.options, "rows", "treated") == "all"
    if everyone:
        return "it is of treated rows; rows = 'all' asks for the quantiles of all rows"
    return no_groups(case) or named


def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
    """Yield the difference of each quantile between the runs; not a quantile of differences."""
    for quantile in case.model.quantiles:
        yield Key("quantile_effect", quantile=quantile), quantile_difference(cells, quantile)
