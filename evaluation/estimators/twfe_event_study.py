"""Two-way fixed effects by event time: one coefficient for every period around the reform."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.data.memo import remembered
from evaluation.data.model_data import FloatArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._adoption import own_periods, without_always_treated
from evaluation.estimators._cell_needs import linear_needs
from evaluation.estimators._columns import dense_codes, effect_codes, with_effect
from evaluation.estimators._event_time import bin_width, event_times
from evaluation.estimators._guards import require_rows, required, required_period
from evaluation.estimators._influence import combined, influence_of, wants_moments
from evaluation.estimators._interacted import further_words, interacted
from evaluation.estimators._path_terms import path_terms, products_by_time
from evaluation.estimators._placebo_checks import staggers
from evaluation.estimators._problem import DetailValue, Solved
from evaluation.estimators._problem_of import problem_of
from evaluation.estimators._regression import solve
from evaluation.estimators._subset import subset
from evaluation.estimators._treated_clusters import few_treated_clusters, treated_clusters
from evaluation.estimators.contract import Fit, Role, Setting, event_label
from evaluation.inference.bands import Bands, uniform_critical_value
from evaluation.spec.options import OptionsModel

TITLE = "Event study with two-way fixed effects"
SOURCE = "Sun and Abraham (2021), Journal of Econometrics 225(2), equation 2"
DESIGNS = frozenset({"did", "staggered_did"})
ESTIMANDS = frozenset({"att_by_event_time"})
NEEDS: frozenset[Role] = frozenset({"treated_post", "event_time"})
VARIANCES = frozenset({"iid", "hc0", "hc1", "cr1", "cr3"})


class Options(OptionsModel):
    """Keys of an event study; window and reference count bins of ``event_bin``.

    Attributes
    ----------
    event_window
        First and last event time, 0 being the reform; without it every event time has its own
        coefficient.
    event_bin
        Length of an event time; a period of the panel if not given.
    event_ends
        Rows beyond ``event_window``: ``bin`` gives them the coefficient of its ends, ``drop``
        leaves them out. Needed with ``event_window``, and with it alone.
    reference
        Event time without a coefficient, against which the others are.
    bands
        Simultaneous bands over the event times, beside pointwise intervals; none if not given.
    average
        Whether the mean of the coefficients after the reform is given, with its standard error.
    """

    event_window: tuple[int, int] | None = None
    event_bin: Literal["month", "quarter", "year"] | None = None
    event_ends: Literal["bin", "drop"] | None = None
    INFLUENCE: ClassVar[bool] = True
    TAKES: ClassVar[frozenset[str]] = frozenset({"interact", "group_trends"})

    reference: int = -1
    bands: Bands | None = None
    average: bool = False

    @model_validator(mode="after")
    def _window_has_ends(self) -> Options:
        if (self.event_window is None) != (self.event_ends is None):
            raise ValueError("event_window and event_ends go together: set both or neither")
        if self.event_window is None:
            return self
        low, high = self.event_window
        if low >= high:
            raise ValueError("event_window must be [low, high] with low below high")
        if not low <= self.reference <= high:
            raise ValueError(f"reference must lie inside event_window, between {low} and {high}")
        return self


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    effects = "".join(f" + effect[{name}]" for name in setting.fixed_effects)
    controls = "".join(f" + {name}'γ" for name in setting.controls)
    reference = setting.options.reference
    return (
        f"y = Σ_(k≠{reference}) β_k·(treated × 1[event time = k]) + treated + period effects"
        f"{effects}{controls}{further_words(setting)} + error"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    reference = setting.options.reference
    same = "cohorts share one path of effects, where adoption is staggered"
    return (
        (
            "parallel trends: without treatment both groups would have moved alike",
            ("pretrends", "trend_sensitivity"),
        ),
        (f"no anticipation at event time {reference}", ("anticipation",)),
        ("treatment of one group does not reach the other", ("carry_over", "placebo_group")),
        *(((same, ("bacon",)),) if staggers(setting) else ()),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    staggered = setting.design.kind == "staggered_did"
    return linear_needs(
        setting, frozenset({"cohort", "period"} if staggered else {"treated", "post", "period"})
    )


def _member(data: ModelData) -> FloatArray:
    """Return 1.0 for rows of the treated group: given, or ever treated."""
    if data.treated is not None:
        return data.treated
    return np.isfinite(required(data.cohort, "a treated group or a cohort", data.outcome)).astype(
        np.float64
    )


def _bands(
    solved: Solved, times: tuple[int, ...], bands: Bands | None, df: float | None
) -> list[tuple[str, str, DetailValue]]:
    if bands is None:
        return []
    known = np.flatnonzero(np.diag(solved.covariance)[: len(times)] > 0)
    if len(known) == 0:
        return []
    critical = uniform_critical_value(solved.covariance[np.ix_(known, known)], bands, df)
    details: list[tuple[str, str, DetailValue]] = [("", "uniform_critical_value", critical)]
    for j in known:
        time = times[j]
        half = critical * float(np.sqrt(solved.covariance[j, j]))
        details.append((event_label(time), "uniform_low", float(solved.estimates[j]) - half))
        details.append((event_label(time), "uniform_high", float(solved.estimates[j]) + half))
    return details


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate a coefficient for every event time but the reference.

    The treated main effect and period effects enter unless the fixed effects absorb them. Event
    times at binned ends carry the detail ``binned``: they enter neither pre-tests nor bounds.
    Under staggered adoption units treated from the first period on are dropped, or kept with period
    effects of their own. A coefficient with one treated cluster has no standard error.

    Parameters
    ----------
    data
        Rows of one outcome.
    setting
        The model.

    Raises
    ------
    DataError
        Where the rows cannot answer: an empty group, an empty reference, one cluster, no variation.
    """
    require_rows(data)
    options = setting.options
    seen = None
    event_time = required(data.event_time, "event time", data.outcome)
    if setting.design.kind == "staggered_did" and data.cohort is not None:
        seen = without_always_treated(data, setting.design)
        data = seen.data
        require_rows(data)
        # Kept, they are compared with nobody: no event time, and period effects of their own.
        event_time = np.where(seen.always, np.nan, np.asarray(data.event_time))
    member = _member(data)
    width = bin_width(options.event_bin, data.period_months)
    if float(np.ptp(member)) == 0.0 and setting.design.kind == "did":
        raise DataError(
            f"outcome {data.outcome}: treated and control group are not both present, all rows "
            "belong to one of them: check design.treated, design.control and the filters"
        )
    window, ends, reference = options.event_window, options.event_ends, options.reference
    chosen = remembered(
        data.memo,
        f"event times: {width} {window} {ends} {reference}",
        (event_time, member),
        lambda: event_times(event_time, member, data.outcome, width, window, ends, reference),
    )
    data, member = subset(data, chosen.rows), member[chosen.rows]
    require_rows(data)
    if not any(e < 0 for e in (*chosen.times, options.reference)) or max(chosen.times) < 0:
        side = "after" if max(chosen.times) < 0 else "before"
        raise DataError(
            f"outcome {data.outcome}: the treated group has no row {side} the reform: check the "
            "window, drop_periods and event_window"
        )
    effects = effect_codes(data, setting.fixed_effects)
    effects = with_effect(effects, "(period)", dense_codes(required_period(data)))
    if seen is not None and seen.always.any():
        always = seen.always[chosen.rows]
        effects["(always treated in period)"] = own_periods(required_period(data), always)
    labels = tuple(event_label(time) for time in chosen.times)
    after = np.isin(chosen.codes, [j for j, time in enumerate(chosen.times) if time >= 0])
    parts = interacted(data, setting, {"(treated)": member}, effects, after.astype(np.float64))
    products = products_by_time(chosen, parts)
    problem = problem_of(
        data,
        setting,
        main=parts.main,
        codes=chosen.codes,
        intensity=np.ones(data.entries),
        labels=(*labels, *(one.label for one in products)),
        effects=parts.effects,
        also=tuple(one.column for one in products),
        slopes=parts.slopes,
    )
    solved = solve(problem, setting.inference, wants_moments(setting))
    df = solved.df if setting.inference.distribution == "t" else None

    def treated(rows: NDArray[np.bool_]) -> int | None:
        return treated_clusters(
            rows, problem.clusters, setting.inference, data.rows, solved.largest_far, problem
        )

    counts = [treated(problem.codes == j) for j in range(len(labels))]
    blind = [j for j, count in enumerate(counts) if count is not None and count < 2]
    covariance = solved.covariance.copy()
    unseen = [*blind, *(at for at, one in enumerate(products, len(labels)) if one.code in blind)]
    covariance[unseen, :] = covariance[:, unseen] = 0.0
    solved = replace(solved, covariance=covariance)
    found = path_terms(solved, chosen, products, df, options.average)
    details = [
        *(seen.details if seen else ()),
        ("", "reference", options.reference),
        *_anticipated(setting.design, width),
        *solved.details,
        *((event_label(time), "binned", True) for time in sorted(chosen.binned)),
        *_bands(solved, chosen.times, options.bands, df),
        *found.details,
    ]
    return Fit(
        terms=found.terms,
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=solved.n_clusters,
        details=tuple(details),
        covariance=found.covariance,
        warnings=(
            *(seen.warnings if seen else ()),
            *solved.warnings,
            *_few(chosen.times, blind, treated(problem.codes >= 0)),
            *_staggered(data),
        ),
        moments=solved.moments,
        influence=combined(
            influence_of(solved.moments, data, setting, problem.labels), found.weights
        ),
    )


def _anticipated(design: Any, width: int) -> tuple[tuple[str, str, DetailValue], ...]:
    """Return how many event times before treatment it may already reach, in bins."""
    periods = getattr(design, "anticipation", 0)
    return (("", "anticipation", -(-periods // width)),) if periods else ()


def _few(times: tuple[int, ...], blind: list[int], treated: int | None) -> tuple[str, ...]:
    """Return warnings where all coefficients, or some, rest on few treated clusters."""
    warnings = few_treated_clusters(treated)
    if not blind or (treated is not None and treated < 2):
        return warnings
    named = ", ".join(str(times[j]) for j in blind)
    return (
        *warnings,
        f"one treated cluster at event time {named}: its own variation cannot be seen, so no "
        "standard error is given",
    )


def _staggered(data: ModelData) -> tuple[str, ...]:
    if data.cohort is None or len(np.unique(data.cohort[np.isfinite(data.cohort)])) < 2:
        return ()
    return (
        "adoption is staggered: coefficients mix event times of different cohorts where effects "
        "differ between them; see group_time_att",
    )
