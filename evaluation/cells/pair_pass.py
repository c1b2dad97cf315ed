"""Pair cells: sums over units seen at two points of the running variable, from one scan.

The score of a person in a regression discontinuity is a sum over points, so that products of what
persons have at two points give the person-clustered variance for every bandwidth, kernel, order,
donut and cutoff. Values of 0 and 1 are read as words of bits by unit, others as rows.
"""

from __future__ import annotations

import operator
from dataclasses import replace
from functools import reduce
from typing import Any

from evaluation.cells.centres import about, find_centres
from evaluation.cells.expressions.rows import sample_rows
from evaluation.cells.expressions.sums import Term, term_of
from evaluation.cells.expressions.values import facts_of, may_lack
from evaluation.cells.pair_parts import part_code, post_of, third_of
from evaluation.cells.pair_products import pair_sums
from evaluation.cells.pair_rows import PART, POINT, UNIT, VALUE, sums_from_rows
from evaluation.cells.pair_words import POST, THIRD, points_of_words
from evaluation.cells.plan import PairPass, Plan
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.cells.whole import whole_columns
from evaluation.cells.words import unit_words
from evaluation.data.moments import PairCells
from evaluation.errors import DataError

# Numbers of one matrix of products: 800 MB.
LARGEST = 100_000_000


def run_pair_pass(relation: Relation, plan: Plan, one: PairPass, settings: Settings) -> PairCells:
    """Return the pair cells of one pass.

    ``running`` holds the running variable's own values, from which no cutoff is taken off: one set
    of pairs serves every cutoff.

    Parameters
    ----------
    relation
        The panel.
    plan
        Conditions, flags and the unit; unweighted.
    one
        Rows and variables.
    settings
        Limits of the engine.

    Raises
    ------
    DataError
        Where the panel names no unit or has weights, or points are too many.
    """
    if plan.units is None:
        raise DataError("panel.unit: is missing, and pair cells are sums over units")
    if plan.weight is not None:
        raise DataError("panel.weight: pair cells know no weights; run from microdata")
    whole = whole_columns(relation, plan, one.quantities, settings)
    table, terms = _rows(relation, plan, one, whole)
    places = [at for at, term in enumerate(terms) if not term.whole]
    centres = find_centres(relation, one.quantities, places, whole, settings)
    terms = about(terms, centres)
    facts = facts_of(relation, one.point)
    discrete = facts.kind == "integer" or (facts.kind == "float" and facts.whole is True)
    found = None
    if discrete and all(term.binary for term in terms):
        found = _from_words(relation, plan, one, settings, table, terms)
    if found is None:
        found = _from_rows(relation, plan, one, settings, table, terms)
    names = ("one", "y", *(quantity.name for quantity in one.quantities[1:]))
    taken = (0.0, *(centres.get(at, 0.0) for at in range(len(terms)))) if centres else ()
    return replace(found, variables=names, centres=taken)


def _rows(
    relation: Relation, plan: Plan, one: PairPass, whole: Any
) -> tuple[Any, tuple[Term, ...]]:
    """Return the rows with every flag set and nothing missing, and the quantities."""
    table = sample_rows(relation, plan)
    terms = [term_of(relation, table, quantity, whole) for quantity in one.quantities]
    wanted = [table[flag] == 1 for flag in one.flags]
    wanted += [term.value.notnull() for term in terms if term.lacks]
    wanted += [table[flag].notnull() for flag in (one.post, one.third) if flag is not None]
    if may_lack(facts_of(relation, one.point)):
        wanted.append(table[one.point].notnull())
    if wanted:
        table = table.filter(reduce(operator.and_, wanted))
    return table, tuple(term_of(relation, table, quantity, whole) for quantity in one.quantities)


def _from_words(
    relation: Relation,
    plan: Plan,
    one: PairPass,
    settings: Settings,
    table: Any,
    terms: tuple[Term, ...],
) -> PairCells | None:
    """Return the pairs from words of bits, ``None`` where a unit has two rows at one point."""
    names = tuple(str(at) for at in range(len(terms)))
    flags = {POST: one.post, THIRD: one.third}
    parted = {name: table[flag].cast("int64") for name, flag in flags.items() if flag is not None}
    bits = {name: term.value.cast("int64") for name, term in zip(names, terms, strict=True)}
    unit = "" if plan.units is None else plan.units.unit
    words = unit_words(relation, settings, table, unit, table[one.point], parted, bits)
    if words.repeated or not words.units:
        return None
    points = points_of_words(words, names)
    _require(points.values.points, len(terms) + 1, one)
    sums = pair_sums(points.values)
    return PairCells(
        points.running,
        post_of(points.part),
        (),
        sums.products,
        sums.units,
        sums.successive,
        third=third_of(points.part),
        apart=sums.apart,
    )


def _from_rows(
    relation: Relation,
    plan: Plan,
    one: PairPass,
    settings: Settings,
    table: Any,
    terms: tuple[Term, ...],
) -> PairCells:
    import ibis

    unit = "" if plan.units is None else plan.units.unit
    whole = all(term.whole for term in terms)
    post, third = (
        ibis.literal(-1, "int64") if flag is None else table[flag].cast("int64")
        for flag in (one.post, one.third)
    )
    columns = {UNIT: table[unit], POINT: table[one.point], PART: part_code(post, third)}
    for at, term in enumerate(terms):
        columns[f"{VALUE}{at}"] = term.value.cast("int64" if whole else "float64")

    def require(points: int) -> None:
        _require(points, len(terms) + 1, one)

    return sums_from_rows(relation, settings, table.select(**columns), whole, require)


def _require(points: int, variables: int, one: PairPass) -> None:
    """Refuse more points than their products have room for."""
    if (points * variables) ** 2 > LARGEST:
        raise DataError(
            f"pair cells: {one.point!r} has {points} values with rows, too many for products of "
            "every two: narrow sample.keep around the cutoff, coarsen it, or run from microdata"
        )
