"""Least squares on few columns, without absorbed effects, by an orthogonal factorisation.

Cells add the root of their cross-products as rows of their own: the factor of the stacked matrix
is that of the rows, so that nothing is squared before it is solved.
"""

from __future__ import annotations

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.estimators._inside import Inside
from evaluation.estimators._scores import Scores


def dense_least_squares(
    x: FloatArray, y: FloatArray, weight: FloatArray, inside: Inside | None
) -> tuple[Scores, FloatArray] | None:
    """Return the solved regression and (X'WX)^-1, ``None`` where columns depend on one another.

    Parameters
    ----------
    x
        Regressors (means of cells), the constant among them, shape ``(n, p)``.
    y, weight
        Shape ``(n,)``.
    inside
        What varies inside cells, its positions among the p columns; ``None`` on rows.
    """
    width = x.shape[1]
    centre = float(np.average(y, weights=weight))
    stacked = np.column_stack([x, y - centre]) * np.sqrt(weight)[:, None]
    if inside is not None:
        stacked = np.vstack([stacked, _root(inside.products(width))])
    unit = np.sqrt(np.sum(stacked[:, :width] ** 2, axis=0))
    unit[unit == 0] = 1.0
    left = stacked[:, :width] / unit
    if len(left) < width or np.linalg.matrix_rank(left) < width:
        return None
    factor, upper = np.linalg.qr(left)
    beta = np.linalg.solve(upper, factor.T @ stacked[:, width]) / unit
    half = np.linalg.inv(upper) / unit[:, None]
    residual = y - centre - x @ beta
    # The constant is the first column of every design that comes here.
    beta[0] += centre
    return Scores(x, y, residual, weight, beta, inside), half @ half.T


def _root(products: FloatArray) -> FloatArray:
    """Return R with R'R = ``products``."""
    values, vectors = np.linalg.eigh(products)
    root: FloatArray = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
    return root
