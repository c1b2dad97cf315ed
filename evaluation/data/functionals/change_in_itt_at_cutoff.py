"""``change_in_itt_at_cutoff``: the jump of a flow after the reform less that before it."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from evaluation.data.functionals._limits import change_at_cutoff
from evaluation.data.functionals._rows import change_up_to_cutoff, no_cutoff, no_reform
from evaluation.data.functionals.contract import Case, Key, Truth
from evaluation.data.functionals.flows import no_jump
from evaluation.data.question import Kind

DESIGNS = frozenset({"rd"})
CELLS: Kind = "sums"
PAIRED = False


def absent(case: Case) -> str:
    """Return why there is no truth, empty where there is one."""
    return no_cutoff(case) or no_reform(case) or no_jump(case)


def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
    """Yield the difference of the two jumps; before the law only early adopters have one."""
    sign = change_up_to_cutoff(cells, case)
    yield Key("change_in_itt_at_cutoff"), change_at_cutoff(cells, sign)
