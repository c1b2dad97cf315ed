"""Simultaneous bands: one critical value under which every interval of a family covers at once."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from evaluation.data.model_data import FloatArray
from evaluation.spec.options import Table


class Bands(Table):
    """The ``bands`` table of a model.

    Attributes
    ----------
    kind
        ``uniform``: all intervals cover at once, by the sup-t critical value.
    draws
        Draws of the critical value.
    seed
        Seed of these draws.
    """

    kind: Literal["uniform"]
    draws: int = Field(default=999, ge=99)
    seed: int = Field(ge=0)


def uniform_critical_value(
    covariance: FloatArray, bands: Bands, df: float | None = None, level: float = 0.95
) -> float:
    """Return the sup-t critical value of a family of estimates.

    The ``level`` quantile of max |Z_j| / s_j for Z normal with the estimates' covariance, over
    seeded draws; with ``df`` the draws are multivariate t. Source: Montiel Olea and
    Plagborg-Moller (2019), Journal of Applied Econometrics 34(1), algorithm 2.

    Parameters
    ----------
    covariance
        Shape ``(m, m)``; estimates without variance take no part.
    bands
        Number of draws and seed.
    df
        Degrees of freedom; ``None`` means normal.
    level
        Simultaneous coverage.

    Returns
    -------
    float
        At least the pointwise critical value in expectation; ``nan`` without any variance.
    """
    scale = np.sqrt(np.diag(covariance))
    usable = scale > 0
    if not usable.any():
        return float("nan")
    correlation = covariance[np.ix_(usable, usable)] / np.outer(scale[usable], scale[usable])
    values, vectors = np.linalg.eigh((correlation + correlation.T) / 2)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    generator = np.random.default_rng(bands.seed)
    draws = generator.standard_normal((bands.draws, int(usable.sum()))) @ root.T
    if df is not None:
        draws /= np.sqrt(generator.chisquare(df, size=(bands.draws, 1)) / df)
    return float(np.quantile(np.abs(draws).max(axis=1), level))
