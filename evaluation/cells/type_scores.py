"""Scores summed by clusters, where units have effects and cells are made of their types.

A cell holds the fitted value of its type, and the effect of a unit is the mean over its rows of
outcome less that. Where a cluster holds whole units the effect drops out of the score, since the
regressors less their projection on the effects sum to zero over the rows of a unit.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from evaluation.cells.gathered import CellTable
from evaluation.cells.histories import SUM, Histories, key_frame, read_histories
from evaluation.cells.needs_rows import NeedsRows
from evaluation.cells.plan import TYPE, Plan
from evaluation.cells.relation import Relation
from evaluation.cells.second_pass import open_second_pass
from evaluation.cells.settings import Settings
from evaluation.cells.threads import one_blas_thread
from evaluation.cells.type_pass import typed
from evaluation.cells.type_residuals import Grouped, Residuals, grouped, rows_by_cluster
from evaluation.cells.types import type_cells, types_of
from evaluation.cells.unit_effects import LESS, without_unit_effects
from evaluation.cells.words import BITS, Words, dense
from evaluation.data.model_data import IntArray
from evaluation.data.moments import Meat, ScoreParts, SecondPass
from evaluation.errors import DataError


@dataclass(frozen=True)
class _Read:
    """Histories parted by clusters, their types, and the table's row of every bit.

    Attributes
    ----------
    frame
        The table's.
    words
        Parted by the key and by ``clusters``.
    clusters
        Columns that part them.
    grouped
        Words by group: the type of their unit and the place in its history.
    cell
        Row of the table by group and bit, -1 without, shape ``(g, 62)``.
    of_unit
        Type of every unit.
    """

    frame: pd.DataFrame
    words: Words
    clusters: tuple[str, ...]
    grouped: Grouped
    cell: IntArray
    of_unit: IntArray


@dataclass(frozen=True)
class TypeScores:
    """The rows behind some cells of types; see :class:`evaluation.data.moments.SecondPass`.

    Attributes
    ----------
    relation, plan, settings
        As for :func:`evaluation.cells.type_pass.run_type_pass`.
    table
        Its result.
    outcome
        Position of the model's outcome among the quantities.
    cells
        Positions in the table's frame, in the order of the model's data.
    kept
        What was read last.
    """

    relation: Relation
    plan: Plan
    settings: Settings
    table: CellTable
    outcome: int
    cells: IntArray
    kept: list[_Read] = field(default_factory=list, compare=False, repr=False)

    def narrowed(self, cells: IntArray) -> TypeScores:
        """Return the pass over the rows of some cells only."""
        return replace(self, cells=self.cells[cells])

    def meat(self, clusters: tuple[str, ...], parts: ScoreParts) -> Meat:
        """Return the outer products of scores; see :class:`evaluation.data.moments.SecondPass`.

        Raises
        ------
        DataError
            Where a row lacks a cluster.
        NeedsRows
            Where a regressor varies inside cells; for logarithms, where rows of one unit lie in
            several clusters.
        """
        if parts.names:
            raise NeedsRows("units have effects and a control varies inside cells")
        read = self._read(clusters)
        entry = self._entries(read)
        code, total = _codes(read, clusters)
        nested = bool(clusters) and _nested(read.words.unit, code)
        counted = bool(clusters) and not parts.level.any()
        outcome = read.words.bits.get(SUM + self.table.made.quantities[self.outcome].name)
        if outcome is None and not counted:
            return self._from_rows(read, parts, nested).meat(clusters, parts)
        with one_blas_thread():
            if outcome is None or counted:
                scores = np.zeros((total, parts.level.shape[1]))
                rows = rows_by_cluster(read.words, read.grouped, entry, code, total)
            else:
                residuals = Residuals(read.words, read.grouped, outcome, entry, parts)
                if not clusters:
                    return residuals.by_row()
                scores, rows = residuals.by_cluster(code, total, nested)
            if rows[-1]:
                raise DataError(
                    f"cluster {', '.join(clusters)}: is missing in {int(rows[-1])} rows that the "
                    "cells count; drop them in sample.keep, or run from microdata"
                )
            seen = rows > 0
            matrix = scores[seen].T @ scores[seen]
        share = rows[seen] / rows.sum()
        return Meat(matrix, int(seen.sum()), float(1.0 / (share @ share)), float(share.max()))

    def _entries(self, read: _Read) -> IntArray:
        """Return the model's cell by group and bit, -1 without, shape ``(g, 62)``."""
        place = np.full(len(self.table.frame) + 1, -1, dtype=np.int64)
        place[self.cells] = np.arange(len(self.cells))
        entry: IntArray = place[read.cell]
        return entry

    def _read(self, clusters: tuple[str, ...]) -> _Read:
        """Return the histories parted by these clusters, the last ones if they serve."""
        unit = "" if self.plan.units is None else self.plan.units.unit
        wanted = tuple(name for name in clusters if name != unit)
        serves = bool(self.kept) and self.kept[0].frame is self.table.frame
        if not (serves and set(wanted) <= set(self.kept[0].clusters)):
            one = self.table.made
            histories = read_histories(self.relation, self.plan, one, self.settings, wanted)
            self.kept[:] = [self._placed(histories, wanted)]
        return self.kept[0]

    def _placed(self, histories: Histories, clusters: tuple[str, ...]) -> _Read:
        whole, of_row = merged(histories.words, clusters)
        types = types_of(whole, histories.signature)
        cells = type_cells(whole, types, {})
        unparted = replace(histories, words=whole)
        time = str(self.plan.time)
        one = replace(self.table.made, key=(TYPE, time))
        keys = key_frame(self.relation, self.plan, one, unparted, types, cells)
        frame = self.table.frame
        ours = np.lexsort((keys[time].to_numpy(), keys[TYPE].to_numpy()))
        theirs = np.lexsort((frame[time].to_numpy(), frame[TYPE].to_numpy()))
        types_alike = len(ours) == len(theirs) and np.array_equal(
            keys[TYPE].to_numpy()[ours], frame[TYPE].to_numpy()[theirs]
        )
        if not types_alike:
            raise DataError("cells: the panel changed after they were made; run with --rebuild")
        cell = np.full((len(types.edges), BITS), -1, dtype=np.int64)
        cell[cells.group[ours], cells.bit[ours]] = theirs
        return _Read(
            frame,
            histories.words,
            clusters,
            grouped(types.group[of_row], len(types.edges)),
            cell,
            types.of_unit,
        )

    def _from_rows(self, read: _Read, parts: ScoreParts, nested: bool) -> SecondPass:
        """Return the pass over the rows themselves, each with its unit's type."""
        relation = typed(self.relation, self.plan, read.words, read.of_unit)
        table, outcome = self.table, self.table.made.quantities[self.outcome]
        if not nested:
            relation = without_unit_effects(
                relation,
                self.plan,
                self.settings,
                self.table,
                outcome,
                self.cells,
                parts.fitted,
            )
            summed = list(table.made.quantities)
            summed[self.outcome] = outcome = replace(outcome, column=LESS)
            table = replace(table, made=replace(table.made, quantities=tuple(summed)))
        opened = open_second_pass(relation, self.plan, table, self.settings, outcome)
        return opened.narrowed(self.cells)


def open_type_pass(
    relation: Relation,
    plan: Plan,
    table: CellTable,
    outcome: int,
    settings: Settings,
    kept: list[_Read] | None = None,
) -> TypeScores:
    """Return one more pass over the rows behind the cells of types.

    Clusters may be the unit, columns of any number of values, nested in units or not, and two of
    them together.

    Parameters
    ----------
    relation, plan, settings
        As for :func:`evaluation.cells.type_pass.run_type_pass`.
    table
        Its result; the cells of the pass are its rows, in order.
    outcome
        Position of the model's outcome among the pass's quantities.
    kept
        What passes over the same table have read, and where this one leaves what it reads.
    """
    cells = np.arange(len(table.frame), dtype=np.int64)
    return TypeScores(relation, plan, settings, table, outcome, cells, [] if kept is None else kept)


def merged(words: Words, clusters: tuple[str, ...]) -> tuple[Words, IntArray]:
    """Return the words as if some columns did not part them, and the place of each word there.

    Parameters
    ----------
    words
        Parted by other columns first and by ``clusters`` last.
    clusters
        Columns to forget.
    """
    left = {name: codes for name, codes in words.parted.items() if name not in clusters}
    same = np.ones(max(len(words.unit) - 1, 0), dtype=bool)
    for column in (words.unit, words.start, *left.values()):
        same &= column[1:] == column[:-1]
    new = np.concatenate([np.ones(min(len(words.unit), 1), dtype=bool), ~same])
    first = np.flatnonzero(new)

    def joined(bits: IntArray) -> IntArray:
        return np.bitwise_or.reduceat(bits, first) if len(first) else bits

    whole = replace(
        words,
        unit=words.unit[first],
        start=words.start[first],
        parted={name: codes[first] for name, codes in left.items()},
        seen=joined(words.seen),
        bits={name: joined(bits) for name, bits in words.bits.items()},
    )
    return whole, np.cumsum(new).astype(np.int64) - 1


def _codes(read: _Read, clusters: tuple[str, ...]) -> tuple[IntArray, int]:
    """Return the joint cluster of every word, the last one where it lacks one, and their number."""
    code = np.zeros(len(read.words.unit), dtype=np.int64)
    lacks = np.zeros(len(code), dtype=bool)
    for name in clusters:
        other = read.words.parted.get(name, read.words.unit)
        code, lacks = dense(code, other), lacks | (other < 0)
    total = int(code.max(initial=-1)) + 2
    return np.where(lacks, total - 1, code), total


def _nested(unit: IntArray, code: IntArray) -> bool:
    """Whether the words of every unit, which stand together, have one code."""
    return not bool(np.any((unit[1:] == unit[:-1]) & (code[1:] != code[:-1])))
