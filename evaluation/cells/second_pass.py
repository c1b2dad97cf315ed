"""Scores summed by clusters that no cell is made of: one more pass over the rows.

What is summed are whole multiples of a small power of two, so that sums depend neither on the order
of rows nor on threads.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evaluation.cells.cell_rows import CELL, CLUSTER, VALUE, WEIGHT, CellRows, cell_rows, with_cells
from evaluation.cells.centres import centre_in
from evaluation.cells.engines import TooLarge, engine_of
from evaluation.cells.expressions.sums import WIDE
from evaluation.cells.gathered import CellTable
from evaluation.cells.plan import ROWS, Plan, Quantity
from evaluation.cells.plan import WEIGHT as SUM_OF_WEIGHTS
from evaluation.cells.relation import Relation
from evaluation.cells.settings import Settings
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.data.moments import Meat, ScoreParts
from evaluation.errors import DataError

# Bits of a score, and of a product of two: sums over 2**30 rows stay below 38 digits.
SCORE_BITS, PRODUCT_BITS = 61, 93
CHUNK = 65_536
FITTED, LEVEL, LACKS = "ad_fitted", "ad_level_", "ad_lacks"


@dataclass(frozen=True)
class RowScores:
    """The rows behind some cells of a pass; see :class:`evaluation.data.moments.SecondPass`.

    Attributes
    ----------
    relation, plan, settings
        As for :func:`evaluation.cells.cell_pass.run_cell_pass`.
    table
        The pass that the cells are of.
    outcome
        The outcome of the model.
    cells
        Positions in the table's frame, in the order of the model's data.
    """

    relation: Relation
    plan: Plan
    settings: Settings
    table: CellTable
    outcome: Quantity
    cells: IntArray

    def narrowed(self, cells: IntArray) -> RowScores:
        """Return the pass over the rows of some cells only."""
        return replace(self, cells=self.cells[cells])

    def meat(self, clusters: tuple[str, ...], parts: ScoreParts) -> Meat:
        """Return the outer products of scores; see :class:`evaluation.data.moments.SecondPass`.

        Raises
        ------
        DataError
            Where a row of these cells lacks a cluster.
        """
        names = (self.outcome.name, *parts.names)
        centres = {name: centre_in(self.table.frame, name) for name in names}
        rows = cell_rows(
            self.relation, self.plan, self.table, self.settings, names, clusters, centres
        )
        parts = _less(parts, centres[self.outcome.name], [centres[name] for name in parts.names])
        bounds = self._bounds(rows)
        if clusters:
            return self._by_cluster(rows, bounds, clusters, parts)
        return self._by_row(rows, bounds, parts)

    def _bounds(self, rows: CellRows) -> dict[str, float]:
        """Return the largest absolute value of every value and of the weight."""
        unknown = [name for name, bound in rows.bounds.items() if bound is None]
        found: Mapping[str, Any] = {}
        if unknown:
            query = rows.table.aggregate(**{name: rows.table[name].abs().max() for name in unknown})
            table = engine_of(self.relation).fetch(self.relation, query, self.settings)
            found = table.to_pylist()[0]
        return {
            name: float(found[name] or 0.0) if bound is None else bound
            for name, bound in rows.bounds.items()
        }

    def _by_cluster(
        self,
        rows: CellRows,
        bounds: Mapping[str, float],
        clusters: tuple[str, ...],
        parts: ScoreParts,
        wide: bool = False,
    ) -> Meat:
        width = parts.level.shape[1]
        levels = {f"{LEVEL}{at}": parts.level[:, at] for at in range(width)}
        joined = with_cells(
            self.relation, rows, self.table, self.cells, {FITTED: parts.fitted, **levels}
        )
        values = [joined[f"{VALUE}{at + 1}"] for at in range(len(parts.names))]
        residual = _residual(joined, values, parts)
        largest = _largest_residual(bounds, parts)
        sums: dict[str, Any] = {ROWS: joined.count()}
        scales = np.ones(width)
        for at in range(width):
            slope = parts.slope[:, at]
            regressor = _linear(joined[f"{LEVEL}{at}"], values, slope)
            most = _largest(parts.level[:, at]) + sum(
                abs(float(one)) * bounds[f"{VALUE}{k + 1}"] for k, one in enumerate(slope)
            )
            scales[at] = _scale(most * largest, SCORE_BITS)
            whole = (regressor * residual * float(scales[at])).round().cast("int64")
            sums[f"ad_score_{at}"] = (whole.cast(WIDE) if wide else whole).sum().cast("float64")
        key = {f"ad_g_{at}": joined[f"{CLUSTER}{at}"] for at in range(len(clusters))}
        query = joined.group_by(**key).aggregate(**sums)
        lacks = [query[name].isnull() for name in key]
        query = query.mutate(**{LACKS: lacks[0] if len(lacks) == 1 else lacks[0] | lacks[1]})
        query = query.order_by([query[name] for name in key]).drop(*key)
        try:
            scores, counts = self._sums(query, width, clusters)
        except TooLarge:
            if wide:
                raise
            return self._by_cluster(rows, bounds, clusters, parts, wide=True)
        share = counts / counts.sum()
        return Meat(
            _outer(scores / scales), len(counts), float(1.0 / (share @ share)), float(share.max())
        )

    def _sums(
        self, query: Any, width: int, clusters: Sequence[str]
    ) -> tuple[FloatArray, FloatArray]:
        """Return the sums by cluster, shape ``(G, m)``, and the rows of each."""
        scores, counts = [], []
        for batch in engine_of(self.relation).stream(self.relation, query, self.settings):
            count = batch.column(ROWS).to_numpy(zero_copy_only=False).astype(np.float64)
            lacks = batch.column(LACKS).to_numpy(zero_copy_only=False).astype(bool)
            if lacks.any():
                raise DataError(
                    f"cluster {', '.join(clusters)}: is missing in {int(count[lacks].sum())} rows "
                    "that the cells count; drop them in sample.keep, or run from microdata"
                )
            found = [
                batch.column(f"ad_score_{at}").to_numpy(zero_copy_only=False) for at in range(width)
            ]
            scores.append(np.stack(found, axis=1) if width else np.zeros((len(count), 0)))
            counts.append(count)
        if not counts:
            raise DataError("cells: no row of the panel belongs to them; build the cells again")
        return np.concatenate(scores), np.concatenate(counts)

    def _by_row(self, rows: CellRows, bounds: Mapping[str, float], parts: ScoreParts) -> Meat:
        """Return the sum over rows, from the sums by cell of e²vv' with v about a centre."""
        joined = with_cells(self.relation, rows, self.table, self.cells, {FITTED: parts.fitted})
        raw = [joined[f"{VALUE}{at + 1}"] for at in range(len(parts.names))]
        centres = self._centres(parts.names)
        values = [value - float(centre) for value, centre in zip(raw, centres, strict=True)]
        residual = _residual(joined, raw, parts)
        squared = residual * residual
        q = len(values) + 1
        reach = [1.0, *(bounds[f"{VALUE}{k + 1}"] + abs(float(c)) for k, c in enumerate(centres))]
        square = _largest_residual(bounds, parts) ** 2
        sums: dict[str, Any] = {ROWS: joined.count()}
        scales = np.ones((q, q))
        for j in range(q):
            for k in range(j, q):
                product = squared
                for at in (j, k):
                    product = product if at == 0 else product * values[at - 1]
                scales[j, k] = scales[k, j] = _scale(square * reach[j] * reach[k], PRODUCT_BITS)
                whole = (product * float(scales[j, k])).cast(WIDE)
                sums[f"ad_square_{j}_{k}"] = whole.sum().cast("float64")
        query = joined.group_by(**{CELL: joined[CELL]}).aggregate(**sums)
        query = query.order_by(query[CELL])
        table = engine_of(self.relation).fetch(self.relation, query, self.settings)
        cell = table.column(CELL).to_numpy().astype(np.int64)
        squares = np.zeros((len(cell), q, q))
        for j in range(q):
            for k in range(j, q):
                found = table.column(f"ad_square_{j}_{k}").to_numpy() / scales[j, k]
                squares[:, j, k] = squares[:, k, j] = found
        level = parts.level[cell] + np.asarray(centres) @ parts.slope
        count = float(table.column(ROWS).to_numpy().sum())
        matrix = _quadratic(level, parts.slope, squares)
        return Meat(matrix, int(count), count, 1.0 / count)

    def _centres(self, names: Sequence[str]) -> FloatArray:
        """Return the mean of each value over the cells, so that nothing cancels."""
        frame = self.table.frame.iloc[self.cells]
        total = float(frame[ROWS if self.plan.weight is None else SUM_OF_WEIGHTS].sum())
        return np.array([float(frame[f"ad_sum_{name}"].sum()) / total for name in names])


def open_second_pass(
    relation: Relation, plan: Plan, table: CellTable, settings: Settings, outcome: Quantity
) -> RowScores:
    """Return one more pass over the rows behind the cells of a pass.

    Parameters
    ----------
    relation, plan, settings
        As for :func:`evaluation.cells.cell_pass.run_cell_pass`.
    table
        The cells; those of the result are its rows, in order.
    outcome
        The outcome of the model, one of the pass's quantities.
    """
    cells = np.arange(len(table.frame), dtype=np.int64)
    return RowScores(relation, plan, settings, table, outcome, cells)


def _less(parts: ScoreParts, outcome: float, others: Sequence[float]) -> ScoreParts:
    """Return the same scores, as functions of values less their centres."""
    centre = np.asarray(others)
    return replace(
        parts,
        fitted=parts.fitted - outcome + centre @ parts.gamma,
        level=parts.level + centre @ parts.slope,
    )


def _residual(joined: Any, values: Sequence[Any], parts: ScoreParts) -> Any:
    """Return weight × (y - fitted - v'gamma)."""
    fitted = _linear(joined[FITTED], values, parts.gamma)
    return joined[WEIGHT] * (joined[f"{VALUE}0"] - fitted)


def _linear(level: Any, values: Sequence[Any], slope: FloatArray) -> Any:
    for value, one in zip(values, slope, strict=True):
        if one:
            level = level + value * float(one)
    return level


def _largest_residual(bounds: Mapping[str, float], parts: ScoreParts) -> float:
    fitted = sum(abs(float(one)) * bounds[f"{VALUE}{k + 1}"] for k, one in enumerate(parts.gamma))
    return bounds[WEIGHT] * (bounds[f"{VALUE}0"] + _largest(parts.fitted) + fitted)


def _largest(values: FloatArray) -> float:
    return float(np.abs(values).max(initial=0.0))


def _scale(largest: float, bits: int) -> float:
    """Return the power of two that takes ``largest`` to at most ``bits`` bits."""
    if not math.isfinite(largest):
        raise DataError("panel: a column holds infinite values; mark them as missing")
    return 1.0 if largest == 0 else 2.0 ** (bits - math.frexp(largest)[1])


def _outer(scores: FloatArray) -> FloatArray:
    """Return Σ s s' over clusters, taken in one order."""
    total = np.zeros((scores.shape[1], scores.shape[1]))
    with one_blas_thread():
        for start in range(0, len(scores), CHUNK):
            part = scores[start : start + CHUNK]
            total += part.T @ part
    return total


def _quadratic(level: FloatArray, slope: FloatArray, squares: FloatArray) -> FloatArray:
    """Return Σ_c L_c' S_c L_c with L_c the cell's level above the slopes."""
    m = level.shape[1]
    total = np.zeros((m, m))
    with one_blas_thread():
        for start in range(0, len(level), CHUNK):
            part, square = level[start : start + CHUNK], squares[start : start + CHUNK]
            total += part.T @ (part * square[:, :1, 0])
            cross = part.T @ (square[:, 0, 1:] @ slope)
            total += cross + cross.T + slope.T @ square[:, 1:, 1:].sum(axis=0) @ slope
    return (total + total.T) / 2
