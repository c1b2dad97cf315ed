"""What a regression discontinuity needs of its rows: moments at each value of the running variable.

Rows and cells give the same points. Values are centred on their overall mean before anything is
squared, and products stand about the mean of their point, so that no digits cancel where levels
are large. Everything after this module costs as much as there are points, whatever the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.data.moments import PairCells
from evaluation.errors import EstimationError
from evaluation.estimators._cct._pooled import Pooled, pooled
from evaluation.estimators._columns import control_columns
from evaluation.estimators._guards import required


@dataclass(frozen=True)
class RowWise:
    """Moments for variances that treat rows as independent.

    Attributes
    ----------
    squared
        Moments under squared weights.
    mean
        Unweighted means, which nearest neighbours are compared with, shape ``(P, q)``.
    """

    squared: Pooled
    mean: FloatArray


@dataclass(frozen=True)
class ByCluster:
    """Sums by value of the running variable and cluster; C such cells.

    Attributes
    ----------
    point
        Position of the point, shape ``(C,)``.
    cluster
        Codes 0..G-1, shape ``(C,)``.
    weight, mean
        Sum of weights, shape ``(C,)``, and weighted means, shape ``(C, q)``.
    """

    point: IntArray
    cluster: IntArray
    weight: FloatArray
    mean: FloatArray


@dataclass(frozen=True)
class ByUnit:
    """Sums over units of products at two points, of centred values.

    Attributes
    ----------
    products
        As in :class:`PairCells`, the first variable ``one``, shape ``(1 + q, 1 + q, P, P)``.
    place
        Position of every point among those that units were followed over, shape ``(P,)``.
    successive
        As in :class:`PairCells`, over all points that units were followed over.
    """

    products: FloatArray
    place: IntArray
    successive: IntArray


@dataclass(frozen=True)
class MassPoints:
    """Moments at the distinct values of a running variable, P in all.

    Attributes
    ----------
    outcome
        For messages.
    x
        Running variable less the cutoff, ascending, shape ``(P,)``.
    rows
        Rows of the panel, shape ``(P,)``.
    moments
        Weight, mean and scatter of the centred variables: the outcome, the treatment of a fuzzy
        design, then controls; q in all.
    centre
        What was taken off the variables, shape ``(q,)``.
    fuzzy
        Whether the second variable is a treatment.
    row_wise
        ``None`` where cells of a weighted panel do not hold it.
    clusters, units
        What a clustered variance needs: one of the two, or neither.
    above
        Mean share of each point above the cutoff, shape ``(P,)``: 0 below, 1 above, a fraction at
        the cutoff itself. ``None`` where each point is wholly on the side of its sign.
    """

    outcome: str
    x: FloatArray
    rows: IntArray
    moments: Pooled
    centre: FloatArray
    fuzzy: bool = False
    row_wise: RowWise | None = None
    clusters: ByCluster | None = None
    units: ByUnit | None = None
    above: FloatArray | None = None

    @property
    def shares(self) -> tuple[FloatArray, FloatArray]:
        """Share of each point below and above the cutoff, each of shape ``(P,)``."""
        above = (self.x >= 0).astype(np.float64) if self.above is None else self.above
        return 1 - above, above


def points_of(
    data: ModelData,
    controls: Sequence[str] = (),
    cluster: IntArray | None = None,
    treatment: str | None = None,
    by_unit: bool = False,
) -> MassPoints:
    """Return the mass points of rows or cells.

    Parameters
    ----------
    data
        The model's data; ``running`` is centred at the cutoff.
    controls
        Columns of ``data.columns``.
    cluster
        Codes 0..G-1 of a cluster that every cell lies in, shape ``(n,)``.
    treatment
        Name of the column that ``data.treatment`` holds, for a fuzzy design.
    by_unit
        Whether the cluster is the unit and ``data.pairs`` holds its pair cells.

    Raises
    ------
    DataError
        Where the design gives no running variable.
    NeedsRows
        Where pair cells are missing, or would need weights.
    EstimationError
        Where pair cells do not belong to these points.
    """
    running = required(data.running, "a running variable", data.outcome)
    variables = {"y": data.y}
    if treatment is not None:
        variables[treatment] = required(data.treatment, "a treatment", data.outcome)
    variables |= control_columns(data, tuple(controls))
    names = tuple(variables)
    values = np.column_stack(list(variables.values()))
    rows = np.ones(len(values), dtype=np.int64) if data.rows is None else data.rows
    weight = rows.astype(np.float64) if data.weight is None else data.weight
    centre = np.average(values, axis=0, weights=weight)
    values = values - centre
    scatter = None if data.within is None else data.within.of(names)
    x, point = np.unique(running, return_inverse=True)
    point = point.astype(np.int64)
    size = len(x)
    count = np.bincount(point, rows, size)
    moments = pooled(point, size, weight, values, scatter)
    row_wise = None
    if not data.weighted and np.array_equal(weight, rows):
        row_wise = RowWise(moments, moments.mean)
    elif data.rows is None or int(rows.max()) == 1:
        plain = pooled(point, size, rows.astype(np.float64), values, None)
        row_wise = RowWise(pooled(point, size, weight**2, values, None), plain.mean)
    units = _by_unit(data, names, centre, x) if by_unit else None
    return MassPoints(
        outcome=data.outcome,
        x=x.astype(np.float64),
        rows=count.astype(np.int64),
        moments=moments,
        centre=centre,
        fuzzy=treatment is not None,
        row_wise=row_wise,
        clusters=None if cluster is None else _by_cluster(point, cluster, weight, values),
        units=units,
        above=_above(data, x, point, weight),
    )


def _above(
    data: ModelData, x: FloatArray, point: IntArray, weight: FloatArray
) -> FloatArray | None:
    """Return the mean share of each point above the cutoff, ``None`` where all are whole."""
    if data.share_above is None or not (x == 0).any():
        return None
    mean = np.bincount(point, weight * data.share_above, len(x)) / np.bincount(
        point, weight, len(x)
    )
    above: FloatArray = np.where(x == 0, np.clip(mean, 0.0, 1.0), x > 0)
    return above


def _by_cluster(
    point: IntArray, cluster: IntArray, weight: FloatArray, values: FloatArray
) -> ByCluster:
    clusters = int(cluster.max()) + 1
    keys, cell = np.unique(point * clusters + cluster, return_inverse=True)
    held = pooled(cell.astype(np.int64), len(keys), weight, values, None, products=False)
    return ByCluster(keys // clusters, keys % clusters, held.weight, held.mean)


def _by_unit(data: ModelData, names: tuple[str, ...], centre: FloatArray, x: FloatArray) -> ByUnit:
    pairs: PairCells | None = data.pairs
    if pairs is None or pairs.successive is None:
        raise NeedsRows("errors clustered by unit need pair cells, which these cells lack")
    if data.weighted:
        raise NeedsRows("pair cells know no weights")
    place = np.searchsorted(pairs.running, x)
    found = place < len(pairs.running)
    strangers = not found.all() or not np.array_equal(pairs.running[place], x)
    if strangers or len(np.unique(pairs.running)) < len(pairs.running):
        raise EstimationError(
            f"outcome {data.outcome}: the pair cells were made for other values of the running "
            "variable: build the cells again with --rebuild"
        )
    at = np.array([0, *(pairs.variables.index(name) for name in names)])
    raw = pairs.products[np.ix_(at, at, place, place)]
    taken = np.array([pairs.centre(name) for name in names])
    off = np.concatenate([[0.0], centre - taken])
    # v - c·one on both sides of the product; `one` itself stays.
    half = raw - off[:, None, None, None] * raw[:1]
    products = half - off[None, :, None, None] * half[:, :1]
    return ByUnit(products, place.astype(np.int64), pairs.successive)
