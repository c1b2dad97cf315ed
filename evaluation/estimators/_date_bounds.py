"""The range of fits over the dates that half-known intervals admit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from evaluation.data.adoption_dates import Intervals
from evaluation.data.model_data import FloatArray
from evaluation.estimators._date_fits import Dated, common_labels, places_of, shared_details
from evaluation.estimators.contract import Fit
from evaluation.spec.design import Cohort

IntArray = NDArray[np.int64]
# Assignments that a range is taken over at most; fewer admissible ones are all gone through.
MOST = 400


def fit_over_range(fit: Dated, cohort: Cohort, spans: Intervals) -> Fit:
    """Return the fit at the middle, with intervals that hold those of every date tried.

    Where the admissible assignments are few, all are tried. Otherwise the first number is pushed
    up and down: the end of each interval is tried alone, the better ends together, and from there
    each interval again; what is found is then a range inside the true one, and says so.
    """
    del cohort
    free = np.flatnonzero(~spans.certain)
    choices = [np.arange(spans.earliest[at], spans.latest[at] + 1) for at in free]
    middle = fit(spans.middle)
    every = prod(len(one) for one in choices) <= MOST
    tried = _every(fit, spans, free, choices) if every else _pushed(fit, spans, free, middle)
    fits = [middle, *tried]
    labels = common_labels(fits)
    kept = places_of(middle, labels)
    found = [[one.terms[at] for at in places_of(one, labels)] for one in fits]
    values = np.array([[term.estimate for term in terms] for terms in found])
    lows = [[_end(term.conf_low, -np.inf) for term in terms] for terms in found]
    highs = [[_end(term.conf_high, np.inf) for term in terms] for terms in found]
    low, high = np.min(lows, axis=0), np.max(highs, axis=0)
    terms = tuple(
        replace(
            middle.terms[at],
            std_error=None,
            p_value=None,
            conf_low=_finite(low[j]),
            conf_high=_finite(high[j]),
        )
        for j, at in enumerate(kept)
    )
    how = "all" if every else "a search over"
    note = (
        f"dates of {len(free)} of {len(spans.certain)} units are half known: the estimate is at "
        f"the middle, the interval holds those of {how} {len(fits) - 1} admissible assignments"
    )
    return replace(
        middle,
        terms=terms,
        covariance=None,
        moments=None,
        assignment=None,
        influence=None,
        details=(
            *shared_details(fits),
            ("", "dates_half_known", len(free)),
            ("", "date_assignments", len(fits) - 1),
            ("", "date_assignments_all", every),
            *((label, "date_bound_low", float(values[:, j].min())) for j, label in
              enumerate(labels)),
            *((label, "date_bound_high", float(values[:, j].max())) for j, label in
              enumerate(labels)),
        ),
        warnings=(*middle.warnings, note),
    )  # fmt: skip


def _every(fit: Dated, spans: Intervals, free: IntArray, choices: Sequence[IntArray]) -> list[Fit]:
    found = []
    for chosen in product(*choices):
        dates = spans.middle
        dates[free] = chosen
        found.append(fit(dates))
    return found


def _pushed(fit: Dated, spans: Intervals, free: IntArray, middle: Fit) -> list[Fit]:
    """Try dates that move the first number as far as they can, both ways."""
    found: list[Fit] = []

    def tried(dates: FloatArray) -> float:
        found.append(fit(dates))
        return found[-1].terms[0].estimate

    start = middle.terms[0].estimate
    alone: dict[int, list[tuple[float, float]]] = {}
    for at in free:
        options = [(start, float(spans.middle[at]))]
        for end in (spans.earliest[at], spans.latest[at]):
            if len(found) < MOST // 2:
                dates = spans.middle
                dates[at] = end
                options.append((tried(dates), float(end)))
        alone[int(at)] = options
    for best, sign in ((max, 1.0), (min, -1.0)):
        dates = spans.middle
        for at, options in alone.items():
            dates[at] = best(options)[1]
        _improve(tried, spans, free, dates, sign, len(found) + MOST // 4)
    return found


def _improve(
    tried: Callable[[FloatArray], float],
    spans: Intervals,
    free: IntArray,
    dates: FloatArray,
    sign: float,
    most: int,
) -> None:
    """Move one date after the other to the end that helps, once round at most."""
    value, count = tried(dates), 1
    for at in free:
        for end in _ends(spans, int(at), float(dates[at])):
            if count >= most:
                return
            other = dates.copy()
            other[at] = end
            reached = tried(other)
            count += 1
            if sign * reached > sign * value:
                dates, value = other, reached


def _ends(spans: Intervals, at: int, now: float) -> Iterator[float]:
    yield from (end for end in (spans.earliest[at], spans.latest[at]) if end != now)


def _end(value: float | None, unknown: float) -> float:
    return unknown if value is None else value


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
