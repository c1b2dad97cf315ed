"""What a bias-aware fit is asked, and what every class of functions gives back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import EstimationError
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._honest.jump import Jump
from evaluation.estimators._problem import DetailValue
from evaluation.estimators.contract import Setting, Term


@dataclass(frozen=True)
class Asked:
    """A model, its cluster's codes by row or cell, and the mass points that a side needs.

    ``derivative`` is 0 for jumps, 1 for kinks.
    """

    setting: Setting
    cluster: IntArray | None
    least: int
    derivative: int = 0


@dataclass(frozen=True)
class Found:
    """The parts of a fit that depend on the class."""

    term: Term
    covariance: FloatArray
    n_clusters: int | None
    details: tuple[tuple[str, str, DetailValue], ...]
    warnings: tuple[str, ...] = ()


def no_error(outcome: str) -> EstimationError:
    """Return the refusal of a fit without a positive standard error."""
    return EstimationError(
        f"outcome {outcome}: the local line has no positive standard error: set a wider fixed "
        "bandwidth"
    )


def window_details(
    points: MassPoints, jump: Jump, rule: str | None
) -> tuple[tuple[str, str, DetailValue], ...]:
    """Return the details that say what lies inside the bandwidth.

    Parameters
    ----------
    points
        Moments at P points.
    jump
        The fits.
    rule
        What chose the bandwidth; ``None`` where it was given.
    """
    near = np.abs(points.x) <= jump.bandwidth
    below, above = (share == 1 for share in points.shares)
    return (
        ("", "bandwidth", jump.bandwidth),
        ("", "bandwidth_rule", rule or "fixed"),
        ("", "n_obs_within_below", int(points.rows[jump.below.inside & below].sum())),
        ("", "n_obs_within_above", int(points.rows[jump.above.inside & above].sum())),
        ("", "mass_points_within_below", int((near & below).sum())),
        ("", "mass_points_within_above", int((near & above).sum())),
    )
