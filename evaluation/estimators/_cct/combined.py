"""Mass points whose outcome is a combination of outcome and treatment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.estimators._cct._pooled import Pooled
from evaluation.estimators._cct.points import MassPoints, RowWise


def combined(points: MassPoints, outcome: float, treatment: float) -> MassPoints:
    """Return a sharp design whose outcome is ``outcome`` × y + ``treatment`` × t.

    Everything that a sharp design gives is then had for a fuzzy design's two stages, and for what
    a value of its ratio says of them.

    Parameters
    ----------
    points
        Of a fuzzy design: outcome, treatment, then controls.
    outcome, treatment
        Coefficients.
    """
    q = len(points.centre)
    # Columns: the new outcome, then controls as they are.
    turn = np.zeros((q, q - 1))
    turn[:2, 0] = outcome, treatment
    turn[2:, 1:] = np.eye(q - 2)
    row_wise, clusters, units = points.row_wise, points.clusters, points.units
    if row_wise is not None:
        row_wise = RowWise(_turned(row_wise.squared, turn), row_wise.mean @ turn)
    if clusters is not None:
        clusters = replace(clusters, mean=clusters.mean @ turn)
    if units is not None:
        # `one` stands first and stays.
        whole = np.zeros((q + 1, q))
        whole[0, 0], whole[1:, 1:] = 1, turn
        products = np.einsum("vj,vwab,wk->jkab", whole, units.products, whole, optimize=True)
        units = replace(units, products=products)
    return replace(
        points,
        moments=_turned(points.moments, turn),
        centre=points.centre @ turn,
        fuzzy=False,
        row_wise=row_wise,
        clusters=clusters,
        units=units,
    )


def _turned(moments: Pooled, turn: FloatArray) -> Pooled:
    scatter: FloatArray = turn.T @ moments.scatter @ turn
    return Pooled(moments.weight, moments.mean @ turn, scatter)
