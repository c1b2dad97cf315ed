"""``late``: the effect on the outcome over the effect on what the policy gives."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from evaluation.data.functionals._means import ratio_of_effects
from evaluation.data.functionals._rows import no_groups, treated_after
from evaluation.data.functionals.contract import Case, Key, Truth
from evaluation.data.functionals.flows import no_ratio
from evaluation.data.question import Kind

DESIGNS = frozenset({"did", "staggered_did"})
CELLS: Kind = "sums"
PAIRED = True


def absent(case: Case) -> str:
    """Return why there is no truth, empty where there is one."""
    return no_ratio(case)


def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
    """Yield coupled reduced form over coupled first stage.

    Over treated rows after the reform. Where the design names none, over all rows: those that
    the policy leaves alone add nothing to either effect.
    """
    sign = np.ones(len(cells)) if no_groups(case) else treated_after(cells, case)
    yield Key("late"), ratio_of_effects(cells, sign)
