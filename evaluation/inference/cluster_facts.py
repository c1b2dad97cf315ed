"""How unequal clusters are: what a reader needs before trusting a clustered standard error."""

from __future__ import annotations

import numpy as np

from evaluation.data.model_data import FloatArray


def effective_clusters(sizes: FloatArray) -> float:
    """Return (sum of n_g)² / sum of n_g²: equal clusters give G, one giant cluster gives 1.

    This is Kish's count applied to cluster sizes. Applied to partial leverages it is the count of
    Carter, Schnepel and Steigerwald (2017), Review of Economics and Statistics 99(4), under
    independent errors: G / (1 + squared coefficient of variation).

    Parameters
    ----------
    sizes
        Rows, or partial leverages, of each cluster, shape ``(G,)``.
    """
    return float(sizes.sum() ** 2 / np.sum(sizes**2))


def largest_share(sizes: FloatArray) -> float:
    """Return the share of rows (or leverage) that lies in the largest cluster."""
    return float(sizes.max() / sizes.sum())
