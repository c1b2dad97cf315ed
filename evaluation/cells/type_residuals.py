"""Residuals of the rows behind cells of types, from words of bits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evaluation.cells.words import BITS, Words, unpacked
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.data.moments import Meat, ScoreParts

# Words in one block, and numbers of its influences, groups × 62 × coefficients.
MOST_WORDS, MOST_NUMBERS = 50_000, 2**23


@dataclass(frozen=True)
class Grouped:
    """Words in the order of their groups.

    Attributes
    ----------
    order
        Positions of the words, group by group, shape ``(R,)``.
    edges
        Where each group begins and the last one ends, shape ``(g + 1,)``.
    """

    order: IntArray
    edges: IntArray


def grouped(group: IntArray, groups: int) -> Grouped:
    """Return words in the order of their groups.

    Parameters
    ----------
    group
        Group of each word, shape ``(R,)``.
    groups
        Number of groups.
    """
    order = np.argsort(group, kind="stable").astype(np.int64)
    return Grouped(order, np.searchsorted(group[order], np.arange(groups + 1)).astype(np.int64))


def rows_by_cluster(
    words: Words, grouped: Grouped, entry: IntArray, code: IntArray, total: int
) -> IntArray:
    """Return the rows of a model in each cluster, shape ``(total,)``.

    Parameters
    ----------
    words, grouped, entry
        As in :class:`Residuals`.
    code, total
        As for :meth:`Residuals.by_cluster`.
    """
    group = np.repeat(np.arange(len(entry)), np.diff(grouped.edges))
    seen = words.seen[grouped.order] & _bits_used(entry)[group]
    counts = np.bincount(code[grouped.order], np.bitwise_count(seen), total)
    return counts.astype(np.int64)


def _bits_used(entry: IntArray) -> IntArray:
    """Return the bits of each group that have a cell of the model, shape ``(g,)``."""
    used = np.pad(entry >= 0, ((0, 0), (0, 64 - BITS)))
    mask: IntArray = np.packbits(used, axis=1, bitorder="little").view("<i8").reshape(-1)
    return mask


@dataclass(frozen=True)
class _Block:
    """Words of whole groups: their positions, edges among them, residuals and rows."""

    words: IntArray
    edges: IntArray
    first: int
    residual: FloatArray
    rows: IntArray


@dataclass(frozen=True)
class Residuals:
    """Residuals of every row: outcome less fitted value, and less the unit's own effect.

    Attributes
    ----------
    words
        Histories.
    grouped
        Their groups; words of one group have the same cells.
    outcome
        Bits where the outcome is 1, shape ``(R,)``.
    entry
        The model's cell by group and bit, -1 without, shape ``(g, 62)``.
    parts
        Fitted values and influences of the model's cells.
    """

    words: Words
    grouped: Grouped
    outcome: IntArray
    entry: IntArray
    parts: ScoreParts

    def by_cluster(self, code: IntArray, total: int, whole: bool) -> tuple[FloatArray, IntArray]:
        """Return the scores summed by cluster, and the rows of each.

        Parameters
        ----------
        code
            Cluster of each word, shape ``(R,)``.
        total
            Number of clusters; the results have shapes ``(total, m)`` and ``(total,)``.
        whole
            Whether clusters hold whole units, so that the units' own effects drop out.
        """
        width = self.parts.level.shape[1]
        scores, rows = np.zeros((total, width)), np.zeros(total, dtype=np.int64)
        effect = np.zeros(self.words.units) if whole else self._effects()
        for block in self._blocks(effect):
            groups = len(block.edges) - 1
            entry = self.entry[block.first : block.first + groups]
            level = np.zeros((groups, BITS, width))
            level[entry >= 0] = self.parts.level[entry[entry >= 0]]
            found = np.empty((len(block.words), width))
            for at in range(groups):
                cut = slice(block.edges[at], block.edges[at + 1])
                np.matmul(block.residual[cut], level[at], out=found[cut])
            held, inverse = np.unique(code[block.words], return_inverse=True)
            rows[held] += np.bincount(inverse, block.rows, len(held)).astype(np.int64)
            for j in range(width):
                scores[held, j] += np.bincount(inverse, found[:, j], len(held))
        return scores, rows

    def by_row(self) -> Meat:
        """Return the outer products of the scores of single rows."""
        squares, rows = np.zeros(len(self.parts.fitted)), 0
        for block in self._blocks(self._effects()):
            groups = len(block.edges) - 1
            entry = self.entry[block.first : block.first + groups]
            sums = np.add.reduceat(block.residual**2, block.edges[:-1], axis=0)
            squares[entry[entry >= 0]] = sums[entry >= 0]
            rows += int(block.rows.sum())
        matrix = self.parts.level.T @ (self.parts.level * squares[:, None])
        return Meat(matrix, rows, float(rows), 1.0 / max(rows, 1))

    def _effects(self) -> FloatArray:
        """Return the mean of outcome less fitted value over the rows of every unit, ``(U,)``."""
        total, counts = np.zeros(len(self.outcome)), np.zeros(len(self.outcome))
        for block in self._blocks(np.zeros(self.words.units)):
            total[block.words] = block.residual.sum(axis=1)
            counts[block.words] = block.rows
        rows = np.bincount(self.words.unit, counts, self.words.units)
        sums = np.bincount(self.words.unit, total, self.words.units)
        mean: FloatArray = sums / np.maximum(rows, 1.0)
        return mean

    def _blocks(self, effect: FloatArray) -> Iterator[_Block]:
        """Yield the words block by block, with residuals less the effects of units."""
        mask = _bits_used(self.entry)
        order, edges = self.grouped.order, self.grouped.edges
        most = max(MOST_NUMBERS // (BITS * self.parts.level.shape[1]), 1)
        groups, first = len(self.entry), 0
        while first < groups:
            last = int(np.searchsorted(edges, edges[first] + MOST_WORDS, side="right")) - 1
            last = min(max(last, first + 1), groups, first + most)
            words = order[edges[first] : edges[last]]
            starts = edges[first : last + 1] - edges[first]
            place = np.repeat(np.arange(last - first), np.diff(starts))
            entry = self.entry[first:last]
            fitted = np.where(entry >= 0, self.parts.fitted[entry], 0.0)
            seen = self.words.seen[words] & mask[first + place]
            residual = fitted[place] + effect[self.words.unit[words]][:, None]
            residual *= unpacked(seen)
            np.subtract(unpacked(self.outcome[words] & seen), residual, out=residual)
            rows = np.bitwise_count(seen).astype(np.int64)
            yield _Block(words, starts, first, residual, rows)
            first = last
