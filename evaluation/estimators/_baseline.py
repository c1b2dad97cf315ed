"""The level that an effect starts from: the mean of the outcome where nothing was done yet."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluation.data.model_data import ModelData
from evaluation.estimators._rd import sign_of
from evaluation.estimators._units import rows_among
from evaluation.estimators.contract import Fit, Setting

Definition = Literal["treated_before", "untreated_rows", "untreated_side"]
Entries = NDArray[np.bool_]
DetailValue = float | int | str | bool | None


def baseline_details(
    data: ModelData, setting: Setting, fit: Fit
) -> tuple[tuple[str, str, DetailValue], ...]:
    """Return the baseline mean, the rows behind it and which rows these are.

    ``treated_before``: the treated before the reform, or before they adopt. ``untreated_rows``:
    rows without treatment, where none is treated later. ``untreated_side``: rows across the cutoff
    from the treated, within the bandwidth. Means are weighted as the model is.

    Parameters
    ----------
    data
        The rows or cells that were fitted; in cells ``y`` is a mean, weighted by ``weight``.
    setting, fit
        The side of a cutoff that is treated, and the bandwidth.
    """
    found = _rows(data, setting, fit)
    inside = baseline_entries(data, setting, fit)
    if found is None or inside is None:
        return ()
    definition, _ = found
    weight = None if data.weight is None else data.weight[inside]
    if weight is not None and not weight.sum() > 0:
        return ()
    return (
        ("", "baseline_mean", float(np.average(data.y[inside], weights=weight))),
        ("", "baseline_rows", rows_among(data, inside)),
        ("", "baseline_definition", definition),
    )


def baseline_entries(data: ModelData, setting: Setting, fit: Fit) -> Entries | None:
    """Return the rows or cells that the baseline mean is over, ``None`` where there are none.

    Parameters
    ----------
    data, setting, fit
        As for :func:`baseline_details`.
    """
    found = _rows(data, setting, fit)
    return None if found is None or not found[1].any() else found[1]


def _rows(data: ModelData, setting: Setting, fit: Fit) -> tuple[Definition, Entries] | None:
    if data.running is not None:
        return "untreated_side", _across(data, data.running, setting, fit)
    if data.treated is not None and data.post is not None:
        return "treated_before", (data.treated == 1) & (data.post == 0)
    if data.cohort is not None and data.event_time is not None:
        before = data.event_time < 0
        return ("treated_before", before) if before.any() else ("untreated_rows", _never(data))
    if data.dose is not None:
        return "untreated_rows", data.dose == 0
    return None


def _never(data: ModelData) -> Entries:
    return np.isinf(data.cohort) if data.cohort is not None else np.zeros(data.entries, bool)


def _across(data: ModelData, running: NDArray[np.float64], setting: Setting, fit: Fit) -> Entries:
    """Return the entries wholly on the untreated side, within its bandwidth where one is known."""
    above = sign_of(setting.design) == -1
    inside = running >= 0 if above else running < 0
    if data.share_above is not None:
        inside &= running != 0
    own = {name: value for term, name, value in fit.details if term == ""}
    width = own.get("bandwidth", own.get(f"bandwidth_{'above' if above else 'below'}"))
    if isinstance(width, int | float):
        inside &= np.abs(running) <= width
    periods = getattr(setting.options, "periods", "all")
    if data.post is not None and periods in ("pre", "post"):
        inside &= data.post == (periods == "post")
    return inside
