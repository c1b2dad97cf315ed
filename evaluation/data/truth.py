"""The truth of every estimand, from cells of two coupled runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from evaluation.data.coupled import Coupled, cell_sums
from evaluation.data.periods import MONTHS, Calendar
from evaluation.data.roles import FloatArray
from evaluation.spec.design import RdDesign
from evaluation.spec.model import Model
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

# A stock cannot jump at the cutoff; only these answer to the current month's duty at once.
FLOWS = frozenset({"sa_entry", "sa_exit", "condition_imposed"})
AGE = "age_months"
YEAR = 12


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


def truths(
    pair: Coupled,
    spec: Spec,
    model: Model,
    outcome: Outcome,
    estimated: frozenset[tuple[str, str]] = frozenset(),
) -> Mapping[Key, Truth]:
    """Return the truth of every number that a model gives for one outcome.

    ``att`` is the effect on treated rows after the reform, ``att_relative`` the same less the
    effect on control rows; event times and cohorts restrict the rows. At the cutoff, a flow's
    truth is what the current month's duty does to it, over rows within a year of the cutoff whose
    history is the actual one. A stock has no jump to be true of and gets none.

    Parameters
    ----------
    pair
        The coupled runs.
    spec, model, outcome
        What is estimated.
    estimated
        Labels of cohort and period of the group-time effects that the fit gives; averages are over
        these alone. Empty for models without group-time effects.
    """
    if not _has_truth(pair, spec, outcome):
        return {}
    cells = cell_sums(pair, model, outcome)
    frame = Frame(spec, model, pair.with_policy.panel.calendar, estimated)
    found = {key: _truth(cells, sign) for key, sign in FUNCTIONALS[spec.design.kind](cells, frame)}
    return {key: truth for key, truth in found.items() if np.isfinite(truth.value)}


@dataclass(frozen=True)
class Frame:
    """What a functional must know beside the cells."""

    spec: Spec
    model: Model
    calendar: Calendar
    estimated: frozenset[tuple[str, str]]

    @property
    def bin_width(self) -> int:
        """Periods of the panel in one event time."""
        months = MONTHS.get(getattr(self.model.options, "event_bin", None) or "", 0)
        return max(months // max(self.calendar.months, 1), 1)


def _has_truth(pair: Coupled, spec: Spec, outcome: Outcome) -> bool:
    design = spec.design
    if isinstance(design, RdDesign):
        released = pair.released_at == design.cutoff and design.running_variable.column == AGE
        return released and outcome.column in FLOWS
    # Units dropped for gaps make another population than the one simulated.
    return getattr(design, "unbalanced", None) != "drop_incomplete"


def _truth(cells: pd.DataFrame, sign: FloatArray) -> Truth:
    value = _contrast(cells, sign)
    block = cells["block"].to_numpy()
    parts = [_contrast(cells[b], sign[b]) for b in (block == k for k in np.unique(block))]
    usable = np.array([part for part in parts if np.isfinite(part)])
    error = float(usable.std(ddof=1) / np.sqrt(len(usable))) if len(usable) > 1 else 0.0
    return Truth(value, error)


def _contrast(cells: pd.DataFrame, sign: FloatArray) -> float:
    """Return the policy's effect on the mean where sign is 1, less that where it is -1."""
    plus = _effect(cells[sign > 0]) if (sign > 0).any() else 0.0
    return plus - _effect(cells[sign < 0]) if (sign < 0).any() else plus


def _effect(cells: pd.DataFrame) -> float:
    """Return the difference of two means, each over its own run's rows."""
    total_1, weight_1, total_0, weight_0 = (
        float(cells[name].sum()) for name in ("total_1", "weight_1", "total_0", "weight_0")
    )
    if weight_1 <= 0 or weight_0 <= 0:
        return float("nan")
    return total_1 / weight_1 - total_0 / weight_0


Signs = Iterator[tuple[Key, FloatArray]]


def _did(cells: pd.DataFrame, frame: Frame) -> Signs:
    estimand = frame.model.estimand
    treated = cells["treated"].to_numpy(np.float64)
    relative = np.where(treated == 1, 1.0, -1.0) if estimand != "att" else treated
    if estimand != "att_by_event_time":
        yield Key(estimand), relative * cells["post"].to_numpy(np.float64)
        return
    binned = np.floor_divide(cells["event_time"].to_numpy(np.float64), frame.bin_width)
    for time in np.unique(binned):
        yield Key(estimand, event_time=int(time)), np.where(binned == time, relative, 0.0)


def _staggered(cells: pd.DataFrame, frame: Frame) -> Signs:
    cohort = cells["cohort"].to_numpy(np.float64)
    period = cells["period"].to_numpy(np.int64)
    label = frame.calendar.label
    usable = np.isfinite(cohort) & (cohort > period.min())
    if frame.estimated:
        pairs = zip(np.where(usable, cohort, 0), period, strict=True)
        usable &= np.array([(label(int(g)), label(int(t))) in frame.estimated for g, t in pairs])
    event_time = np.where(usable, period - np.where(usable, cohort, 0), np.nan)
    after = usable & (event_time >= 0)
    yield Key("att"), after.astype(np.float64)
    binned = np.floor_divide(event_time, frame.bin_width)
    for time in np.unique(binned[usable]):
        yield Key("att_by_event_time", event_time=int(time)), (binned == time).astype(np.float64)
    for one in np.unique(cohort[usable]):
        own = usable & (cohort == one)
        yield Key("att_by_cohort", cohort=label(int(one))), (own & after).astype(np.float64)
        for when in np.unique(period[own]):
            key = Key("att_gt", label(int(one)), label(int(when)), int(when - one))
            yield key, (own & (period == when)).astype(np.float64)
    for when in np.unique(period[after]):
        rows = (after & (period == when)).astype(np.float64)
        yield Key("att_by_period", period=label(int(when))), rows


def _cutoff(cells: pd.DataFrame, frame: Frame) -> Signs:
    """Take the rows near the cutoff; runs differ by the duty, which the treated side is under."""
    near = np.abs(cells["running"].to_numpy(np.float64)) <= YEAR
    under = getattr(frame.spec.design, "treated_side", "below") == "below"
    sign = near.astype(np.float64) * (1.0 if under else -1.0)
    yield Key(frame.model.estimand), sign


FUNCTIONALS: Mapping[str, Callable[[pd.DataFrame, Frame], Signs]] = {
    "did": _did,
    "staggered_did": _staggered,
    "rd": _cutoff,
}
