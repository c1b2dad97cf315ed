"""``att_relative``: the effect on treated rows less the effect on control rows."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from evaluation.data.functionals._means import mean_effect
from evaluation.data.functionals._rows import no_groups, relative_after
from evaluation.data.functionals.contract import Case, Key, Truth
from evaluation.data.question import Kind

DESIGNS = frozenset({"did"})
CELLS: Kind = "sums"
PAIRED = False


def absent(case: Case) -> str:
    """Return why there is no truth, empty where there is one."""
    return no_groups(case)


def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
    """Yield the difference of the two effects after the reform."""
    yield Key("att_relative"), mean_effect(cells, relative_after(cells, case))
