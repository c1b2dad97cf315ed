"""``kink_at_cutoff``: the slope of a stock under the duty less its slope without it, a month."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from evaluation.data.functionals._limits import effect_at_cutoff
from evaluation.data.functionals._rows import no_cutoff, up_to_cutoff
from evaluation.data.functionals.contract import Case, Key, Truth
from evaluation.data.functionals.flows import no_kink
from evaluation.data.question import Kind

DESIGNS = frozenset({"rd"})
CELLS: Kind = "sums"
PAIRED = False


def absent(case: Case) -> str:
    """Return why there is no truth, empty where there is one."""
    return no_cutoff(case) or no_kink(case)


def truths(cells: pd.DataFrame, case: Case) -> Iterator[tuple[Key, Truth]]:
    r"""Yield the kink: one month's difference between the runs.

    Let :math:`S(a)` be a stock by age in months. Its step from one month of age to the next is
    the month's inflow less its outflow, :math:`S(a) - S(a - 1) = f(a, d)`, where d says whether
    the duty holds in the month and everything else in f, composition included, is settled by the
    months before and is continuous in age at the cutoff. The slope on the treated side tends to
    :math:`f(c, 1)`, that on the other to :math:`f(c, 0)`. Both runs have the same history up to
    the month before, so that their stocks differ by :math:`f(a, 1) - f(a, 0)` and nothing else:
    at the cutoff that is the difference of the slopes, treated less untreated side, in units of
    the outcome a month of age; ``effect_at_cutoff`` takes the limit, as for flows.
    """
    yield Key("kink_at_cutoff"), effect_at_cutoff(cells, up_to_cutoff(cells, case))
