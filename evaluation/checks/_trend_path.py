"""The coefficients of a fit around the last period that treatment cannot reach."""

from __future__ import annotations

from typing import Literal

import numpy as np

from evaluation.checks._pre_period import (
    after_reform,
    anticipation_of,
    detail_of,
    pre_period,
)
from evaluation.estimators.contract import Fit, FloatArray
from evaluation.inference.trend_path import TrendPath

Target = Literal["first_post", "average_post"]

SINGULAR = 1e-10
REFUSED = {
    ("base_period", "varying"): (
        "coefficients against the period just before each are no path of one trend: set "
        "base_period = 'universal'"
    ),
    ("pre_coefficients", "imputation"): (
        "coefficients before the reform come from another regression than those after it, so "
        "that the two do not share one base; use twfe_event_study, or group_time_att with "
        "base_period = 'universal'"
    ),
}


def trend_path(fit: Fit, target: Target, earliest: int | None = None) -> TrendPath | str:
    """Return the path of coefficients around the base, or why there is none.

    The base is the last event time before treatment and its anticipation; where the model's own
    reference lies earlier, coefficients and covariance are taken less that of the base. Binned ends
    and coefficients without an error take no part. Periods of anticipation count as treated and
    carry no weight in the target.

    Parameters
    ----------
    fit
        What an event study gave.
    target
        ``first_post``, event time 0, or ``average_post``, the plain mean of event times from 0 on.
    earliest
        First event time that takes part; ``None`` for all.
    """
    for (name, value), reason in REFUSED.items():
        if detail_of(fit, name) == value:
            return reason
    first = -anticipation_of(fit)
    told = detail_of(fit, "reference")
    reference = int(told) if isinstance(told, int | float) else first - 1
    places = [*pre_period(fit, earliest), *after_reform(fit)]
    times = [fit.terms[at].event_time or 0 for at in places]
    if fit.covariance is None or not any(time < first for time in times):
        return "the model has no coefficients before the reform"
    if any(fit.terms[at].cohort for at in places):
        return "the model gives no averages by event time: set aggregate = ['event_time']"
    if reference >= first:
        return (
            f"treatment may already reach the reference, event time {reference}: set an earlier one"
        )
    weights = target_weights(np.array([time for time in times if time >= first]), target)
    if isinstance(weights, str):
        return weights
    if reference in times:
        return f"a coefficient stands at event time {reference}, where the base should lie"
    # A reference before the base is a coefficient like others, unless it is to be left out.
    known = {*times} if earliest is not None and reference < earliest else {*times, reference}
    return _based(fit, places, times, sorted(known), first, weights)


def target_weights(times: FloatArray, target: Target) -> FloatArray | str:
    """Return the weights of a target on event times, or why it has none.

    Parameters
    ----------
    times
        Event times that treatment may reach, shape ``(T,)``.
    target
        ``first_post`` or ``average_post``.
    """
    wanted = times == 0 if target == "first_post" else times >= 0
    if not wanted.any():
        return "the model has no coefficient with an error from the first post period on"
    return np.asarray(wanted / wanted.sum())


def _based(
    fit: Fit, places: list[int], times: list[int], known: list[int], first: int, weights: FloatArray
) -> TrendPath | str:
    """Return coefficients less that of the base, which has none of its own."""
    whole = np.asarray(fit.covariance)
    estimates = np.array([fit.terms[at].estimate for at in places])
    every = np.array(known)
    before = every[every < first]
    base = int(before[-1])
    missing = sorted(set(range(int(before[0]), base)) - set(before.tolist()))
    if missing:
        named = ", ".join(map(str, missing[:5]))
        return (
            f"no coefficient with an error at event time {named}: the path before the reform must "
            f"have no gap; set earliest = {max(missing) + 1} to leave out what lies before it"
        )
    kept = every[every != base]
    pick = np.zeros((len(kept), len(times)))
    for row, time in enumerate(kept):
        for column, one in enumerate(times):
            pick[row, column] = float(one == time) - float(one == base)
    covariance = pick @ whole[np.ix_(places, places)] @ pick.T
    errors = np.sqrt(np.diag(covariance))
    rank = int(np.sum(np.linalg.eigvalsh(covariance / np.outer(errors, errors)) > SINGULAR))
    if rank < len(kept):
        return (
            f"the covariance of {len(kept)} coefficients has rank {rank}: fewer clusters than "
            "coefficients, or a collinear path; use a coarser event_bin or a narrower event_window"
        )
    return TrendPath(pick @ estimates, covariance, kept - base, weights, base)
