"""Outcomes of one treated unit and its donors as a matrix of units and periods."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._guards import require_rows, required, required_period
from evaluation.estimators._predictors import Predictor, predictor_values
from evaluation.spec.missing import lacking

LEAST_BEFORE = 2


@dataclass(frozen=True)
class UnitMatrix:
    """Units by periods, nothing missing.

    Attributes
    ----------
    outcomes
        Shape ``(1 + J, T)``: the treated unit, then its J donors.
    event_times
        Periods since the first one after the reform, rising, shape ``(T,)``.
    names
        Labels of the units, treated first.
    periods
        Labels of the periods.
    predictors
        Standardised predictors, shape ``(1 + J, K)``; ``None`` where the outcomes of all periods
        before the reform are the predictors.
    """

    outcomes: FloatArray
    event_times: IntArray
    names: tuple[str, ...]
    periods: tuple[str, ...]
    predictors: FloatArray | None = None

    @property
    def before(self) -> int:
        """Number of periods before the reform."""
        return int((self.event_times < 0).sum())

    @property
    def donors(self) -> int:
        """Number of donors."""
        return len(self.outcomes) - 1

    def take(self, units: IntArray) -> UnitMatrix:
        """Return some of the units, the first of them as the treated one."""
        return replace(
            self,
            outcomes=self.outcomes[units],
            names=tuple(self.names[unit] for unit in units),
            predictors=None if self.predictors is None else self.predictors[units],
        )

    def without(self, donor: int) -> UnitMatrix:
        """Return the matrix without one donor, numbered from 1."""
        units = np.arange(len(self.outcomes))
        return self.take(units[units != donor])

    def standing_in(self, donor: int) -> UnitMatrix:
        """Return the matrix with a donor in the treated unit's place, who is left out itself."""
        units = np.arange(len(self.outcomes))
        return self.take(np.append(donor, units[(units != 0) & (units != donor)]))

    def backdated(self, event_time: int) -> UnitMatrix:
        """Return the periods before the reform, as if it had come at an earlier event time."""
        kept = self.event_times < 0
        return replace(
            self,
            outcomes=self.outcomes[:, kept],
            event_times=self.event_times[kept] - event_time,
            periods=tuple(label for label, keep in zip(self.periods, kept, strict=True) if keep),
        )


def unit_matrix(
    data: ModelData, incomplete: str | None = None, predictors: tuple[Predictor, ...] = ()
) -> UnitMatrix:
    """Return the outcomes of a model's rows as a matrix, units in the order of their codes.

    Parameters
    ----------
    data
        Rows, one a unit and period.
    incomplete
        ``drop`` leaves out donors that lack a period; ``None`` refuses them.
    predictors
        What donors are matched on; none for the outcomes before the reform.

    Raises
    ------
    DataError
        Where not one unit is treated, it lacks a period, or has fewer than two before the reform;
        where donors lack periods, or fewer than two are left.
    """
    require_rows(data)
    treated = required(data.treated, "a treated unit", data.outcome)
    event_time = required(data.event_time, "a first period after the reform", data.outcome)
    period = required_period(data)
    if data.unit is None:
        raise DataError(f"outcome {data.outcome}: the estimator needs units: set panel.unit")
    units, row = np.unique(data.unit, return_inverse=True)
    times, column = np.unique(period, return_inverse=True)

    def tabled(values: FloatArray) -> FloatArray:
        table = np.full((len(units), len(times)), np.nan)
        table[row, column] = values
        return table

    events = np.zeros(len(times), dtype=np.int64)
    events[column] = event_time.astype(np.int64)
    order = _treated_first(np.unique(row[treated > 0]), len(units), data.outcome)
    table = tabled(data.y)[order]
    names = tuple(data.unit_labels.get(int(code), str(code)) for code in units[order])
    _refuse_sides(table[0], events, data.outcome)
    complete = ~np.isnan(table).any(axis=1)
    if not complete.all() and incomplete is None:
        raise DataError(
            f"outcome {data.outcome}: {int((~complete).sum())} of {len(table) - 1} donors lack "
            f"{int(np.isnan(table).sum())} of {table.size} unit-periods; set "
            "design.donors.incomplete = 'drop' to leave these donors out"
        )
    kept = np.flatnonzero(complete)
    if len(kept) < 3:
        counts = f"{len(kept) - 1} of {len(table) - 1} donors are complete"
        sentence = f"{counts}, and a comparison needs two"
        raise lacking(f"outcome {data.outcome}", sentence, "donors")
    chosen = order[kept]
    values = None
    if predictors:
        values = predictor_values(data, predictors, lambda y: tabled(y)[chosen], events)
    return UnitMatrix(
        table[kept],
        events,
        tuple(names[unit] for unit in kept),
        tuple(data.period_labels.get(int(time), str(time)) for time in times),
        values,
    )


def _treated_first(treated: IntArray, units: int, outcome: str) -> IntArray:
    """Return the order of units with the treated one first."""
    if len(treated) != 1:
        raise DataError(
            f"outcome {outcome}: {len(treated)} of {units} units are treated, and this estimator "
            "takes one: check design.treated and the model's keep"
        )
    others = np.arange(units)
    return np.append(treated, others[others != treated[0]])


def _refuse_sides(own: FloatArray, events: IntArray, outcome: str) -> None:
    """Refuse a treated unit with gaps, or with too few periods on a side of the reform."""
    absent = int(np.isnan(own).sum())
    if absent:
        raise DataError(
            f"outcome {outcome}: the treated unit lacks {absent} of {len(own)} periods: leave "
            "these out with sample.drop_periods, or narrow panel.window"
        )
    before, after = int((events < 0).sum()), int((events >= 0).sum())
    if before < LEAST_BEFORE:
        counts = f"the treated unit has {before} periods before the reform"
        raise lacking(
            f"outcome {outcome}", f"{counts}, and weights need {LEAST_BEFORE}", "time before"
        )
    if after == 0:
        raise DataError(
            f"outcome {outcome}: the treated unit has no period after the reform: widen "
            "panel.window or check the reform date"
        )
