"""What every regression discontinuity shares: side, sign, mass points, a dangerous cluster."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.inference.small_sample import is_nested

Periods = Literal["pre", "post", "all"]

CLUSTER_IS_RUNNING = (
    "clustered by the running variable: such standard errors are too small and do not account "
    "for misspecification (Kolesar and Rothe 2018); use hc1, or bounds on curvature"
)


def sign_of(design: Any) -> int:
    """Return 1 where the treated side lies above the cutoff, -1 where it lies below."""
    return {"above": 1, "below": -1}[design.treated_side]


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


def cluster_warning(data: ModelData, clusters: tuple[IntArray, ...]) -> tuple[str, ...]:
    """Return a warning where a cluster column is the running variable itself."""
    if data.running is None:
        return ()
    points = np.unique(data.running, return_inverse=True)[1].astype(np.int64)
    same = any(is_nested(points, c) and is_nested(c, points) for c in clusters)
    return (CLUSTER_IS_RUNNING,) if same else ()
