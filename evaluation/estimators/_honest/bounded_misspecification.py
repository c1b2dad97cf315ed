"""A fit whose misspecification at the cutoff is bounded by what is seen inside the bandwidth."""

from __future__ import annotations

import numpy as np

from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import ModelData
from evaluation.errors import DataError
from evaluation.estimators._cct.points import points_of
from evaluation.estimators._honest.found import Asked, Found, no_error, window_details
from evaluation.estimators._honest.jump import jump_at
from evaluation.estimators._honest.misspecification import misspecified
from evaluation.estimators._rd import sign_of
from evaluation.estimators.contract import Setting, Term
from evaluation.inference.intervals import LEVEL, critical_value

# The interval of an equivalence test at five per cent.
EQUIVALENCE = 0.90


def bounded_misspecification(data: ModelData, asked: Asked) -> Found:
    """Fit with misspecification at the cutoff bounded by what is seen inside the bandwidth.

    Parameters
    ----------
    data
        Rows or cells of one outcome.
    asked
        The model.

    Raises
    ------
    EstimationError
        Where no error is positive.
    """
    setting, h = asked.setting, float(asked.setting.options.bandwidth.fixed)
    points = points_of(data)
    jump = jump_at(points, h, "uniform")
    near = np.flatnonzero(jump.inside)
    x, n = points.x[near] / h, int(points.rows[near].sum())
    above = x >= 0
    step = above.astype(np.float64)
    design = np.column_stack([np.ones_like(x), step, x, step * x])
    parameters = design.shape[1]
    hc0 = setting.inference.variance == "hc0"
    found = misspecified(
        design,
        1,
        above,
        points.rows[near].astype(np.float64),
        points.moments.mean[near, 0],
        points.moments.scatter[near, 0, 0],
        1.0 if hc0 else n / (n - parameters),
    )
    df = None if setting.inference.distribution == "normal" else float(n - parameters)
    ends, inner = found.bounds(LEVEL, df), found.bounds(EQUIVALENCE, df)
    if not (np.isfinite(ends).all() and found.std_error > 0):
        raise no_error(data.outcome)
    # With this bias, estimate ± (bias + z.95 × error) holds the 90 per cent interval.
    reach = max(found.estimate - inner[0], inner[1] - found.estimate)
    bias = reach - critical_value(0.95, df) * found.std_error
    sign = sign_of(setting.design)
    low, high = sorted(sign * end for end in ends)
    return Found(
        Term(
            sign * found.estimate,
            found.std_error,
            low,
            high,
            found.p_value(df),
            estimand=setting.estimand,
        ),
        np.array([[found.std_error**2]]),
        None,
        (
            ("", "maximum_bias", max(bias, 0.0)),
            ("", "largest_misspecification", float(np.abs(found.shifts).max())),
            *window_details(points, jump, None),
            ("", "kernel", "uniform"),
            ("", "degrees_of_freedom", df),
        ),
    )


def refuse_dependent(data: ModelData, setting: Setting) -> None:
    """Refuse what bounded misspecification does not know: clusters, controls, repeated units.

    Parameters
    ----------
    data
        Rows or cells of one outcome.
    setting
        The model.

    Raises
    ------
    DataError
        Where clusters, controls, another variance or weights are asked for, where the running
        variable is continuous, or where units have several rows.
    NeedsRows
        Where nobody counted the units behind cells.
    """
    inference = setting.inference
    where = f"outcome {data.outcome}: bounded_misspecification"
    instead = "or set smoothness = 'bounded_curvature', whose errors may be clustered"
    if inference.cluster or inference.variance not in {"hc0", "hc1"} or setting.controls:
        raise DataError(
            f"{where} assumes independent rows and takes no cluster, no controls and variance hc0 "
            f"or hc1 only: leave them out, {instead}"
        )
    if data.weighted or (data.weight is not None and not data.from_cells):
        raise DataError(f"{where} takes no weights: leave out panel.weight, {instead}")
    if not setting.design.running_variable.discrete:
        raise DataError(
            f"{where} needs many rows at every value of the running variable: set discrete = true "
            f"where they are, {instead}"
        )
    if setting.unit is None and data.unit is None:
        return
    units = data.n_units
    if units is None:
        raise NeedsRows("bounded_misspecification needs to know how often each unit is seen")
    if units < data.n_obs:
        raise DataError(
            f"{where} assumes independent rows, and {data.n_obs} rows are of {units} units: keep "
            f"one row of each, {instead}"
        )
