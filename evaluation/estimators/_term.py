"""A number with the interval that its standard error gives."""

from __future__ import annotations

from evaluation.estimators.contract import Term
from evaluation.inference.intervals import interval


def term_of(
    estimate: float,
    std_error: float | None,
    df: float | None,
    *,
    estimand: str,
    term: str = "",
    cohort: str = "",
    period: str = "",
    event_time: int | None = None,
) -> Term:
    """Return a term with its 95 per cent interval and p-value.

    Parameters
    ----------
    estimate, std_error
        In the same units; ``None`` where the error is unknown, which leaves the interval empty.
    df
        Degrees of freedom of Student's t; ``None`` means normal.
    estimand, term, cohort, period, event_time
        The number's place, as in ``Term``.
    """
    bounds = interval(estimate, std_error, df)
    return Term(
        estimate,
        std_error,
        bounds.low,
        bounds.high,
        bounds.p_value,
        estimand=estimand,
        term=term,
        cohort=cohort,
        period=period,
        event_time=event_time,
    )
