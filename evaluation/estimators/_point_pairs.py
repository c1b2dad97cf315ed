"""Variance by unit of a fit on points of a running variable, from pair cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.data.moments import PairCells
from evaluation.errors import EstimationError
from evaluation.inference.pair_variance import pair_covariance


@dataclass(frozen=True)
class ByUnit:
    """What units make of a fit.

    Attributes
    ----------
    meat
        Sum over units of outer products of influences, shape ``(m, m)``.
    units
        Distinct units at the points of the fit.
    """

    meat: FloatArray
    units: int


def by_unit(
    data: ModelData, level: FloatArray, fitted: FloatArray, pairs: PairCells | None
) -> ByUnit:
    """Return the covariance by unit but for its small-sample factor.

    Parameters
    ----------
    data
        Cells of one outcome; regressors are functions of the running variable.
    level
        Influence of a row's residual on m coefficients, by cell, shape ``(cells, m)``.
    fitted
        Shape ``(cells,)``.
    pairs
        Pair cells over these points, and maybe more.

    Raises
    ------
    NeedsRows
        Where pair cells are missing, know no weights, or do not count the units of these points.
    EstimationError
        Where they belong to other points.
    """
    if pairs is None or data.running is None:
        raise NeedsRows("errors clustered by unit need pair cells, which these cells lack")
    if data.weighted:
        raise NeedsRows("pair cells know no weights")
    points, first = np.unique(data.running, return_index=True)
    place = _places(data.outcome, pairs, points)
    units = _units_at(pairs, place) if data.units is None else data.units
    size = len(pairs.running)
    centre = float(np.average(data.y, weights=data.weight))
    pick = np.array([pairs.variables.index("one"), pairs.variables.index("y")])
    raw = pairs.products[np.ix_(pick, pick)]
    # y less its mean on both sides of the products, so that few digits cancel.
    left = centre - pairs.centre("y")
    half = np.stack([raw[0], raw[1] - left * raw[0]])
    products = np.stack([half[:, 0], half[:, 1] - left * half[:, 0]], axis=1)
    influence = np.zeros((level.shape[1], 2, size))
    influence[:, 1, place] = level[first].T
    influence[:, 0, place] = -(level[first] * (fitted[first] - centre)[:, None]).T
    return ByUnit(pair_covariance(products, influence), units)


def _places(outcome: str, pairs: PairCells, points: FloatArray) -> IntArray:
    place = np.minimum(np.searchsorted(pairs.running, points), len(pairs.running) - 1)
    strangers = not np.array_equal(pairs.running[place], points)
    if strangers or len(np.unique(pairs.running)) < len(pairs.running):
        raise EstimationError(
            f"outcome {outcome}: the pair cells were made for other values of the running "
            "variable: build the cells again with --rebuild"
        )
    return place.astype(np.int64)


def _units_at(pairs: PairCells, place: IntArray) -> int:
    """Return the distinct units at some points, neighbours all."""
    if len(place) == len(pairs.running):
        return pairs.units
    if pairs.successive is None or place[-1] - place[0] + 1 != len(place):
        raise NeedsRows("pair cells do not count the units inside the bandwidth")
    run = pairs.successive[place[0] : place[-1] + 1, place[0] : place[-1] + 1]
    return int(2 * np.trace(run) - run.sum())
