"""``itt_at_cutoff``: what the current month's duty does to a flow."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from evaluation.data.functionals._limits import effect_at_cutoff
from evaluation.data.functionals._rows import no_cutoff, up_to_cutoff
from evaluation.data.functionals.contract import Case, Key, Truth
from evaluation.data.functionals.flows import no_jump
from evaluation.data.question import Kind

DESIGNS = frozenset({"rd"})
CELLS: Kind = "sums"
PAIRED = False


def absent(case: Case) -> str:
    """Return why there is no truth, empty where there is one."""
    return no_cutoff(case) or no_jump(case)


def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
    """Yield the flow under the duty less the flow without it, in the limit at the cutoff.

    Histories are the actual ones in both runs, so that composition is the same.
    """
    yield Key("itt_at_cutoff"), effect_at_cutoff(cells, up_to_cutoff(cells, case))
