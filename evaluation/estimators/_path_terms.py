"""Terms of an event study: every event time, the average after the reform, and products."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray
from evaluation.errors import DataError
from evaluation.estimators._event_time import EventTimes
from evaluation.estimators._interacted import Interacted
from evaluation.estimators._problem import DetailValue, Solved, require_positive
from evaluation.estimators._term import term_of
from evaluation.estimators.contract import Term, label_of

ESTIMAND = "att_by_event_time"
AVERAGE = "average"


@dataclass(frozen=True)
class Product:
    """An event time's product with an interacted column.

    Attributes
    ----------
    name, code
        The column, and the position of the event time.
    term, label
        Its name in the fit.
    column
        Shape ``(n,)``.
    """

    name: str
    code: int
    term: str
    label: str
    column: FloatArray


@dataclass(frozen=True)
class PathTerms:
    """Terms with their covariance, shape ``(terms, terms)``, and what makes them of coefficients.

    ``weights`` has shape ``(terms, coefficients)``.
    """

    terms: tuple[Term, ...]
    covariance: FloatArray
    weights: FloatArray
    details: tuple[tuple[str, str, DetailValue], ...]


def products_by_time(chosen: EventTimes, parts: Interacted) -> tuple[Product, ...]:
    """Return the products of every event time with every interacted column."""
    found = []
    for name, values in parts.columns.items():
        for code, time in enumerate(chosen.times):
            term = f"× {name} at event time {time}"
            column = np.where(chosen.codes == code, values, 0.0)
            found.append(Product(name, code, term, label_of(ESTIMAND, term), column))
    return tuple(found)


def path_terms(
    solved: Solved,
    chosen: EventTimes,
    products: tuple[Product, ...],
    df: float | None,
    average: bool,
) -> PathTerms:
    """Return the coefficients, then the mean of those after the reform, then the products.

    The mean weighs event times equally and leaves out binned ends, which stand for several; its
    error follows from the joint covariance.

    Parameters
    ----------
    solved
        Coefficients of event times, then of products.
    chosen
        The event times.
    products
        The products, in the order of their coefficients.
    df
        Degrees of freedom of Student's t; ``None`` means normal.
    average
        Whether the mean is wanted.

    Raises
    ------
    DataError
        Where it is, and every event time after the reform is binned.
    """
    count, width = len(chosen.times), len(solved.estimates)
    after = [j for j, t in enumerate(chosen.times) if t >= 0 and t not in chosen.binned]
    if average and not after:
        raise DataError(
            "average: every event time after the reform is binned, so there is nothing to average: "
            "widen event_window"
        )
    known = np.diag(solved.covariance) > 0
    weights = np.eye(width)
    if average:
        mean = np.zeros(width)
        mean[after] = 1.0 / len(after)
        weights = np.vstack([weights[:count], mean, weights[count:]])
    estimates = weights @ solved.estimates
    covariance = weights @ solved.covariance @ weights.T
    # A mean of what has no error has none either.
    seen = np.array([bool(known[row != 0].all()) for row in weights])
    require_positive(covariance[np.ix_(seen, seen)], np.zeros(int(seen.sum())), AVERAGE)
    covariance[~seen, :] = covariance[:, ~seen] = 0.0
    places: list[tuple[str, int | None]] = [("", time) for time in chosen.times]
    places += [(AVERAGE, None)] if average else []
    places += [(one.term, None) for one in products]
    terms = tuple(
        term_of(
            float(estimates[at]),
            float(np.sqrt(covariance[at, at])) if covariance[at, at] > 0 else None,
            df,
            estimand=ESTIMAND,
            term=term,
            event_time=time,
        )
        for at, (term, time) in enumerate(places)
    )
    details: tuple[tuple[str, str, DetailValue], ...] = ()
    if average:
        label = label_of(ESTIMAND, AVERAGE)
        first, last = chosen.times[after[0]], chosen.times[after[-1]]
        details = (
            (label, "first_event_time", first),
            (label, "last_event_time", last),
            (label, "weight", 1.0 / len(after)),
        )
    return PathTerms(terms, covariance, weights, details)
