"""Whether national shocks move age groups apart by more than the standard error says."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field

from evaluation.checks._ages import (
    AGE,
    OLDEST,
    UNTOUCHED,
    YOUNGEST,
    AgePair,
    bands,
    groups_of,
    on_age,
)
from evaluation.checks._numbers import NO_NUMBER, Number
from evaluation.checks._overlap import Window, effective_placebos
from evaluation.checks._placebos import headlines, placebos_of
from evaluation.checks._refit import Refitted, details_of, refit_all, why_none
from evaluation.checks._variants import (
    before,
    begins,
    cut_of,
    later,
    moved,
    regrouped,
    with_models,
)
from evaluation.checks.contract import Case, Verdict
from evaluation.checks.placebo_date import label_of, placebo_dates
from evaluation.errors import DataError
from evaluation.inference.intervals import critical_value
from evaluation.spec.design import DidDesign
from evaluation.spec.filters import Filter
from evaluation.spec.options import OptionsModel
from evaluation.spec.spec import Spec

TITLE = "Common shocks"
ASSUMPTION = "no national shocks that move age groups apart"
SOURCE = (
    "Conley and Taber (2011), Review of Economics and Statistics 93(1): the distribution of "
    "placebos in place of a standard error that does not see shocks to the group as a whole"
)
EXCEED = "shocks exceed the standard error"
NOT_SEEN = "not detected"
LEVEL = 0.05
# With fewer placebos their spread says next to nothing.
LEAST = 4
# Squares of a t have a variance from here on.
FEWEST_DF = 5.0
OWN = "own groups"
MONTHS = 12
# Months taken to lie on either side where panel.window does not say.
UNKNOWN = 24


class Options(OptionsModel):
    """Untouched dates and bands of ages; see ``placebo_date`` and ``placebo_group``.

    Attributes
    ----------
    ages
        Pairs of bands of ages that are compared; if not given bands of three years, a year apart,
        that no rule parts.
    dates
        Placebo dates before the reform; evenly spaced ones if not given.
    every
        Months (periods where time is whole numbers) between placebo dates; 6 (1) if not given.
    least
        Months (periods) before the first and after the last placebo date, at least; 12 (1) if not
        given.
    """

    ages: tuple[AgePair, ...] = ()
    dates: tuple[dt.date, ...] | None = Field(default=None, min_length=1)
    every: int | None = Field(default=None, ge=1)
    least: int | None = Field(default=None, ge=1)


@dataclass(frozen=True)
class Placebo:
    """A variant, whether its groups are the design's own, and which rows it compares."""

    spec: Spec
    own: bool
    window: Window


@dataclass(frozen=True, slots=True)
class Spread:
    """Root mean square of ratios, its degrees of freedom, and what chance allows."""

    spread: float
    df: float
    limit: float


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the model over untouched dates and bands of ages, and set it beside their spread.

    Placebos are the design's own groups at dates before the reform, and bands of ages that no rule
    parts, at these dates and, from 31 on, at the reform. Each is divided by its own standard error:
    where clustered errors tell all there is, the root mean square of these ratios is near 1. The
    verdict is ``shocks exceed the standard error`` where that of all placebos, or of the own groups
    alone, is larger than squares of t allow (at 2.5 per cent each, with degrees of freedom by how
    they overlap and by the clusters), else ``not detected``. The placebo interval is wider by the
    larger of the two, with t of its degrees of freedom.

    Raises
    ------
    DataError
        For a design whose groups are not ages, or that has no dates to move.
    """
    placebos = _variants(case, _pairs(case, options), options)
    found = refit_all(case, {label: one.spec for label, one in placebos.items()})
    return tuple(
        _verdict(name, one, found[name], placebos) for name, one in headlines(case).items()
    )


def _pairs(case: Case, options: Any) -> tuple[AgePair, ...]:
    on_age(case.spec)
    pairs: tuple[AgePair, ...] = options.ages or tuple(bands(case.spec, 0))
    for pair in pairs:
        age = pair.crosses()
        if age is not None:
            raise DataError(f"ages: {pair.label} crosses {age}, where another rule changes")
    return pairs


def _variants(case: Case, pairs: tuple[AgePair, ...], options: Any) -> dict[str, Placebo]:
    """Return placebos by label; before the reform every band is untouched."""
    spec = with_models(case.spec, case.result.model)
    design, cut, reform = on_age(spec), cut_of(spec), begins(spec)
    dates = placebo_dates(case, options.dates, options.every, options.least)
    low = spec.panel.window[0] if spec.panel.window else later(min(dates), -UNKNOWN)
    high = spec.panel.window[1] if spec.panel.window else later(reform, UNKNOWN)
    if not all(isinstance(one, dt.date) for one in (low, high, cut, reform, *dates)):
        raise DataError("common_shocks: moves dates: give design.reform_date and a panel of months")
    found = {}
    own = _own(spec, design)
    for date in dates:
        window = (_month(low), _month(date), _month(cut))
        label = f"{OWN}, {label_of(date)}"
        found[label] = Placebo(moved(before(spec, cut), date), True, Window(*own, *window))
        for pair in pairs:
            groups = groups_of(design, pair)
            other = moved(before(regrouped(spec, groups.treated, groups.control), cut), date)
            placed = Window(pair.treated, pair.control, *window)
            found[f"{pair.label}, {label_of(date)}"] = Placebo(other, False, placed)
    for pair in pairs:
        if pair.treated[0] >= UNTOUCHED:
            groups = groups_of(design, pair)
            placed = Window(
                pair.treated, pair.control, _month(low), _month(reform), _month(high) + 1
            )
            other = regrouped(spec, groups.treated, groups.control)
            found[f"{pair.label}, the reform"] = Placebo(other, False, placed)
    return found


def _month(date: object) -> int:
    return date.year * MONTHS + date.month - 1 if isinstance(date, dt.date) else 0


def _own(spec: Spec, design: DidDesign) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the ages of the design's own groups, in years, for how placebos overlap."""
    shared = [one for one in spec.sample.keep if one.column == AGE]

    def band(own: Filter | None, otherwise: tuple[int, int]) -> tuple[int, int]:
        given = [*shared, *([own] if own is not None else [])]
        lows = [int(one.at_least) for one in given if isinstance(one.at_least, int)]
        highs = [int(one.below) for one in given if isinstance(one.below, int)]
        low = max(lows, default=otherwise[0] * MONTHS) // MONTHS
        return low, max(low, min(highs, default=(otherwise[1] + 1) * MONTHS) // MONTHS - 1)

    treated = band(design.treated, (YOUNGEST, UNTOUCHED - 2))
    first, last = band(design.control, (UNTOUCHED, OLDEST))
    first = max(first, treated[1] + 1)
    return treated, (first, max(first, last))


def _verdict(
    outcome: str,
    number: Number | None,
    refitted: tuple[Refitted, ...],
    placebos: dict[str, Placebo],
) -> Verdict:
    if number is None:
        return Verdict(outcome, None, None, "refused", NO_NUMBER)
    found = placebos_of(refitted)
    count = len(found.estimates)
    if count < LEAST or found.spread is None or number.std_error is None:
        why = why_none(refitted) or "give further dates or ages"
        reason = f"{count} placebos of {len(refitted)} can be estimated, at least {LEAST} are "
        return Verdict(outcome, None, None, "refused", f"{reason}needed: {why}")
    every = _spread(refitted, placebos)
    own = _spread(tuple(one for one in refitted if placebos[one.label].own), placebos)
    spreads = [one for one in (every, own) if one is not None]
    widest = max(spreads, key=lambda one: one.spread)
    half = critical_value(1.0 - LEVEL / 2, widest.df) * number.std_error * max(widest.spread, 1.0)
    low, high = number.estimate - half, number.estimate + half
    rank = found.rank(number.estimate)
    words = "; ".join(
        f"{name} vary {one.spread:.2f} times as much as their standard errors say (up to "
        f"{one.limit:.2f} by chance)"
        for name, one in (("all", every), (OWN, own))
        if one is not None
    )
    return Verdict(
        outcome,
        widest.spread,
        None,
        EXCEED if any(one.spread > one.limit for one in spreads) else NOT_SEEN,
        f"{count} placebos: {words}; the estimate {number.estimate:.4g} ranks {rank} of "
        f"{count + 1} by size; placebo interval {low:.4g} to {high:.4g}",
        details=(
            ("placebos", count),
            ("placebos_refused", len(refitted) - count),
            ("rank", rank),
            *(_told("", every) if every else ()),
            *(_told("own_groups_", own) if own else ()),
            ("placebo_sd", float(found.estimates.std(ddof=1))),
            ("placebo_sd_over_std_error", float(found.estimates.std(ddof=1)) / number.std_error),
            ("placebo_interval_low", low),
            ("placebo_interval_high", high),
            *details_of(refitted),
        ),
    )


def _spread(refitted: tuple[Refitted, ...], placebos: dict[str, Placebo]) -> Spread | None:
    """Return the spread of some placebos with what chance allows, ``None`` without any error."""
    from scipy import stats

    known = tuple(one for one in refitted if one.number is not None and one.number.std_error)
    found = placebos_of(known).spread
    if found is None:
        return None
    df = effective_placebos(tuple(placebos[one.label].window for one in known))
    errors = [one.number.df for one in known if one.number is not None and one.number.df]
    scale, share = _squares_of_t(min(errors, default=np.inf))
    limit = stats.chi2.ppf(1.0 - LEVEL / 2, df * share) / (df * share) * scale
    return Spread(found, df, float(np.sqrt(limit)))


def _squares_of_t(df: float) -> tuple[float, float]:
    """Return the mean of the square of a t, and its degrees of freedom as a scaled chi-squared.

    The errors that estimates are divided by are estimated too. A square of t with n degrees of
    freedom has mean n / (n - 2), and in that unit (n - 1) / (n - 4) times the variance of a
    chi-squared with one: two moments, as Satterthwaite (1946) matches them.
    """
    n = max(df, FEWEST_DF)
    return (1.0, 1.0) if np.isinf(n) else (n / (n - 2), (n - 4) / (n - 1))


def _told(prefix: str, one: Spread) -> tuple[tuple[str, float], ...]:
    return (
        (f"{prefix}root_mean_square_t", one.spread),
        (f"{prefix}root_mean_square_t_by_chance", one.limit),
        (f"{prefix}degrees_of_freedom", one.df),
    )
