"""What every regression discontinuity shares: side, sign, mass points, a dangerous cluster."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._problem import DetailValue
from evaluation.estimators._units import rows_among
from evaluation.estimators.contract import Setting
from evaluation.inference.small_sample import is_nested

Periods = Literal["pre", "post", "all"]

STOCK_JUMPS = (
    "a stock cannot jump at a birthday, it kinks: a jump fitted to it is biased at every "
    "bandwidth, less at smaller ones; see rd_kink"
)
CLUSTER_IS_RUNNING = (
    "clustered by the running variable: such standard errors are too small and do not account "
    "for misspecification (Kolesar and Rothe 2018); use hc1, or bounds on curvature"
)


def sign_of(design: Any) -> int:
    """Return 1 where the treated side lies above the cutoff, -1 where it lies below."""
    return {"above": 1, "below": -1}[design.treated_side]


def whole_values(data: ModelData, running: FloatArray) -> FloatArray:
    """Return the running variable of entries that lie wholly on one side of the cutoff.

    Parameters
    ----------
    data
        Rows or cells of one outcome.
    running
        Running variable less the cutoff, shape ``(n,)``.
    """
    return running if data.share_above is None else running[running != 0]


def mean_shares(data: ModelData, running: FloatArray) -> FloatArray:
    """Return the share of each entry above the cutoff: at the cutoff itself the mean of all.

    Parameters
    ----------
    data
        Rows or cells of one outcome.
    running
        Running variable less the cutoff, shape ``(n,)``.
    """
    shares = (running >= 0).astype(np.float64)
    at = running == 0
    if data.share_above is not None and at.any():
        weight = np.ones(data.entries) if data.weight is None else data.weight
        shares[at] = np.average(data.share_above[at], weights=weight[at])
    return shares


def exposure_words(setting: Setting) -> str:
    """Return how an equation counts the cutoff's own value; nothing where it lies above."""
    exposure = getattr(setting.design, "exposure", None)
    if exposure is None:
        return ""
    return (
        f"; at x = 0 E[y] = s·m_treated(0) + (1 - s)·m_untreated(0), s the mean of {exposure} there"
    )


def exposure_details(data: ModelData, setting: Setting) -> tuple[tuple[str, str, DetailValue], ...]:
    """Return how many rows lie partly on either side, and their mean share under treatment.

    Parameters
    ----------
    data
        Rows or cells of one outcome.
    setting
        Says which side is treated.
    """
    if data.running is None or data.share_above is None:
        return ()
    at = data.running == 0
    above = float(mean_shares(data, data.running)[at][0]) if at.any() else None
    if above is not None and sign_of(setting.design) == -1:
        above = 1 - above
    return (
        ("", "n_obs_partly_treated", rows_among(data, at)),
        ("", "mean_exposure_at_cutoff", above),
    )


def mass_points(running: FloatArray, width: float = np.inf) -> tuple[int, int]:
    """Return how many distinct values lie below and at or above the cutoff.

    Parameters
    ----------
    running
        Running variable less the cutoff, shape ``(n,)``.
    width
        Only values at most this far from the cutoff.
    """
    near = running[np.abs(running) <= width]
    return len(np.unique(near[near < 0])), len(np.unique(near[near >= 0]))


def require_mass_points(
    running: FloatArray, outcome: str, least: int, width: float = np.inf
) -> None:
    """Refuse a side with too few distinct values of the running variable.

    Parameters
    ----------
    running
        Running variable less the cutoff, shape ``(n,)``.
    outcome
        For the message.
    least
        Distinct values needed on each side.
    width
        Bandwidth, in units of the running variable.

    Raises
    ------
    DataError
        Naming the side and how many values it has.
    """
    for side, count in zip(("below", "above"), mass_points(running, width), strict=True):
        if count < least:
            within = "" if np.isinf(width) else f" within the bandwidth {width:g}"
            raise DataError(
                f"outcome {outcome}: the running variable has {count} distinct values {side} the "
                f"cutoff{within}, and the fit needs {least}: widen the bandwidth or the sample, "
                "or lower the order"
            )


def stock_warning(data: ModelData, setting: Setting) -> tuple[str, ...]:
    """Return a warning where a jump is asked of an outcome that can only kink."""
    return (STOCK_JUMPS,) if data.outcome in setting.stocks else ()


def cluster_warning(data: ModelData, clusters: tuple[IntArray, ...]) -> tuple[str, ...]:
    """Return a warning where a cluster column is the running variable itself."""
    if data.running is None:
        return ()
    points = np.unique(data.running, return_inverse=True)[1].astype(np.int64)
    same = any(is_nested(points, c) and is_nested(c, points) for c in clusters)
    return (CLUSTER_IS_RUNNING,) if same else ()
