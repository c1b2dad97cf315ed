"""Which coefficients of a fit lie before the reform."""

from __future__ import annotations

import numpy as np

from evaluation.estimators.contract import Fit, FloatArray


def detail_of(fit: Fit, name: str) -> float | int | str | bool | None:
    """Return a detail of the whole fit, ``None`` where it has none by that name."""
    return next((v for term, key, v in fit.details if (term, key) == ("", name)), None)


def anticipation_of(fit: Fit) -> int:
    """Return how many periods before the reform treatment may already reach."""
    found = detail_of(fit, "anticipation")
    return int(found) if isinstance(found, int | float) else 0


def pre_period(fit: Fit, earliest: int | None) -> list[int]:
    """Return positions of the coefficients before the reform that a test of them takes.

    Binned ends, coefficients without an error and those that treatment may reach are left out.

    Parameters
    ----------
    fit
        What a model gave.
    earliest
        First event time; ``None`` for all.
    """
    binned = {term for term, name, value in fit.details if name == "binned" and value}
    first = -anticipation_of(fit)
    before = [
        at
        for at, term in enumerate(fit.terms)
        if term.event_time is not None
        and term.event_time < first
        and (earliest is None or term.event_time >= earliest)
        and term.label not in binned
        and term.std_error is not None
        and term.std_error > 0
    ]
    # Averages by event time where the model gives them, else every cohort's own.
    return [at for at in before if not fit.terms[at].cohort] or before


def after_reform(fit: Fit) -> list[int]:
    """Return positions of the averages by event time that treatment may reach.

    Binned ends, coefficients without an error and those of single cohorts are left out.
    """
    binned = {term for term, name, value in fit.details if name == "binned" and value}
    first = -anticipation_of(fit)
    return [
        at
        for at, term in enumerate(fit.terms)
        if term.event_time is not None
        and term.event_time >= first
        and not term.cohort
        and term.label not in binned
        and term.std_error is not None
        and term.std_error > 0
    ]


def drift_of(fit: Fit, places: list[int]) -> FloatArray:
    """Return what a linear drift with slope one makes of every coefficient, shape ``(places,)``.

    Coefficients against one reference move with the distance from it; those against the period
    just before (``base_period`` varying) all move by one step.
    """
    if detail_of(fit, "base_period") == "varying":
        return np.ones(len(places))
    reference = detail_of(fit, "reference")
    base = reference if isinstance(reference, int | float) else -1 - anticipation_of(fit)
    return np.array([(fit.terms[at].event_time or 0) - base for at in places], dtype=np.float64)
