"""Who adopts when, by cluster, with the cells that answer every other assignment."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

from evaluation.data.model_data import FloatArray, IntArray


@dataclass(frozen=True)
class Assignment:
    """A treatment that is a function of cluster and period, and the outcome in those cells.

    G clusters, T periods, C kinds of path, q controls. A cell without rows has weight zero.

    Attributes
    ----------
    weight
        Sum of weights, shape ``(G, T)``.
    y
        Weighted mean outcome, shape ``(G, T)``, zero in empty cells.
    controls
        Weighted means, shape ``(G, T, q)``, zero in empty cells.
    scatter
        Weighted cross-products about the cell means, controls then outcome, summed over each
        cluster's cells, shape ``(G, q + 1, q + 1)``.
    paths
        Treatment in every period under each kind of path, shape ``(C, T)``.
    kind
        The path that each cluster follows, shape ``(G,)``.
    strata
        Codes of every column inside whose values paths may be permuted, shape ``(G,)``; a cluster
        without a value has -1 and stays as it is.
    factor
        Small-sample factor of ``cr1``.
    column, labels
        The cluster column, and its value for every cluster.
    """

    weight: FloatArray
    y: FloatArray
    controls: FloatArray
    scatter: FloatArray
    paths: FloatArray
    kind: IntArray
    factor: float
    strata: Mapping[str, IntArray] = field(default_factory=dict)
    column: str = ""
    labels: tuple[Hashable, ...] = ()


@dataclass(frozen=True)
class NotAssigned:
    """Why a fit has no assignment that could be permuted.

    Attributes
    ----------
    reason
        A clause without a full stop.
    """

    reason: str
