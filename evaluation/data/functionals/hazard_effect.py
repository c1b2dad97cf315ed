"""``hazard_effect``: how the policy moves the monthly probability of entry or exit."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from evaluation.data.functionals._limits import effect_at_cutoff
from evaluation.data.functionals._means import mean_effect
from evaluation.data.functionals._rows import no_cutoff, no_groups, treated_after, up_to_cutoff
from evaluation.data.functionals.contract import Case, Key, Truth
from evaluation.data.functionals.flows import no_hazard
from evaluation.data.question import Kind

DESIGNS = frozenset({"did", "staggered_did", "rd"})
CELLS: Kind = "sums"
PAIRED = False


def absent(case: Case) -> str:
    """Return why there is no truth, empty where there is one."""
    rows = no_cutoff(case) if case.kind == "rd" else no_groups(case)
    return rows or no_hazard(case)


def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
    """Yield the difference of the hazards, each over its own run's rows at risk.

    Survivors differ between the runs away from the cutoff; at it the runs share their history.
    """
    if case.kind == "rd":
        yield Key("hazard_effect"), effect_at_cutoff(cells, up_to_cutoff(cells, case))
    else:
        yield Key("hazard_effect"), mean_effect(cells, treated_after(cells, case))
