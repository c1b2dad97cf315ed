"""Fits under half-known adoption dates: draws inside the intervals, or a range over them."""

from __future__ import annotations

from evaluation.data.adoption_dates import Intervals
from evaluation.estimators._date_bounds import fit_over_range
from evaluation.estimators._date_draws import fit_over_draws
from evaluation.estimators._date_fits import Dated
from evaluation.estimators.contract import Fit
from evaluation.spec.design import Cohort


def fit_over_dates(fit: Dated, cohort: Cohort, spans: Intervals) -> Fit:
    """Return one fit for all admissible dates, as ``design.cohort.unknown`` says.

    Parameters
    ----------
    fit
        Fits under one date for every unit that adopts, shape ``(A,)``.
    cohort, spans
        The rule, and the intervals.

    Raises
    ------
    EstimationError
        Where no number is found under all dates that are tried.
    """
    rules = {"draw": fit_over_draws, "bound": fit_over_range}
    if cohort.unknown not in rules or spans.certain.all():
        return fit(spans.middle)
    return rules[cohort.unknown](fit, cohort, spans)
