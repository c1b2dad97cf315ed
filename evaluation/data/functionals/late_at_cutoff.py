"""``late_at_cutoff``: the jump of a flow over the jump of what the duty gives."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from evaluation.data.functionals._limits import ratio_at_cutoff
from evaluation.data.functionals._rows import no_cutoff, up_to_cutoff
from evaluation.data.functionals.contract import Case, Key, Truth
from evaluation.data.functionals.flows import FLOWS, no_jump, no_ratio
from evaluation.data.question import Kind

DESIGNS = frozenset({"rd"})
CELLS: Kind = "sums"
PAIRED = True


def absent(case: Case) -> str:
    """Return why there is no truth, empty where there is one."""
    return no_cutoff(case) or no_jump(case) or no_ratio(case) or _no_stage(case)


def _no_stage(case: Case) -> str:
    if case.first_stage in FLOWS:
        return ""
    return f"{case.first_stage} is a stock: at the cutoff there is no first stage"


def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
    """Yield coupled reduced form over coupled first stage, both in the limit at the cutoff."""
    yield Key("late_at_cutoff"), ratio_at_cutoff(cells, up_to_cutoff(cells, case))
