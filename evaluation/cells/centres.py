"""What is taken off a quantity before it is multiplied, so that large means cost no digits.

With Σ(y - c) and Σ(y - c)² in the place of Σy and Σy², what is left of the variance inside a cell
keeps its digits wherever c lies within a few standard deviations of the mean (Chan, Golub and
LeVeque 1983, American Statistician 37(3), section 2). Sums of whole numbers are exact without.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from evaluation.cells.engines import engine_of
from evaluation.cells.expressions.sums import Term, term_of
from evaluation.cells.expressions.values import without_nan
from evaluation.cells.plan import PREFIX, CellPass, Plan, Quantity
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings

CENTRE = f"{PREFIX}centre_"
# Digits of a centre: engines that add in another order still agree on it.
DIGITS = 9


def centre_name(name: str) -> str:
    """Return the column of a table of cells that holds what was taken off a quantity."""
    return CENTRE + name


def centre_in(frame: pd.DataFrame, name: str) -> float:
    """Return what was taken off a quantity in a table of cells, 0 where nothing was."""
    held = centre_name(name)
    return float(frame[held].iloc[0]) if held in frame and len(frame) else 0.0


def centred_places(
    relation: Relation, plan: Plan, one: CellPass, whole: Mapping[str, bool]
) -> tuple[int, ...]:
    """Return the positions of quantities whose squares are sums of floating-point numbers.

    Parameters
    ----------
    relation, plan, one
        A pass over a panel.
    whole
        Whether each float column among the quantities and the weight holds whole numbers alone.
    """

    def term(quantity: Quantity) -> Term:
        return term_of(relation, relation.table, quantity, whole)

    exact = plan.weight is None or term(Quantity(plan.weight, plan.weight)).whole
    terms = [term(quantity) for quantity in one.quantities]
    return tuple(
        at
        for at, quantity in enumerate(one.quantities)
        if (at, at) in one.products
        and not (terms[at].whole and (exact or terms[at].binary or quantity.name in one.fine))
    )


def find_centres(
    relation: Relation,
    quantities: Sequence[Quantity],
    places: Sequence[int],
    whole: Mapping[str, bool],
    settings: Settings,
) -> dict[int, float]:
    """Return the mean of quantities over all rows read, to nine digits, by position.

    All rows, not those of the sample: cells of a narrower sample then have the same centre.

    Parameters
    ----------
    relation
        The panel.
    quantities
        Quantities of a pass.
    places
        Positions of those that are wanted.
    whole
        Whether each float column holds whole numbers alone.
    settings
        Limits of the engine.
    """
    if not places:
        return {}
    query = means(relation, quantities, places, whole)
    found = engine_of(relation).fetch(relation, query, settings, True).to_pylist()[0]
    return {
        at: float(f"{float(found[centre_name(quantities[at].name)]):.{DIGITS}g}") for at in places
    }


def means(
    relation: Relation,
    quantities: Sequence[Quantity],
    places: Sequence[int],
    whole: Mapping[str, bool],
) -> Any:
    """Return the means of quantities as an Ibis table of one row, 0 where there are no values.

    Parameters
    ----------
    relation, quantities, places, whole
        As for :func:`find_centres`.
    """
    table = without_nan(relation.table, relation.columns)
    found = {}
    for at in places:
        value = term_of(relation, table, quantities[at], whole).value.cast("float64")
        finite = ~(value.isnan() | value.isinf())
        found[centre_name(quantities[at].name)] = value.mean(where=finite).fill_null(0.0)
    return table.aggregate(**found)


def about(terms: Sequence[Term], centres: Mapping[int, Any]) -> tuple[Term, ...]:
    """Return terms less their centres.

    Parameters
    ----------
    terms
        What is summed.
    centres
        Numbers, or Ibis columns, by position.
    """
    return tuple(
        replace(
            term, value=term.value.cast("float64") - centres[at], whole=False, bound=None,
            binary=False,
        )
        if at in centres
        else term
        for at, term in enumerate(terms)
    )  # fmt: skip


def beside_rows(
    relation: Relation,
    quantities: Sequence[Quantity],
    places: Sequence[int],
    whole: Mapping[str, bool],
) -> Relation:
    """Return the relation with every mean as a column, for a text that is run elsewhere.

    Means are rounded to whole numbers, so that sums of whole numbers stay such.

    Parameters
    ----------
    relation, quantities, places, whole
        As for :func:`find_centres`.
    """
    if not places:
        return relation
    found = means(relation, quantities, places, whole)
    found = found.mutate(**{name: found[name].round().cast("float64") for name in found.columns})
    return replace(relation, table=relation.table.cross_join(found))
