"""The truth beside an estimate, with its Monte Carlo error where it has one."""

from __future__ import annotations

from evaluation.estimators.contract import quantile_label
from evaluation.report.numbers import Numbers
from evaluation.report.places import place_of
from evaluation.report.record import Record
from evaluation.results import Estimate


def truth_text(record: Record, row: Estimate, numbers: Numbers) -> str:
    """Return the truth of a row as printed: ``0.1424 ± 0.0221``, a dash for none."""
    key = (row.model_id, row.outcome)
    place = place_in_details(row)
    error = record.detail(*key, "truth_monte_carlo_error", place)
    return numbers.with_error(record.detail(*key, "truth", place), error)


def holds_truth(record: Record, row: Estimate) -> bool | None:
    """Return whether a row's interval holds the truth, ``None`` where one of them is unknown."""
    truth = record.detail(row.model_id, row.outcome, "truth", place_in_details(row))
    if not isinstance(truth, int | float) or row.conf_low is None or row.conf_high is None:
        return None
    return row.conf_low <= truth <= row.conf_high


def place_in_details(row: Estimate) -> str:
    """Return what details call the row: its level first, where it is one of several."""
    place = place_of(row) if row.quantile is None else quantile_label(row.quantile)
    return ": ".join(part for part in (row.subgroup, place) if part)
