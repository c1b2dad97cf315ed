"""Where a row stands among the numbers of its model."""

from __future__ import annotations

from evaluation.estimators.contract import label_of
from evaluation.report.words import MINUS
from evaluation.results import Estimate


def is_headline(row: Estimate) -> bool:
    """Whether a row is its model's single number, or says why there is none; of all rows."""
    return not (row.subgroup or row.term or row.cohort or row.period) and row.event_time is None


def place_of(row: Estimate) -> str:
    """Return a row's name inside its fit, as details know it; empty for a headline."""
    return label_of(row.estimand, row.term, row.cohort, row.period, row.event_time)


def shown_place(row: Estimate) -> str:
    """Return a row's place as it is printed: a true minus sign before event times."""
    shown = place_of(row)
    return shown.replace("-", MINUS) if shown.startswith("event time") else shown


def is_reference(row: Estimate) -> bool:
    """Whether a row is zero by construction: the period that others are compared with."""
    return row.estimate == 0 and row.std_error is None and row.conf_low is None
