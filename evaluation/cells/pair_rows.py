"""Any values at points of a running variable, from rows read a share of the units at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.cells.engines import engine_of
from evaluation.cells.pair_parts import PARTS, post_of, third_of
from evaluation.cells.pair_products import AtPoints, PairSums, pair_sums
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.data.moments import PairCells

# Rows in memory at once: a unit, a point and its part, and the values take some 60 bytes each.
MOST_ROWS = 6_000_000
UNIT, POINT, PART, VALUE = "ad_unit", "ad_point", "ad_part", "ad_value_"


def sums_from_rows(
    relation: Relation,
    settings: Settings,
    table: Any,
    whole: bool,
    require: Callable[[int], None],
) -> PairCells:
    """Return the pair cells of a table of rows, without names of variables.

    Several rows of a unit at one point are added up.

    Parameters
    ----------
    relation
        The panel that ``table`` is an expression of.
    settings
        Limits of the engine.
    table
        Columns ``ad_unit``, ``ad_point``, ``ad_part`` and ``ad_value_0``, ...; nothing null.
    whole
        Whether all values are whole numbers.
    require
        Refuses numbers of points.
    """
    engine = engine_of(relation)
    counts = table.group_by([POINT, PART]).aggregate(ad_rows=table.count())
    found = engine.fetch(relation, counts, settings)
    point = found.column(POINT).to_numpy().astype(np.float64)
    part = found.column(PART).to_numpy().astype(np.int64)
    order = np.lexsort((part, point))
    points, parts = point[order], part[order]
    if not len(points):  # whoever fits a model says what emptied it
        names = 1 + sum(name.startswith(VALUE) for name in table.columns)
        nobody = np.zeros((0, 0), dtype=np.int64)
        nothing = np.zeros((names, names, 0, 0))
        return PairCells(points, post_of(parts), (), nothing, 0, nobody)
    require(len(points))
    shares = max(-(-int(found.column("ad_rows").to_numpy().sum()) // MOST_ROWS), 1)
    total: PairSums | None = None
    for at in range(shares):
        some = table if shares == 1 else table.filter(_share(table, shares) == at)
        rows = engine.fetch(relation, some, settings)
        one = pair_sums(_at_points(rows, points, parts, whole))
        total = one if total is None else total.plus(one)
    if total is None:
        raise TypeError("there is at least one share")
    return PairCells(
        points,
        post_of(parts),
        (),
        total.products,
        total.units,
        total.successive,
        third=third_of(parts),
        apart=total.apart,
    )


def _share(table: Any, shares: int) -> Any:
    """Return which share of the units a row belongs to."""
    unit = table[UNIT]
    number = unit.cast("int64") if unit.type().is_integer() else unit.hash()
    left = number % shares
    return (left + shares) % shares


def _at_points(rows: Any, points: FloatArray, parts: IntArray, whole: bool) -> AtPoints:
    unit, units = _unit_codes(rows.column(UNIT))
    levels = np.unique(points)
    lookup = np.full((len(levels), PARTS), -1, dtype=np.int64)
    lookup[np.searchsorted(levels, points), parts] = np.arange(len(points))
    level = np.searchsorted(levels, rows.column(POINT).to_numpy().astype(np.float64))
    place = lookup[level, rows.column(PART).to_numpy().astype(np.int64)]
    names = [name for name in rows.column_names if name.startswith(VALUE)]
    kind = np.int64 if whole else np.float64
    values = [np.ones(len(unit), dtype=kind)]
    values += [rows.column(name).to_numpy().astype(kind) for name in names]
    # Rows of a unit at one point are added in the order of their values, whatever theirs was.
    order = np.lexsort((*values[1:], place, unit))
    unit, place = unit[order], place[order]
    first = np.flatnonzero(
        np.concatenate([[True], (unit[1:] != unit[:-1]) | (place[1:] != place[:-1])])[: len(unit)]
    )
    summed = [np.add.reduceat(one[order], first) if len(first) else one for one in values]
    unit, place = unit[first], place[first]
    edges = np.searchsorted(unit, np.arange(units + 1))
    largest = max((int(np.abs(one).max(initial=0)) for one in summed), default=0) if whole else None

    def dense(low: int, high: int) -> NDArray[Any]:
        """Return the values of some units."""
        cut = slice(edges[low], edges[high])
        found = np.zeros((high - low, len(summed), len(points)), dtype=kind)
        for at, one in enumerate(summed):
            found[unit[cut] - low, at, place[cut]] = one[cut]
        return found

    return AtPoints(units, len(summed), len(points), largest, dense, parts)


def _unit_codes(column: Any) -> tuple[IntArray, int]:
    """Return codes of units in the order of their values, and how many there are."""
    encoded = column.combine_chunks().dictionary_encode()
    values = encoded.dictionary.to_pandas().to_numpy()
    order = np.argsort(values, kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[np.asarray(encoded.indices, dtype=np.int64)], len(order)
