"""The truth of every estimand, from cells of two coupled runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.data.coupled import Coupled, cell_effects
from evaluation.data.periods import MONTHS, Calendar
from evaluation.data.roles import FloatArray
from evaluation.spec.model import Model
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

# A stock cannot jump at the cutoff; only these answer to the current month's duty at once.
FLOWS = frozenset({"sa_entry", "sa_exit", "condition_imposed"})


@dataclass(frozen=True, slots=True)
class Key:
    """Which number of a fit a truth belongs to; the fields are those of its row."""

    estimand: str
    cohort: str = ""
    period: str = ""
    event_time: int | None = None


@dataclass(frozen=True, slots=True)
class Truth:
    """A true value with its Monte Carlo error, zero where the difference never varies."""

    value: float
    error: float


def truths(pair: Coupled, spec: Spec, model: Model, outcome: Outcome) -> Mapping[Key, Truth]:
    """Return the truth of every number that a model gives for one outcome.

    ``att`` is the effect on treated rows after the reform, ``att_relative`` the same less the
    effect on control rows; event times and cohorts restrict the rows. At the cutoff, a flow's
    truth is the effect of one more month of duty in the first whole month after release. A stock
    has no jump to be true of and gets none.
    """
    effects = cell_effects(pair, model, outcome)
    calendar = pair.with_policy.panel.calendar
    functional: Callable[..., dict[Key, FloatArray]] = FUNCTIONALS[spec.design.kind]
    if spec.design.kind == "rd" and outcome.column not in FLOWS:
        return {}
    weights = functional(effects, model, calendar)
    found = {key: _truth(effects, sign) for key, sign in weights.items()}
    return {key: truth for key, truth in found.items() if np.isfinite(truth.value)}


def _truth(effects: pd.DataFrame, sign: FloatArray) -> Truth:
    effect = effects["effect"].to_numpy(np.float64)
    weight = effects["weight"].to_numpy(np.float64)
    block = effects["block"].to_numpy()
    value = _contrast(effect, weight, sign)
    parts = [_contrast(effect[b], weight[b], sign[b]) for b in (block == k for k in set(block))]
    usable = np.array([part for part in parts if np.isfinite(part)])
    error = float(usable.std(ddof=1) / np.sqrt(len(usable))) if len(usable) > 1 else 0.0
    return Truth(value, error)


def _contrast(effect: FloatArray, weight: FloatArray, sign: FloatArray) -> float:
    """Return the weighted mean where sign is 1, less that where it is -1."""
    plus, minus = sign > 0, sign < 0
    if not plus.any():
        return float("nan")
    value = float(np.average(effect[plus], weights=weight[plus]))
    return value - float(np.average(effect[minus], weights=weight[minus])) if minus.any() else value


def _did(effects: pd.DataFrame, model: Model, calendar: Calendar) -> dict[Key, FloatArray]:
    treated = effects["treated"].to_numpy(np.float64)
    relative = np.where(treated == 1, 1.0, -1.0) if model.estimand != "att" else treated
    post = effects["post"].to_numpy(np.float64)
    if model.estimand != "att_by_event_time":
        return {Key(model.estimand): relative * post}
    months = MONTHS.get(getattr(model.options, "event_bin", None) or "", calendar.months)
    width = max(months // max(calendar.months, 1), 1)
    binned = np.floor_divide(effects["event_time"].to_numpy(np.float64), width)
    return {
        Key(model.estimand, event_time=int(time)): np.where(binned == time, relative, 0.0)
        for time in np.unique(binned)
    }


def _staggered(effects: pd.DataFrame, model: Model, calendar: Calendar) -> dict[Key, FloatArray]:
    cohort = effects["cohort"].to_numpy(np.float64)
    period = effects["period"].to_numpy(np.int64)
    event_time = effects["event_time"].to_numpy(np.float64)
    always = cohort <= period.min()
    after = np.isfinite(cohort) & (event_time >= 0) & ~always
    keys = {Key("att"): after.astype(np.float64)}
    for time in np.unique(event_time[np.isfinite(event_time)]):
        rows = ((event_time == time) & ~always).astype(np.float64)
        keys[Key("att_by_event_time", event_time=int(time))] = rows
    for one in np.unique(cohort[np.isfinite(cohort)]):
        label = calendar.label(int(one))
        keys[Key("att_by_cohort", cohort=label)] = (after & (cohort == one)).astype(np.float64)
        for when in np.unique(period[cohort == one]):
            cell = ((cohort == one) & (period == when)).astype(np.float64)
            key = Key("att_gt", label, calendar.label(int(when)), int(when - one))
            keys[key] = cell
    for when in np.unique(period[after]):
        rows = (after & (period == when)).astype(np.float64)
        keys[Key("att_by_period", period=calendar.label(int(when)))] = rows
    return keys


def _cutoff(effects: pd.DataFrame, model: Model, calendar: Calendar) -> dict[Key, FloatArray]:
    first_whole_month = effects["running"].to_numpy(np.float64) == 1.0
    return {Key(model.estimand): first_whole_month.astype(np.float64)}


FUNCTIONALS: Mapping[str, Callable[..., dict[Key, FloatArray]]] = {
    "did": _did,
    "staggered_did": _staggered,
    "rd": _cutoff,
}
