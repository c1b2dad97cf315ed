"""Extended two-way fixed effects: a coefficient for every cohort and period, and their averages."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.cells.needs_rows import NeedsRows
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._adoption import Adoption, adoption
from evaluation.estimators._columns import control_columns
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
from evaluation.estimators.contract import Fit, Role, Setting
from evaluation.inference.bands import Bands
from evaluation.spec.options import OptionsModel

TITLE = "Extended two-way fixed effects"
SOURCE = "Wooldridge (2021), Two-Way Fixed Effects, the Two-Way Mundlak Regression, section 6"
DESIGNS = frozenset({"staggered_did"})
ESTIMANDS = frozenset({"att", "att_gt", "att_by_event_time", "att_by_cohort", "att_by_period"})
NEEDS: frozenset[Role] = frozenset({"period", "cohort"})
VARIANCES = frozenset({"iid", "hc0", "hc1", "cr1", "cr3"})


class Options(OptionsModel):
    """What to average beside the estimand, simultaneous bands, and whether shares vary.

    Attributes
    ----------
    aggregate
        Averages given beside the estimand: ``simple`` over all, or by event time, cohort or period.
    shares
        ``estimated`` counts the variation of cohort shares in standard errors, ``fixed`` leaves it
        out.
    bands
        Simultaneous bands over the event times, beside pointwise intervals; none if not given.
    """

    INFLUENCE: ClassVar[bool] = True

    aggregate: tuple[Literal["simple", "event_time", "cohort", "period"], ...] = ()
    shares: Literal["estimated", "fixed"] = "estimated"
    bands: Bands | None = None


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    effects = "".join(f" + effect[{name}]" for name in setting.fixed_effects)
    cells = "Σ_g Σ_(t≥g)" if _later(setting) else "Σ_g Σ_(t≠base of g)"
    if not setting.controls:
        return (
            f"y = {cells} τ_gt·1[cohort g, period t] + cohort and period effects{effects} + error"
        )
    names = ", ".join(setting.controls)
    return (
        f"y = {cells} 1[cohort g, period t]·(τ_gt + (x - mean of x in g)'ρ_gt) + x'(γ + γ_g + γ_t) "
        f"+ cohort and period effects{effects} + error; x = {names}"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    given = ", given controls that treatment does not change" if setting.controls else ""
    pool = "units not yet treated" if _later(setting) else "units never treated"
    return (
        (
            f"parallel trends between every cohort and the {pool}{given}",
            ("pretrends", "trend_sensitivity", *placebo_checks(setting)),
        ),
        (
            f"no anticipation beyond {setting.design.anticipation} periods before treatment",
            ("anticipation",),
        ),
        ("treatment, once begun, lasts", ()),
        ("treatment of one cohort does not reach others", ("placebo_group",)),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be.

    Controls are multiplied with cohorts and periods, so they must be constant in a cell.
    """
    needs = saturated_needs(setting, setting.options.shares)
    if isinstance(needs, NotFromCells) or not setting.controls:
        return needs
    return replace(needs, full=True)


def _later(setting: Setting) -> bool:
    """Whether rows before treatment are all controls, and not only those never treated."""
    return bool(setting.design.control_group == "not_yet_treated")


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate a coefficient for every treated cohort and period, and average them by rows.

    Under ``not_yet_treated`` every row before treatment (less anticipation) is a control; under
    ``never_treated`` cohorts have a coefficient in every period but their base, the last one that
    treatment cannot have reached. Without never-treated units, and under ``not_yet_treated``, the
    cohort treated last is the control and its treated periods leave. Effects of cohort and period
    enter unless the fixed effects absorb them. Controls are multiplied with cohorts, periods and,
    less their cohort's mean, with every cohort and period that has a coefficient; those means are
    taken as known. Averages are those of :mod:`evaluation.estimators.interaction_weighted`.

    Parameters
    ----------
    data
        Rows of one outcome.
    setting
        The model.

    Raises
    ------
    DataError
        Where the rows cannot answer: no control or cohort, an unbalanced panel without a rule, one
        cluster, a coefficient that is not identified.
    NeedsRows
        Where controls vary inside cells, or cells do not hold what the variance needs.
    """
    require_rows(data)
    design = setting.design
    ready = adoption(data, design)
    require_rows(ready.data)
    compared = with_controls(ready, design)
    period = np.asarray(compared.data.period)
    own = np.isin(compared.cohort, compared.cohorts)
    codes, pairs = codes_of_effects(
        compared.cohort, period, own & _has_coefficient(ready, compared, setting)
    )
    effects = tuple(Effect(g, t - g, t) for g, t in pairs)
    if not any(one.event_time >= 0 for one in effects):
        raise DataError(
            f"outcome {data.outcome}: no cohort has a row after its treatment that could be "
            "compared: widen the window or the control group"
        )
    wanted = {FAMILY[setting.estimand], *setting.options.aggregate}
    families: frozenset[Family] = frozenset(wanted)
    made = Saturated(
        data=compared.data,
        cohort=compared.cohort,
        codes=codes,
        effects=effects,
        averages=averages_of(effects, families, data.cohort_labels, data.period_labels),
        always=np.isfinite(compared.cohort) & ~own,
        main=_interactions(compared, setting.controls, codes, len(effects)),
        details=(
            *ready.details,
            ("", "control_group", "treated_last" if compared.warnings else design.control_group),
            *((("", "anticipation", design.anticipation),) if design.anticipation else ()),
            *((("", "base_period", "universal"),) if not _later(setting) else ()),
        ),
        warnings=(*ready.warnings, *compared.warnings),
    )
    return fit_saturated(made, setting, setting.options.shares)


def _has_coefficient(ready: Adoption, compared: Compared, setting: Setting) -> np.ndarray:
    """Return which rows of treated cohorts have a coefficient, shape ``(n,)``.

    Raises
    ------
    DataError
        Where a cohort has no row in its base period.
    """
    cohort, period = compared.cohort, np.asarray(compared.data.period)
    first = cohort - setting.design.anticipation
    if _later(setting):
        later: np.ndarray = period >= first
        return later
    chosen = np.ones(len(cohort), dtype=bool)
    for g in compared.cohorts:
        base = max(t for t in ready.periods if t + setting.design.anticipation < g)
        at = (cohort == g) & (period == base)
        if not at.any():
            label = compared.data.cohort_labels.get(g, str(g))
            raise DataError(
                f"outcome {compared.data.outcome}: cohort {label} has no row in its base period, "
                "the last before treatment: set design.control_group = 'not_yet_treated', or leave "
                "the cohort out in sample.drop"
            )
        chosen &= ~at
    return chosen


def _interactions(
    compared: Compared, names: tuple[str, ...], codes: IntArray, effects: int
) -> dict[str, FloatArray]:
    """Return controls multiplied with cohorts, periods and the cells that have a coefficient.

    Raises
    ------
    NeedsRows
        Where a control varies inside cells.
    """
    data = compared.data
    varying = () if data.within is None else data.within.names[:-1]
    for name in names:
        if name in varying:
            raise NeedsRows(f"control {name} is multiplied with cohorts and varies inside cells")
    cohort, period = compared.cohort, np.asarray(data.period)
    weight = np.ones(data.entries) if data.weight is None else data.weight
    found: dict[str, FloatArray] = {}
    for name, values in control_columns(data, names).items():
        less = values.copy()
        for g in compared.cohorts:
            own = cohort == g
            less[own] -= np.average(values[own], weights=weight[own])
            found[f"({name} × cohort {g})"] = np.where(own, values, 0.0)
        for t in np.unique(period)[1:]:
            found[f"({name} × period {t})"] = np.where(period == t, values, 0.0)
        for j in range(effects):
            own = codes == j
            # A control that is constant in a cell adds nothing to the cell's coefficient.
            if float(np.ptp(values[own])) > 0.0:
                found[f"({name} × effect {j})"] = np.where(own, less, 0.0)
    return found
