"""Influence of every cluster on the coefficients of a linear fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from evaluation.cells.cluster_moments import ClusterMoments
from evaluation.data.model_data import FloatArray, ModelData
from evaluation.estimators.contract import Influence, Setting


def wants_moments(setting: Setting) -> bool:
    """Say whether a check asks for the fit's moments by cluster, or for what is made of them."""
    return bool(setting.evidence & {"moments", "influence"})


def influence_of(
    moments: ClusterMoments | None, data: ModelData, setting: Setting, labels: tuple[str, ...]
) -> Influence | None:
    """Return psi_g = (Σ A_g)^-1 s_g for the terms of a fit, ``None`` where nobody asks.

    Parameters
    ----------
    moments
        The fit; ``None`` where it has none.
    data
        What it was made of.
    setting
        The model.
    labels
        Label of every term; one that is not a coefficient, such as a reference, has no influence.
    """
    if moments is None or "influence" not in setting.evidence:
        return None
    column = setting.inference.cluster[0]
    own = moments.scores() @ moments.bread()[:, moments.interest]
    place = {label: at for at, label in enumerate(moments.labels)}
    values = np.zeros((moments.clusters, len(labels)))
    for at, label in enumerate(labels):
        if label in place:
            values[:, at] = own[:, place[label]]
    return Influence(values, cluster_labels(data, column), column, moments.factor)


def combined(influence: Influence | None, weights: FloatArray) -> Influence | None:
    """Return the influence on linear combinations of coefficients.

    Parameters
    ----------
    influence
        Of the coefficients; ``None`` stays ``None``.
    weights
        Shape ``(terms, coefficients)``.
    """
    if influence is None:
        return None
    return replace(influence, values=influence.values @ weights.T)


def matched_influence(
    values: FloatArray, data: ModelData, column: str, factor: float, setting: Setting
) -> Influence | None:
    """Return influence by block, ``None`` where nobody asks or the blocks have no names.

    Units that no column of the model names are known by their place among the rows alone, and
    places are others in another sample: they cannot be matched with those of another fit.

    Parameters
    ----------
    values
        Shape ``(G, terms)``.
    data
        What the fit was made of.
    column
        The clusters, or the panel's unit.
    factor
        Of the sum of squares.
    setting
        The model.
    """
    if "influence" not in setting.evidence or column not in data.columns:
        return None
    return Influence(values, cluster_labels(data, column), column, factor)


def cluster_labels(data: ModelData, column: str) -> tuple[object, ...]:
    """Return the values of a cluster column in the order of its codes."""
    return tuple(pd.factorize(data.columns[column], sort=True)[1].tolist())
