"""Fits over dates drawn inside half-known intervals, combined."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evaluation.data.adoption_dates import Intervals
from evaluation.errors import EstimationError
from evaluation.estimators._date_fits import Dated, common_labels, places_of, shared_details
from evaluation.estimators._term import term_of
from evaluation.estimators.contract import Fit, Term
from evaluation.spec.design import Cohort


def fit_over_draws(fit: Dated, cohort: Cohort, spans: Intervals) -> Fit:
    """Combine fits over dates drawn uniformly inside the intervals.

    Total variance is within + (1 + 1/M) between: Rubin (1987), Multiple Imputation for Nonresponse
    in Surveys, equations 3.1.5 and 3.1.6; degrees of freedom as Barnard and Rubin (1999),
    Biometrika 86(4), with the fit's own as the complete-data ones.
    """
    low, high = spans.earliest.astype(np.int64), spans.latest.astype(np.int64)
    fits = []
    for at in range(cohort.draws):
        generator = np.random.default_rng([cohort.seed or 0, at])
        fits.append(fit(generator.integers(low, high + 1).astype(np.float64)))
    first, labels = fits[0], common_labels(fits)
    if any(one.covariance is None for one in fits):
        raise EstimationError("unknown = 'draw' needs a covariance, and this estimator gives none")
    places = [places_of(one, labels) for one in fits]
    values = np.array(
        [[one.terms[at].estimate for at in place] for one, place in zip(fits, places, strict=True)]
    )
    covariances = [
        np.asarray(one.covariance)[np.ix_(place, place)]
        for one, place in zip(fits, places, strict=True)
    ]
    within = np.mean(covariances, axis=0)
    between = np.cov(values, rowvar=False, ddof=1).reshape(within.shape)
    blind = np.min([np.diag(one) for one in covariances], axis=0) <= 0
    between[blind, :] = between[:, blind] = within[blind, :] = within[:, blind] = 0.0
    excess = (1.0 + 1.0 / cohort.draws) * between
    own = {name: value for term, name, value in first.details if term == ""}
    complete = own.get("degrees_of_freedom")
    share = np.zeros(len(labels))
    total = within + excess
    np.divide(np.diag(excess), np.diag(total), out=share, where=np.diag(total) > 0)
    df = [_freedom(float(one), cohort.draws, complete) for one in share]
    terms = tuple(
        _redone(first.terms[at], float(value), float(variance), one)
        for at, value, variance, one in zip(
            places[0], values.mean(axis=0), np.diag(total), df, strict=True
        )
    )
    return replace(
        first,
        terms=terms,
        covariance=total,
        moments=None,
        assignment=None,
        influence=None,
        details=(
            *shared_details(fits),
            ("", "degrees_of_freedom", df[0]),
            ("", "date_draws", cohort.draws),
            ("", "dates_half_known", int((~spans.certain).sum())),
            *((label, "share_of_variance_from_dates", float(one)) for label, one in zip(
                labels, share, strict=True)),
        ),
        warnings=(
            *first.warnings,
            f"dates of {int((~spans.certain).sum())} of {len(spans.certain)} units are half known: "
            f"drawn {cohort.draws} times inside their intervals, each date as likely as the others",
        ),
    )  # fmt: skip


def _freedom(share: float, draws: int, complete: object) -> float | None:
    """Return Barnard and Rubin's degrees of freedom; ``None`` means normal."""
    imputed = np.inf if share <= 0 else (draws - 1) / share**2
    if not isinstance(complete, int | float):
        return None if np.isinf(imputed) else float(imputed)
    observed = (complete + 1) / (complete + 3) * complete * (1.0 - share) if share > 0 else complete
    return float(1.0 / (1.0 / imputed + 1.0 / observed))


def _redone(term: Term, value: float, variance: float, df: float | None) -> Term:
    std_error = float(np.sqrt(variance)) if variance > 0 else None
    made = term_of(value, std_error, df, estimand=term.estimand)
    return replace(
        term,
        estimate=value,
        std_error=std_error,
        conf_low=made.conf_low,
        conf_high=made.conf_high,
        p_value=made.p_value,
    )
