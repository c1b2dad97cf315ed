"""Which persons a model's numbers are of, where rows or outcomes are chosen by receipt."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.data.filters import BoolArray, satisfied
from evaluation.data.functionals.flows import AT_RISK
from evaluation.spec.columns import DENOMINATOR_COLUMNS
from evaluation.spec.filters import Filter
from evaluation.spec.model import Model
from evaluation.spec.sample import Sample
from evaluation.spec.spec import Spec

# The column that is 1 in the rows of each denominator.
DENOMINATORS = {columns[0]: name for name, columns in DENOMINATOR_COLUMNS.items() if columns}
# Rows chosen by a transition are a population of their own.
SELECTED_ROWS = frozenset({"at_risk_exit", "at_risk_entry", "entry"})
# Groups in which nobody received in the month before; all others are chosen by receipt.
NOT_RECEIVED = "at_risk_entry"
# What an indicator of receipt, or a transition, may be.
VALUES = (0.0, 1.0, np.nan)


@dataclass(frozen=True)
class Selected:
    """Whom a model's numbers are of.

    Attributes
    ----------
    rows
        Groups to which its rows are restricted, as ``sample.denominator`` and ``sample.rows`` call
        them; empty for everyone.
    outcomes
        ``(outcome, group)`` for transitions that only a part of these rows is at risk of.
    """

    rows: tuple[str, ...]
    outcomes: tuple[tuple[str, str], ...]

    def of(self, outcome: str) -> tuple[str, ...]:
        """Return the groups to which the rows of one outcome are restricted."""
        return (*self.rows, *(group for name, group in self.outcomes if name == outcome))


def selected(spec: Spec, model: Model) -> Selected:
    """Return whom the numbers of one model are of, from the text of a spec alone."""
    rows = selected_rows(spec.sample, model.keep)
    at_risk = (
        (name, AT_RISK[spec.outcomes[name].column])
        for name in spec.outcomes_of(model)
        if spec.outcomes[name].column in AT_RISK
    )
    known = {*rows, NOT_RECEIVED} if "entry" in rows else {*rows}
    return Selected(rows, tuple(one for one in at_risk if one[1] not in known))


def selected_rows(sample: Sample, keep: tuple[Filter, ...] = ()) -> tuple[str, ...]:
    """Return the groups to which a sample's rows are restricted, by further conditions as well."""
    return tuple(dict.fromkeys(_groups(sample, keep)))


def _groups(sample: Sample, keep: tuple[Filter, ...]) -> Iterator[str]:
    if sample.denominator != "population":
        yield sample.denominator
    if isinstance(sample.rows, str) and sample.rows in SELECTED_ROWS:
        yield sample.rows
    for column, group in DENOMINATORS.items():
        without, having, _ = _left(column, sample, keep)
        if having and not without:
            yield group
    for column, group in AT_RISK.items():
        without, _, missing = _left(column, sample, keep)
        if not missing:
            yield "entry" if group == NOT_RECEIVED and not without else group


def _left(column: str, sample: Sample, keep: tuple[Filter, ...]) -> BoolArray:
    """Return which of ``VALUES`` a column may have in the rows that the filters leave."""
    values = pd.Series(VALUES)
    left = np.ones(len(VALUES), dtype=bool)
    for one in (*sample.keep, *keep):
        if one.column == column:
            left &= satisfied(values, one, "keep")
    for one in sample.drop:
        if one.column == column:
            left &= ~satisfied(values, one, "sample.drop")
    return left
