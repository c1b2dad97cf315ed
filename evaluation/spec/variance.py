"""Variance settings of a model, as asked and as resolved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

VarianceKind = Literal["iid", "hc0", "hc1", "nn", "cr1", "cr3"]
FixedEffectCorrection = Literal["full", "nested", "none"]
ClusterCorrection = Literal["g", "none"]
Distribution = Literal["normal", "t"]


@dataclass(frozen=True, slots=True)
class Inference:
    """How one model's standard errors and intervals are made, every default filled in.

    Attributes
    ----------
    cluster
        Names of the cluster columns: none, one or two.
    variance
        ``cr1`` and ``cr3`` need a cluster; ``nn`` belongs to regression discontinuity.
    fixed_effects
        Whether absorbed effects count in k: all, those not nested in the cluster, or none.
    cluster_factor
        ``g`` multiplies by G / (G - 1).
    distribution
        ``t`` has G - 1 degrees of freedom with clusters, n - k without.
    """

    cluster: tuple[str, ...]
    variance: VarianceKind
    fixed_effects: FixedEffectCorrection = "nested"
    cluster_factor: ClusterCorrection = "g"
    distribution: Distribution = "t"
