"""What a row of a model's data holds beside its means, where it stands for many rows of the panel.

A *cell* is the set of panel rows that share a key. Its row in :class:`ModelData` carries the mean
outcome, the means of controls that vary inside it, its weight and its number of rows; here stand
the cross-products about those means, which make least squares on cells that of the rows, the pairs
of points that make a person-clustered variance, and the second pass over the rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Within:
    """Weighted cross-products inside cells, about the cell means.

    Attributes
    ----------
    names
        Columns that vary inside a cell: controls (and a fuzzy design's treatment) by their name
        in the panel, then the outcome as ``y``; q in all.
    scatter
        Sum over the rows of a cell of weight × (v - mean)(v - mean)', shape ``(cells, q, q)``.
    """

    names: tuple[str, ...]
    scatter: FloatArray

    def of(self, names: tuple[str, ...]) -> FloatArray:
        """Return the cross-products of some columns, zero for those constant in every cell.

        Parameters
        ----------
        names
            Any columns, p in all; the result has shape ``(cells, p, p)``.
        """
        found = np.zeros((len(self.scatter), len(names), len(names)))
        here = [at for at, name in enumerate(names) if name in self.names]
        there = [self.names.index(names[at]) for at in here]
        found[np.ix_(range(len(found)), here, here)] = self.scatter[
            np.ix_(range(len(found)), there, there)
        ]
        return found


@dataclass(frozen=True)
class ScoreParts:
    """What makes the score of a row, once the coefficients are known.

    With c the cell of row i and v_i its values of ``names``, the influence of the row on
    coefficient j is

        a_ij = weight_i × (level[c, j] + v_i'slope[:, j]) × (y_i - fitted[c] - v_i'gamma).

    Attributes
    ----------
    names
        Columns that vary inside cells, q in all: those of ``Within.names`` but the outcome.
    fitted
        Shape ``(cells,)``.
    gamma
        Shape ``(q,)``.
    level
        Shape ``(cells, m)``.
    slope
        Shape ``(q, m)``.
    """

    names: tuple[str, ...]
    fitted: FloatArray
    gamma: FloatArray
    level: FloatArray
    slope: FloatArray


def rows_alone(cells: int) -> ScoreParts:
    """Return what makes every score zero, where a second pass is to count rows by cluster.

    Parameters
    ----------
    cells
        Cells of the pass.
    """
    none = np.zeros(0)
    return ScoreParts((), np.zeros(cells), none, np.zeros((cells, 1)), np.zeros((0, 1)))


@dataclass(frozen=True)
class Meat:
    """Outer products of scores summed within clusters.

    Attributes
    ----------
    matrix
        Sum over clusters of (Σ a_i)(Σ a_i)', shape ``(m, m)``.
    clusters
        Number of clusters.
    effective
        (Σ n_g)² / Σ n_g², from rows by cluster.
    largest
        Largest share of rows in one cluster.
    """

    matrix: FloatArray
    clusters: int
    effective: float
    largest: float


class SecondPass(Protocol):
    """One more pass over the rows, for clusters that no cell is made of."""

    def meat(self, clusters: tuple[str, ...], parts: ScoreParts) -> Meat:
        """Return the outer products of scores.

        Parameters
        ----------
        clusters
            Columns whose joint values are the clusters; none makes every row its own.
        parts
            What makes a score; its cells are those of the model's data, in their order.
        """
        ...

    def narrowed(self, cells: IntArray) -> SecondPass:
        """Return the pass over the rows of some cells only; other rows count nowhere.

        Parameters
        ----------
        cells
            Positions among this pass's cells, in the order that scores will have.
        """
        ...


# Bits of a word of moments, so that engines whose whole numbers have a sign agree.
WORD_BITS = 62


@dataclass(frozen=True)
class UnitsSeen:
    """Where units have a row that a model uses: periods, or values of the running variable.

    Attributes
    ----------
    words
        Bit j is set where there is a row at place ``origin`` + j, 62 bits a word, ``(kinds, W)``.
    units
        Units of each kind of history, shape ``(kinds,)``.
    origin
        Place of the first bit.
    axis
        Which array of ``ModelData`` the places are of.
    length
        Places in a period.
    """

    words: IntArray
    units: IntArray
    origin: float
    axis: Literal["period", "running"] = "period"
    length: int = 1

    @property
    def count(self) -> int:
        """Units in all."""
        return int(self.units.sum())

    @property
    def complete(self) -> bool:
        """Whether every unit has a row at every place at which any unit has one."""
        every = np.bitwise_or.reduce(self.words, axis=0) if len(self.words) else 0
        return bool(len(self.words) and (self.words == every).all())

    def among(self, values: FloatArray | IntArray) -> UnitsSeen:
        """Return the units that are seen at some places, and where among these.

        Parameters
        ----------
        values
            Period indices, or values of the running variable less the cutoff.
        """
        count = self.words.shape[1]
        places = (self.origin + np.arange(WORD_BITS * count)) // self.length
        inside = np.isin(places, values).reshape(count, WORD_BITS)
        words = self.words & (inside << np.arange(WORD_BITS, dtype=np.int64)).sum(axis=1)
        seen = (words != 0).any(axis=1)
        return replace(self, words=words[seen], units=self.units[seen])


@dataclass(frozen=True)
class SeenByRole:
    """Where units have a row that a model uses, in each group that the design compares.

    Attributes
    ----------
    roles
        Names of arrays of ``ModelData`` that part the groups: ``treated``, ``post``, ``third``.
    values
        Their values in each group, shape ``(groups, roles)``.
    words
        As in ``UnitsSeen``, for each group, each of shape ``(kinds, W)``; without an axis one bit
        says whether there is any row at all.
    units
        Units of each kind of history, shape ``(kinds,)``.
    origin, axis, length
        As in ``UnitsSeen``; no axis where words do not tell places.
    """

    roles: tuple[str, ...]
    values: FloatArray
    words: tuple[IntArray, ...]
    units: IntArray
    origin: float
    axis: Literal["period", "running"] | None
    length: int = 1

    def count(self, places: Mapping[int, FloatArray | IntArray | None]) -> int:
        """Return the distinct units with a row at some places of some groups.

        Parameters
        ----------
        places
            Values of the axis by group; ``None`` for all of the group's rows.
        """
        seen = np.zeros(len(self.units), dtype=bool)
        for group, inside in places.items():
            words = self.words[group]
            if inside is not None:
                count = words.shape[1]
                every = (self.origin + np.arange(WORD_BITS * count)) // self.length
                bits = np.isin(every, inside).reshape(count, WORD_BITS)
                words = words & (bits << np.arange(WORD_BITS, dtype=np.int64)).sum(axis=1)
            seen |= (words != 0).any(axis=1)
        return int(self.units[seen].sum())


@dataclass(frozen=True)
class PairCells:
    """Sums over units seen at two points of a discrete running variable, for every pair of points.

    Attributes
    ----------
    running
        Running variable less the cutoff of every point, shape ``(P,)``, ascending.
    post
        1 where the point lies after the reform, 0 before, -1 where no date parts them, ``(P,)``.
    variables
        ``one``, then ``y``, then treatment and controls by name; V in all.
    products
        Σ_i v_j(i, a) v_k(i, b) over units i, shape ``(V, V, P, P)``: ``products[0, 0]`` counts the
        units seen at both points, ``products[1, 0, a, b]`` sums y at a over those seen at b too.
        Every value is less its centre.
    units
        Number of units.
    successive
        Distinct units seen at a and next at b, shape ``(P, P)``, zero for b < a; on the diagonal
        units seen at a at all. The units seen anywhere in a run of neighbouring points a..b are
        the diagonal's sum over the run less the sum of ``successive`` between its points: what a
        cluster factor G / (G - 1) needs. ``None`` where they were not counted.
    centres
        What was taken off each row's value of every variable, shape ``(V,)``; empty for nothing.
    third
        1 where the point is of the third difference's group, 0 of the others, shape ``(P,)``;
        ``None`` where points are not parted by it. A value of the running variable may stand once
        for every side and group; points ascend by value, then side, then group.
    apart
        As ``successive``, with the next point of the same side and group in place of the next at
        all, shape ``(P, P)``; ``None`` where nothing parts points.
    """

    running: FloatArray
    post: IntArray
    variables: tuple[str, ...]
    products: FloatArray
    units: int
    successive: IntArray | None = None
    centres: tuple[float, ...] = ()
    third: IntArray | None = None
    apart: IntArray | None = None

    def centre(self, name: str) -> float:
        """Return what was taken off a variable."""
        return self.centres[self.variables.index(name)] if self.centres else 0.0
