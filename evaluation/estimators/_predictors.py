"""Predictors of a synthetic control: averages of columns over periods, standardised."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
from pydantic import model_validator

from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.spec.options import ColumnWithGaps, Table

Tabled = Callable[[FloatArray], FloatArray]


class Predictor(Table):
    """A column, averaged over event times; periods without a value are left out of an average.

    Attributes
    ----------
    column
        Column that is averaged; the outcome itself if not given.
    event_times
        First and last event time of the average, both inside and before the reform; all before it
        if not given.
    """

    column: ColumnWithGaps | None = None
    event_times: tuple[int, int] | None = None

    @model_validator(mode="after")
    def _before(self) -> Predictor:
        if self.event_times is not None and not self.event_times[0] <= self.event_times[1] < 0:
            raise ValueError("two event times before the reform, the earlier first, as [-8, -1]")
        return self


def predictor_values(
    data: ModelData, requests: tuple[Predictor, ...], tabled: Tabled, events: IntArray
) -> FloatArray:
    """Return the predictors of every unit, each divided by its standard deviation.

    Parameters
    ----------
    data
        Rows, with the columns that the requests name.
    requests
        K predictors.
    tabled
        Puts values of rows, shape ``(n,)``, into units and periods, shape ``(units, T)``.
    events
        Event times, shape ``(T,)``.

    Returns
    -------
    FloatArray
        Shape ``(units, K)``.

    Raises
    ------
    DataError
        Where a unit has no value of a predictor, or all have the same.
    """
    found = [_averaged(data, one, tabled, events) for one in requests]
    return np.column_stack(found)


def _averaged(data: ModelData, request: Predictor, tabled: Tabled, events: IntArray) -> FloatArray:
    first, last = request.event_times or (int(events.min()), -1)
    inside = (events >= first) & (events <= last)
    name = request.column or data.outcome
    where = f"outcome {data.outcome}: predictor {name} at event times {first} to {last}"
    if not inside.any():
        raise DataError(f"{where}: no period lies there; the first is {int(events.min())}")
    values = data.y if request.column is None else data.columns[name].to_numpy(np.float64)
    table = tabled(np.asarray(values, dtype=np.float64))[:, inside]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a mean over nothing is told below
        means: FloatArray = np.nanmean(table, axis=1)
    absent = int(np.isnan(means).sum())
    if absent:
        raise DataError(
            f"{where}: {absent} of {len(means)} units have no value there; name other event times "
            "or leave these units out in design.donors.keep"
        )
    spread = float(means.std(ddof=1))
    if spread == 0.0:
        raise DataError(f"{where}: is the same in every unit; leave it out")
    scaled: FloatArray = means / spread
    return scaled
