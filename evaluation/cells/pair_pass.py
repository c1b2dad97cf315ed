"""Pair cells: sums over units seen at two points of the running variable, from one scan.

The score of a person in a regression discontinuity is a sum over points, so that products of what
persons have at two points give the person-clustered variance for every bandwidth, kernel, order,
donut and cutoff. Values of 0 and 1 are read as words of bits by unit, others as rows.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import reduce
from typing import Any

from evaluation.cells.centres import about, find_centres
from evaluation.cells.expressions.rows import sample_rows
from evaluation.cells.expressions.sums import Term, term_of
from evaluation.cells.expressions.values import facts_of, may_lack
from evaluation.cells.pair_parts import part_code
from evaluation.cells.pair_rows import PART, POINT, UNIT, VALUE, sums_from_rows
from evaluation.cells.pair_scan import scan_pairs
from evaluation.cells.pair_words import pairs_of_words
from evaluation.cells.plan import PairPass, Plan
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.cells.whole import whole_columns
from evaluation.data.moments import PairCells
from evaluation.errors import DataError

# Numbers of one matrix of products: 800 MB.
LARGEST = 100_000_000


def run_pair_passes(
    relation: Relation, plan: Plan, passes: tuple[PairPass, ...], settings: Settings
) -> dict[str, PairCells]:
    """Return the pair cells of some passes, by name: of 0 and 1 from one scan, where units allow.

    ``running`` holds the running variable's own values, from which no cutoff is taken off: one set
    of pairs serves every cutoff.

    Parameters
    ----------
    relation
        The panel.
    plan
        Conditions, flags and the unit; unweighted.
    passes
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
    quantities = tuple(dict.fromkeys(quantity for one in passes for quantity in one.quantities))
    whole = whole_columns(relation, plan, quantities, settings)
    bits: dict[str, list[PairPass]] = {}
    for one in passes:
        if _is_bits(relation, one, whole):
            bits.setdefault(one.point, []).append(one)
    found: dict[str, PairCells] = {}
    for alike in bits.values():
        found |= _from_bits(relation, plan, tuple(alike), settings, whole)
    return {
        one.name: found[one.name]
        if one.name in found
        else _from_rows(relation, plan, one, settings, whole)
        for one in passes
    }


def _is_bits(relation: Relation, one: PairPass, whole: Mapping[str, bool]) -> bool:
    """Whether points are whole numbers and all variables 0 or 1."""
    facts = facts_of(relation, one.point)
    discrete = facts.kind == "integer" or (facts.kind == "float" and facts.whole is True)
    terms = (term_of(relation, relation.table, quantity, whole) for quantity in one.quantities)
    return discrete and all(term.binary for term in terms)


def _from_bits(
    relation: Relation,
    plan: Plan,
    passes: tuple[PairPass, ...],
    settings: Settings,
    whole: Mapping[str, bool],
) -> dict[str, PairCells]:
    """Return the pairs of passes over one running variable but where bits do not tell them."""
    scan = scan_pairs(relation, plan, passes, settings, whole)
    if scan is None:
        alone = passes if len(passes) > 1 else ()
        each = (_from_bits(relation, plan, (one,), settings, whole) for one in alone)
        return {name: pairs for found in each for name, pairs in found.items()}
    found: dict[str, PairCells] = {}
    for one in passes:
        words = scan.of(one.name)
        if len(words.unit):
            found[one.name] = _named(pairs_of_words(words, _limit(one)), one)
    return found


def _from_rows(
    relation: Relation, plan: Plan, one: PairPass, settings: Settings, whole: Mapping[str, bool]
) -> PairCells:
    import ibis

    table, terms = _rows(relation, plan, one, whole)
    places = [at for at, term in enumerate(terms) if not term.whole]
    centres = find_centres(relation, one.quantities, places, whole, settings)
    terms = about(terms, centres)
    unit = "" if plan.units is None else plan.units.unit
    exact = all(term.whole for term in terms)
    post, third = (
        ibis.literal(-1, "int64") if flag is None else table[flag].cast("int64")
        for flag in (one.post, one.third)
    )
    columns = {UNIT: table[unit], POINT: table[one.point], PART: part_code(post, third)}
    for at, term in enumerate(terms):
        columns[f"{VALUE}{at}"] = term.value.cast("int64" if exact else "float64")
    found = sums_from_rows(relation, settings, table.select(**columns), exact, _limit(one))
    taken = (0.0, *(centres.get(at, 0.0) for at in range(len(terms)))) if centres else ()
    return replace(_named(found, one), centres=taken)


def _rows(
    relation: Relation, plan: Plan, one: PairPass, whole: Mapping[str, bool]
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


def _named(found: PairCells, one: PairPass) -> PairCells:
    names = (quantity.name for quantity in one.quantities[1:])
    return replace(found, variables=("one", "y", *names))


def _limit(one: PairPass) -> Callable[[int], None]:
    """Return what refuses more points than their products have room for."""

    def require(points: int) -> None:
        if (points * (len(one.quantities) + 1)) ** 2 > LARGEST:
            raise DataError(
                f"pair cells: {one.point!r} has {points} values with rows, too many for products "
                "of every two: narrow sample.keep around the cutoff, coarsen it, or run from "
                "microdata"
            )

    return require
