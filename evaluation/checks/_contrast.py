"""Whether variants of a model move its estimate: a joint test from influences by cluster."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.checks._numbers import Number, joint_covariance
from evaluation.checks._pre_period import detail_of
from evaluation.estimators.contract import Fit, FloatArray
from evaluation.inference.wald import Wald, hotelling_p_value, wald


@dataclass(frozen=True)
class Contrast:
    """Differences of variants from a base.

    Attributes
    ----------
    differences
        Variant less base, shape ``(m,)``.
    std_errors
        Shape ``(m,)``; ``None`` where the fits have no joint variance.
    test
        That all are zero.
    p_value
        By Hotelling's reference with clusters; ``None`` without a test.
    """

    differences: FloatArray
    std_errors: FloatArray | None
    test: Wald | None
    p_value: float | None


def contrast(base: Number, others: tuple[Number, ...], clusters: float | None) -> Contrast:
    """Return the differences of variants from a base, tested jointly where that can be done.

    Parameters
    ----------
    base, others
        Headlines, fitted with influences.
    clusters
        Effective number of clusters, for Hotelling's reference.
    """
    differences = np.array([one.estimate - base.estimate for one in others])
    joint = joint_covariance((base, *others))
    if joint is None or not len(others):
        return Contrast(differences, None, None, None)
    change = np.hstack([-np.ones((len(others), 1)), np.eye(len(others))])
    covariance = change @ joint @ change.T
    # A difference made of rounding has no variance of its own.
    noise = 1e-16 * joint[0, 0] + 1e-20 * base.estimate**2
    dead = np.diag(covariance) <= noise
    covariance[dead, :] = covariance[:, dead] = 0.0
    test = wald(differences, covariance)
    p_value = test.p_value if clusters is None else hotelling_p_value(test, clusters)
    return Contrast(differences, np.sqrt(np.diag(covariance)), test, p_value)


def effective_of(fit: Fit) -> float | None:
    """Return the effective number of clusters of a fit, ``None`` where it has none."""
    found = detail_of(fit, "effective_clusters")
    return float(found) if isinstance(found, int | float) else None


def differences_in_words(found: Contrast) -> str:
    """Return the last difference with its standard error."""
    error = None if found.std_errors is None else float(found.std_errors[-1])
    shown = f"{found.differences[-1]:+.4g}"
    return f"{shown} (standard error {error:.4g})" if error is not None else shown
