"""Rows of the sample with what their cell is known by, and what they add to it."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from evaluation.cells.expressions.rows import sample_rows
from evaluation.cells.expressions.shares import with_shares
from evaluation.cells.expressions.sums import Term, term_of
from evaluation.cells.plan import CellPass, Plan, Quantity
from evaluation.cells.relation import Relation


@dataclass(frozen=True)
class KeyedRows:
    """Rows of the sample.

    Attributes
    ----------
    table
        Ibis table with the panel's columns and the flags.
    terms
        Quantities of the pass, in order.
    weight
        Weight, null where it is not positive; ``None`` in an unweighted panel.
    missing
        Bits of what is null, as ``ad_missing``; ``None`` where nothing can be.
    """

    table: Any
    terms: tuple[Term, ...]
    weight: Term | None
    missing: Any

    @property
    def factor(self) -> tuple[Term, ...]:
        """What every sum is multiplied by."""
        return () if self.weight is None else (self.weight,)


def keyed_rows(
    relation: Relation, plan: Plan, one: CellPass, whole: Mapping[str, bool], shares: bool = False
) -> KeyedRows:
    """Return the rows of the sample as one pass sees them.

    Parameters
    ----------
    relation
        The panel.
    plan
        Conditions, flags and weight.
    one
        Quantities.
    whole
        Whether each float column among the quantities and the weight holds whole numbers alone.
    shares
        Whether rows carry the share of their unit.

    Raises
    ------
    DataError
        Unknown columns, quantities that are no numbers, text compared with numbers.
    """
    table = sample_rows(relation, plan)
    if shares and plan.units is not None:
        table = with_shares(table, plan.units.unit)
    terms = tuple(term_of(relation, table, quantity, whole) for quantity in one.quantities)
    weight = None
    if plan.weight is not None:
        named = Quantity(plan.weight, plan.weight)
        weight = _positive(term_of(relation, table, named, whole))
    return KeyedRows(table, terms, weight, _missing([*terms, *([weight] if weight else [])]))


def _positive(term: Term) -> Term:
    """Return a weight, null where it is not positive."""
    import ibis

    value = (term.value > 0).ifelse(term.value, ibis.null(term.value.type()))
    return replace(term, value=value, lacks=True)


def _missing(terms: Sequence[Term]) -> Any:
    """Return the bits of what is null, as int64; ``None`` where nothing can be."""
    bits = [
        term.value.isnull().cast("int64") * 2**at for at, term in enumerate(terms) if term.lacks
    ]
    return reduce(operator.add, bits) if bits else None
