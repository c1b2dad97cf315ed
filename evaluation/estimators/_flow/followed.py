"""What persons have at each month of age: sums by month, and what a clustered variance needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.cells.needs import known_name
from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.data.moments import PairCells
from evaluation.errors import DataError, EstimationError
from evaluation.estimators._guards import required
from evaluation.inference.pair_variance import pair_covariance

ONE, STOCK = "one", "y"


@dataclass(frozen=True)
class ByCluster:
    """Sums by month of age and cluster; C such cells.

    Attributes
    ----------
    point, cluster
        Position of the month, and codes 0..G-1, each of shape ``(C,)``.
    values
        Shape ``(V, C)``.
    """

    point: IntArray
    cluster: IntArray
    values: FloatArray


@dataclass(frozen=True)
class Followed:
    """Persons at the months of age inside the bandwidth, P in all.

    Attributes
    ----------
    outcome
        For messages.
    x
        Age less the cutoff, ascending, shape ``(P,)``.
    names
        ``one``, ``y`` (the stock), then flows, missing counted as 0, then who is at risk of them;
        V in all.
    rows
        Rows of the panel, shape ``(P,)``.
    sums
        Weighted sums, shape ``(V, P)``.
    clusters
        Number of clusters.
    apart
        Sums by cluster; ``None`` where ``pairs`` serves.
    pairs
        Sums over persons of products at two months, shape ``(V, V, P, P)``; ``None`` otherwise.
    """

    outcome: str
    x: FloatArray
    names: tuple[str, ...]
    rows: IntArray
    sums: FloatArray
    clusters: int
    apart: ByCluster | None = None
    pairs: FloatArray | None = None

    def place(self, name: str) -> int:
        """Return the position of a variable."""
        return self.names.index(name)


def values_of(data: ModelData, flows: tuple[str, ...], risks: tuple[str, ...]) -> FloatArray:
    """Return the variables of every row, missing flows counted as 0, shape ``(V, n)``.

    Parameters
    ----------
    data
        Rows of one outcome.
    flows
        Columns of ``data.columns``.
    risks
        Those of which it matters whether they have a value.
    """
    columns = [np.ones(data.entries), data.y]
    given = {name: data.columns[name].to_numpy(np.float64) for name in flows}
    columns += [np.where(np.isnan(given[name]), 0.0, given[name]) for name in flows]
    columns += [(~np.isnan(given[name])).astype(np.float64) for name in risks]
    return np.array(columns)


def names_of(flows: tuple[str, ...], risks: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of the variables, in order."""
    return (ONE, STOCK, *flows, *(known_name(name) for name in risks))


def followed_rows(
    data: ModelData, values: FloatArray, names: tuple[str, ...], cluster: IntArray
) -> Followed:
    """Return the sums of rows, or of cells by cluster.

    Parameters
    ----------
    data
        Rows of one outcome inside the bandwidth.
    values
        Shape ``(V, n)``.
    names
        Of the variables.
    cluster
        Codes 0..G-1, shape ``(n,)``.
    """
    running = required(data.running, "a running variable", data.outcome)
    x, point = np.unique(running, return_inverse=True)
    rows = np.ones(len(point), dtype=np.int64) if data.rows is None else data.rows
    weighted = values * (rows.astype(np.float64) if data.weight is None else data.weight)
    clusters = int(cluster.max()) + 1
    keys, cell = np.unique(point * clusters + cluster, return_inverse=True)
    inside = np.array([np.bincount(cell, one, len(keys)) for one in weighted])
    of_cell = keys // clusters
    return Followed(
        outcome=data.outcome,
        x=x.astype(np.float64),
        names=names,
        rows=np.bincount(point, rows, len(x)).astype(np.int64),
        sums=np.array([np.bincount(of_cell, one, len(x)) for one in inside]),
        clusters=clusters,
        apart=ByCluster(of_cell.astype(np.int64), (keys % clusters).astype(np.int64), inside),
    )


def followed_pairs(data: ModelData, names: tuple[str, ...]) -> Followed:
    """Return the sums of persons from their pair cells.

    Parameters
    ----------
    data
        Cells of one outcome inside the bandwidth, with the pair cells of its rows.
    names
        Of the variables.

    Raises
    ------
    NeedsRows
        Where pair cells are missing or know no weights, or the persons inside the bandwidth were
        not counted.
    EstimationError
        Where they belong to other rows.
    DataError
        Where a person has several rows at one age.
    """
    running = required(data.running, "a running variable", data.outcome)
    pairs: PairCells | None = data.pairs
    if pairs is None or data.rows is None:
        raise NeedsRows("errors clustered by unit need pair cells, which these cells lack")
    if data.weighted:
        raise NeedsRows("pair cells know no weights")
    if data.units is None:
        raise NeedsRows("nobody counted the units inside the bandwidth")
    x, point = np.unique(running, return_inverse=True)
    rows = np.bincount(point, data.rows, len(x)).astype(np.int64)
    place = np.minimum(np.searchsorted(pairs.running, x), len(pairs.running) - 1)
    parted = len(np.unique(pairs.running)) < len(pairs.running)
    if parted or not np.array_equal(pairs.running[place], x):
        raise _of_other_rows(data.outcome)
    at = np.array([pairs.variables.index(name) for name in names])
    products = pairs.products[np.ix_(at, at, place, place)]
    # Back from values less their centres: v = (v - c) + c·one on both sides of the product.
    taken = np.array([pairs.centre(name) for name in names])
    half = products + taken[:, None, None, None] * products[:1]
    products = half + taken[None, :, None, None] * half[:, :1]
    here = np.arange(len(x))
    seen = products[0, 0, here, here]
    if pairs.successive is not None and not np.array_equal(
        seen, pairs.successive[place, place].astype(np.float64)
    ):
        raise several_rows(data.outcome)
    if not np.array_equal(seen, rows.astype(np.float64)):
        raise _of_other_rows(data.outcome)
    return Followed(
        outcome=data.outcome,
        x=x.astype(np.float64),
        names=names,
        rows=rows,
        sums=products[0][:, here, here],
        clusters=data.units,
        pairs=products,
    )


def meat_of(followed: Followed, loads: FloatArray) -> FloatArray:
    """Return the sum over clusters of outer products of influences, shape ``(m, m)``.

    Parameters
    ----------
    followed
        Persons at P months.
    loads
        What a value of each variable at each month adds to m numbers, shape ``(m, V, P)``.
    """
    if followed.pairs is not None:
        return pair_covariance(followed.pairs, loads)
    cells = followed.apart
    if cells is None:
        raise TypeError("persons are known by pairs or by cluster")
    scores = np.zeros((len(loads), followed.clusters))
    for at, load in enumerate(loads):
        score = np.einsum("vc,vc->c", load[:, cells.point], cells.values)
        scores[at] = np.bincount(cells.cluster, score, followed.clusters)
    meat: FloatArray = scores @ scores.T
    return meat


def several_rows(outcome: str) -> DataError:
    """Return the refusal of persons with several rows at one age."""
    return DataError(
        f"outcome {outcome}: some units have several rows at one age, and flows are counted from "
        "one month of age to the next: keep one row of each unit and month"
    )


def _of_other_rows(outcome: str) -> EstimationError:
    return EstimationError(
        f"outcome {outcome}: the pair cells were made of other rows: build the cells again with "
        "--rebuild"
    )
