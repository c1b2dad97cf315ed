"""``att_relative``: the effect on treated rows less the effect on control rows.

Under a triple difference: that in the group of ``design.third`` less that in the others.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from evaluation.data.functionals._means import difference_of_effects, mean_effect
from evaluation.data.functionals._rows import column, no_groups, relative_after
from evaluation.data.functionals.contract import Case, Key, Truth
from evaluation.data.question import Kind

DESIGNS = frozenset({"did"})
CELLS: Kind = "sums"
PAIRED = False


def absent(case: Case) -> str:
    """Return why there is no truth, empty where there is one."""
    risk = getattr(case.model.options, "risk", None)
    return no_groups(case) or ("" if risk is None else f"effects differ with {risk}, by estimate")


def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
    """Yield the difference of the two effects after the reform."""
    sign = relative_after(cells, case)
    if case.model.options.compares_third:
        third = column(cells, "third")
        truth = difference_of_effects(cells, sign * (third == 1), sign * (third == 0))
    else:
        truth = mean_effect(cells, sign)
    yield Key("att_relative"), truth
