"""The dose that age, calendar month, reform and lead alone give at a cutoff in age, in closed form.

Someone is exposed in a month by the share of it spent on the treated side of the cutoff, from the
reform on. Ages are completed months at a month's end, and birthdays are spread evenly over a month,
so that the month of the cutoff counts half. With x = age less cutoff and m months since the reform,
a person on the side below is exposed for m months before the row's own, one above for
m - (x - 1/2); the lines hold for x up to m. The months from a row's own to its outcome's, L later,
hold 1/2 - x months on the side below, for x from -L on, and none above.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.spec.dates import AGE
from evaluation.spec.design import RdDesign
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of

HALF = 0.5
MONTHS_IN_YEAR = 12


@dataclass(frozen=True)
class Dose:
    """Limits at the cutoff and slopes a month of age, of the treated side, then of the other.

    Attributes
    ----------
    limit, slope
        Shape ``(2,)`` each.
    """

    limit: FloatArray
    slope: FloatArray


NONE = Dose(np.zeros(2), np.zeros(2))


def current_dose(months: int) -> Dose:
    """Return the exposure of the row's own month.

    Parameters
    ----------
    months
        From the reform to the row's month; negative before it.
    """
    return NONE if months < 0 else Dose(np.array([1.0, 0.0]), np.zeros(2))


def past_dose(months: int, treated_side: str) -> Dose:
    """Return the months of exposure before the row's own.

    Parameters
    ----------
    months
        From the reform to the row's month; negative before it.
    treated_side
        ``below`` or ``above``.
    """
    if months <= 0:
        return NONE
    if treated_side == "below":
        return Dose(np.array([months, months + HALF]), np.array([0.0, -1.0]))
    return Dose(np.array([-HALF, 0.0]), np.array([1.0, 0.0]))


def window_dose(months: int, lead: int, treated_side: str) -> Dose:
    """Return the months of exposure from the row's own month to its outcome's, both counted.

    Parameters
    ----------
    months
        From the reform to the row's month. Rows before it whose outcome lies after are no rows.
    lead
        Months from the row to its outcome.
    treated_side
        ``below`` or ``above``.
    """
    if months < 0 or lead == 0:
        return current_dose(months)
    if treated_side == "below":
        return Dose(np.array([HALF, 0.0]), np.array([-1.0, 0.0]))
    return Dose(np.array([lead + 1.0, lead + HALF]), np.array([0.0, 1.0]))


def averaged(doses: tuple[Dose, ...], weights: FloatArray) -> Dose:
    """Return the weighted mean of doses, ``weights`` of shape ``(len(doses),)``."""
    limits, slopes = ([getattr(one, key) for one in doses] for key in ("limit", "slope"))
    return Dose(
        np.average(limits, axis=0, weights=weights), np.average(slopes, axis=0, weights=weights)
    )


def has_potential_dose(spec: Spec) -> bool:
    """Whether age, month and reform alone tell who is exposed: a reform and a cutoff in age."""
    design = spec.design
    return (
        isinstance(design, RdDesign)
        and design.running_variable.column == AGE
        and design.reform_date is not None
        and spec.panel.period in (None, "month")
        and time_unit_of(spec) != "integer"
    )


def months_since_reform(spec: Spec, model: Model) -> dict[str, int]:
    """Return months since the reform by calendar month, of those that a model's rows may lie in.

    Months before the reform are left out where the model sees some after it. Nothing where the
    panel has no window of dates.

    Parameters
    ----------
    spec, model
        With a reform date.
    """
    window, reform = spec.panel.window, getattr(spec.design, "reform_date", None)
    if window is None or reform is None or not isinstance(window[0], dt.date):
        return {}
    first = _month(reform)
    dropped = {month for low, high in spec.sample.drop_periods for month in _between(low, high)}
    kept = [month for month in _between(*window) if month not in dropped]
    before = getattr(model.options, "periods", "all") == "pre"
    chosen = [month for month in kept if (month < first) == before]
    return {label_of(month): month - first for month in chosen}


def label_of(month: int) -> str:
    """Return a month as it is printed, ``2017-01``."""
    return f"{month // MONTHS_IN_YEAR}-{month % MONTHS_IN_YEAR + 1:02d}"


def _between(low: object, high: object) -> Iterator[int]:
    if isinstance(low, dt.date) and isinstance(high, dt.date):
        yield from range(_month(low), _month(high) + 1)


def _month(date: dt.date) -> int:
    return date.year * MONTHS_IN_YEAR + date.month - 1
