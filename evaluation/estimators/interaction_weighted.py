"""Interaction-weighted event study: cohort by event time coefficients, averaged by cohort share."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators import twfe_event_study
from evaluation.estimators._adoption import adoption
from evaluation.estimators._event_time import EventTimes, bin_width, event_times
from evaluation.estimators._guards import require_rows
from evaluation.estimators._placebo_checks import placebo_checks
from evaluation.estimators._places import FAMILY, Effect, Family, averages_of
from evaluation.estimators._saturated import (
    Compared,
    Saturated,
    codes_of_effects,
    fit_saturated,
    saturated_needs,
    with_controls,
)
from evaluation.estimators._subset import subset
from evaluation.estimators.contract import Fit, Role, Setting, event_label

TITLE = "Interaction-weighted event study"
SOURCE = "Sun and Abraham (2021), Journal of Econometrics 225(2), section 4"
DESIGNS = frozenset({"staggered_did"})
ESTIMANDS = frozenset({"att", "att_by_event_time", "att_by_cohort"})
NEEDS: frozenset[Role] = frozenset({"period", "cohort"})
VARIANCES = frozenset({"iid", "hc0", "hc1", "cr1", "cr3"})


class Options(twfe_event_study.Options):
    """Keys of an event study, what to average beside the estimand, and whether shares vary.

    Attributes
    ----------
    aggregate
        Averages given beside the estimand: ``simple`` over all, or by event time or cohort.
    shares
        ``estimated`` counts the variation of cohort shares in standard errors, ``fixed`` leaves it
        out.
    """

    TAKES: ClassVar[frozenset[str]] = frozenset()

    aggregate: tuple[Literal["simple", "event_time", "cohort"], ...] = ()
    shares: Literal["estimated", "fixed"] = "estimated"


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    effects = "".join(f" + effect[{name}]" for name in setting.fixed_effects)
    controls = "".join(f" + {name}'γ" for name in setting.controls)
    return (
        f"y = Σ_g Σ_(k≠{setting.options.reference}) δ_gk·(cohort g × 1[event time = k]) + cohort "
        f"and period effects{effects}{controls} + error; β_k = Σ_g share(g | k)·δ_gk"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    return (
        (
            "parallel trends: without treatment every cohort would have moved like the units never "
            "treated (or treated last)",
            ("pretrends", "trend_sensitivity", *placebo_checks(setting)),
        ),
        (f"no anticipation at event time {setting.options.reference}", ("anticipation",)),
        ("treatment, once begun, lasts", ()),
        ("treatment of one cohort does not reach others", ("placebo_group",)),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    return saturated_needs(setting, setting.options.shares)


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate a coefficient for every cohort and event time, and average them by rows.

    Controls are the units never treated; without any, and under ``not_yet_treated``, the cohort
    treated last, whose treated periods leave. Effects of cohort and period enter unless the fixed
    effects absorb them. Averages weigh coefficients by the rows (weights) behind them; shares are
    estimated and enter variances, unless ``shares`` is ``fixed``. Units treated from the first
    period on are dropped, or kept with period effects of their own. A cohort without rows at the
    reference has no base and is left out.

    Parameters
    ----------
    data
        Rows of one outcome.
    setting
        The model.

    Raises
    ------
    DataError
        Where the rows cannot answer: no control or cohort, an empty reference, an unbalanced panel
        without a rule, one cluster, a coefficient that is not identified.
    NeedsRows
        Where cells do not hold what the variance needs.
    """
    require_rows(data)
    options, design = setting.options, setting.design
    ready = adoption(data, design)
    require_rows(ready.data)
    width = bin_width(options.event_bin, data.period_months)
    anticipated = -(-design.anticipation // width)
    if options.reference >= -anticipated:
        raise DataError(
            f"outcome {data.outcome}: reference = {options.reference} is an event time that "
            f"treatment may reach: set reference = {-1 - anticipated} or earlier"
        )
    compared = with_controls(ready, design)
    held, times, notes = _with_reference(compared, data, setting, width)
    time = np.array([*times.times, 0], dtype=np.int64)[times.codes]
    codes, pairs = codes_of_effects(held.cohort, time, times.codes >= 0)
    effects = tuple(Effect(g, e) for g, e in pairs)
    if not any(one.event_time >= 0 for one in effects):
        raise DataError(
            f"outcome {data.outcome}: no cohort has a row after its treatment that could be "
            "compared: check the window and event_window"
        )
    wanted = {FAMILY[setting.estimand], *options.aggregate}
    families: frozenset[Family] = frozenset(wanted)
    made = Saturated(
        data=held.data,
        cohort=held.cohort,
        codes=codes,
        effects=effects,
        averages=averages_of(effects, families, data.cohort_labels, data.period_labels),
        always=np.isfinite(held.cohort) & ~np.isin(held.cohort, held.cohorts),
        details=(
            *ready.details,
            ("", "control_group", "treated_last" if compared.warnings else "never_treated"),
            ("", "reference", options.reference),
            *((("", "anticipation", anticipated),) if design.anticipation else ()),
        ),
        late_details=tuple((event_label(one), "binned", True) for one in sorted(times.binned)),
        warnings=(*ready.warnings, *compared.warnings, *notes),
    )
    return fit_saturated(made, setting, options.shares)


def _with_reference(
    compared: Compared, data: ModelData, setting: Setting, width: int
) -> tuple[Compared, EventTimes, tuple[str, ...]]:
    """Return rows of cohorts that have the reference and lie in the window, with event times."""
    options = setting.options
    cohort, own = compared.cohort, np.isin(compared.cohort, compared.cohorts)
    since = np.where(own, np.asarray(compared.data.period) - np.where(own, cohort, 0.0), np.nan)
    bins = np.floor_divide(since, width)
    based = np.unique(cohort[bins == options.reference])
    lost = tuple(g for g in compared.cohorts if g not in based)
    notes: tuple[str, ...] = ()
    if lost and len(based):
        kept = np.flatnonzero(~np.isin(cohort, lost))
        names = ", ".join(data.cohort_labels.get(g, str(g)) for g in lost)
        notes = (
            f"cohort {names} has no row at the reference {options.reference}, so its effects have "
            "no base and it is left out",
        )
        compared = replace(
            compared,
            data=subset(compared.data, kept),
            cohort=cohort[kept],
            cohorts=tuple(g for g in compared.cohorts if g not in lost),
        )
        since, own = since[kept], own[kept]
    times = event_times(
        since,
        own.astype(np.float64),
        data.outcome,
        width,
        options.event_window,
        options.event_ends,
        options.reference,
    )
    return _among(compared, times.rows), times, notes


def _among(compared: Compared, rows: IntArray) -> Compared:
    cohort: FloatArray = compared.cohort[rows]
    return replace(compared, data=subset(compared.data, rows), cohort=cohort)
