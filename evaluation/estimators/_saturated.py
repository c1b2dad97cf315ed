"""A regression with one coefficient for every cohort and event time, and averages of those."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._adoption import Adoption, own_periods
from evaluation.estimators._cell_needs import linear_needs
from evaluation.estimators._columns import dense_codes, effect_codes, with_effect
from evaluation.estimators._influence import cluster_labels
from evaluation.estimators._places import (
    Average,
    Effect,
    Place,
    band_details,
    pairs_of,
    terms_of,
)
from evaluation.estimators._problem import DetailValue, Problem, require_positive
from evaluation.estimators._problem_of import problem_of
from evaluation.estimators._regression import solve
from evaluation.estimators._shares import averaged
from evaluation.estimators._subset import subset
from evaluation.estimators._treated_clusters import few_treated_clusters, treated_clusters
from evaluation.estimators.contract import Fit, Influence, Setting
from evaluation.spec.missing import lacking


@dataclass(frozen=True)
class Saturated:
    """What a saturated regression is made of.

    Attributes
    ----------
    data
        Rows or cells of the fit.
    cohort
        First treated period, ``inf`` for controls, shape ``(n,)``.
    codes
        Position in ``effects``, -1 for none, shape ``(n,)``.
    effects
        What has a coefficient; m in all.
    averages
        What is printed.
    always
        Rows of units treated from the first period on and kept, shape ``(n,)``.
    main
        Further columns by name.
    details, warnings
        For the fit, before those of the regression.
    late_details
        After those of the regression.
    """

    data: ModelData
    cohort: FloatArray
    codes: IntArray
    effects: tuple[Effect, ...]
    averages: tuple[Average, ...]
    always: NDArray[np.bool_]
    main: Mapping[str, FloatArray] = field(default_factory=dict)
    details: tuple[tuple[str, str, DetailValue], ...] = ()
    late_details: tuple[tuple[str, str, DetailValue], ...] = ()
    warnings: tuple[str, ...] = ()


def saturated_needs(setting: Setting, shares: str) -> CellNeeds | NotFromCells:
    """Return what a saturated regression and its averages need of cells.

    Parameters
    ----------
    setting
        The model.
    shares
        ``estimated`` shares vary over clusters, each of which must be seen.
    """
    unit = setting.unit
    if shares == "estimated" and unit is not None and unit in setting.inference.cluster:
        return NotFromCells(f"clustered by {unit}, each moves the cohort shares by itself")
    needs = linear_needs(setting, frozenset({"cohort", "period"}))
    if isinstance(needs, NotFromCells):
        return needs
    return replace(needs, units=unit is not None and not needs.unit_effect)


def codes_of_effects(
    cohort: FloatArray, time: IntArray, chosen: NDArray[np.bool_]
) -> tuple[IntArray, tuple[tuple[int, int], ...]]:
    """Return the coefficient of every row, and the pairs of cohort and time that have one.

    Parameters
    ----------
    cohort
        Shape ``(n,)``.
    time
        Event time or period, shape ``(n,)``.
    chosen
        Rows with a coefficient, of finite cohort, shape ``(n,)``.
    """
    codes = np.full(len(cohort), -1, dtype=np.int64)
    pairs = np.column_stack([cohort[chosen].astype(np.int64), time[chosen]])
    found, place = np.unique(pairs, axis=0, return_inverse=True)
    codes[chosen] = place.ravel()
    return codes, tuple((int(g), int(t)) for g, t in found)


@dataclass(frozen=True)
class Compared:
    """Rows that are compared, with what was done for want of never-treated units."""

    data: ModelData
    cohort: FloatArray
    cohorts: tuple[int, ...]
    warnings: tuple[str, ...] = ()


def with_controls(ready: Adoption, design: Any) -> Compared:
    """Return the rows with controls: never treated, else the cohort treated last.

    Under ``not_yet_treated`` and without never-treated units, the last cohort is the control, and
    periods from which it is treated (less anticipation) leave.

    Parameters
    ----------
    ready
        The panel.
    design
        ``control_group`` and ``anticipation``.

    Raises
    ------
    DataError
        Where there is no control.
    """
    if np.isinf(ready.cohort).any():
        return Compared(ready.data, ready.cohort, ready.cohorts)
    if design.control_group == "never_treated":
        raise DataError(
            f"outcome {ready.data.outcome}: no unit is never treated within the data, so there is "
            "no control group: set design.control_group = 'not_yet_treated', which compares with "
            "the cohort treated last"
        )
    last = ready.cohorts[-1]
    end = last - design.anticipation
    cohorts = tuple(g for g in ready.cohorts if g < min(last, end))
    if not cohorts:
        within = design.anticipation + 1
        sentence = (
            f"all units are treated within {within} periods, so no cohort is left to compare with"
        )
        raise lacking(f"outcome {ready.data.outcome}", sentence, "untreated units")
    rows = np.flatnonzero(ready.period < end)
    cohort = np.where(ready.cohort == last, np.inf, ready.cohort)[rows]
    label = ready.data.cohort_labels.get(last, str(last))
    note = (
        f"no unit is never treated: cohort {label}, treated last, is the control group, and its "
        f"treated periods are left out ({ready.data.n_obs - _rows(ready.data, rows)} rows)"
    )
    return Compared(subset(ready.data, rows), cohort, cohorts, (note,))


def _rows(data: ModelData, entries: IntArray) -> int:
    return len(entries) if data.rows is None else int(data.rows[entries].sum())


def fit_saturated(made: Saturated, setting: Setting, shares: str) -> Fit:
    """Solve the regression and return the averages with one joint covariance.

    Parameters
    ----------
    made
        The regression.
    setting
        The model; its options have ``bands``.
    shares
        ``estimated`` or ``fixed``.

    Raises
    ------
    DataError
        Where a coefficient is not identified, or one cluster is left.
    NeedsRows
        Where cells do not hold what the variance needs.
    """
    data, inference = made.data, setting.inference
    period = np.asarray(data.period)
    effects = effect_codes(data, setting.fixed_effects)
    effects = with_effect(effects, "(cohort)", dense_codes(made.cohort))
    effects = with_effect(effects, "(period)", dense_codes(period))
    if made.always.any():
        effects["(always treated in period)"] = own_periods(period, made.always)
    problem = problem_of(
        data,
        setting,
        main=made.main,
        codes=made.codes,
        intensity=np.ones(data.entries),
        labels=tuple(_label(one, data) for one in made.effects),
        effects=effects,
    )
    solved = solve(problem, inference)
    with one_blas_thread():
        found = averaged(
            solved, problem, data, made.averages, inference.variance, shares == "estimated"
        )
    if len(problem.cluster_names) > 1:
        require_positive(found.covariance, np.zeros(len(found.values)), problem.outcome)
    counts = _treated_clusters(made, problem, setting, solved.largest_far)
    blind = [at for at, count in enumerate(counts) if count is not None and count < 2]
    covariance = found.covariance.copy()
    covariance[blind, :] = covariance[:, blind] = 0.0
    df = solved.df if inference.distribution == "t" else None
    places = tuple(one.place for one in made.averages)
    influence = None
    if "influence" in setting.evidence and found.influence is not None:
        names = cluster_labels(data, inference.cluster[0])
        influence = Influence(found.influence, names, inference.cluster[0], found.factor)
    return Fit(
        terms=terms_of(places, found.values, covariance, df),
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=solved.n_clusters,
        details=(
            *made.details,
            ("", "shares", shares),
            *(one for one in solved.details if one[0] == ""),
            *made.late_details,
            *band_details(places, found.values, covariance, setting.options.bands, df),
        ),
        covariance=covariance,
        warnings=(
            *made.warnings,
            *solved.warnings,
            *blind_averages(places, blind, min((c for c in counts if c is not None), default=None)),
        ),
        influence=influence,
        averaged=pairs_of(
            made.cohort[made.codes >= 0],
            period[made.codes >= 0],
            data.cohort_labels,
            data.period_labels,
        ),
    )


def _label(one: Effect, data: ModelData) -> str:
    cohort = data.cohort_labels.get(one.cohort, str(one.cohort))
    return f"cohort {cohort} at event time {one.event_time}"


def _treated_clusters(
    made: Saturated, problem: Problem, setting: Setting, largest_far: float
) -> list[int | None]:
    """Return in how many clusters the rows behind every average lie."""
    return [
        treated_clusters(
            np.isin(made.codes, one.parts),
            problem.clusters,
            setting.inference,
            made.data.rows,
            largest_far,
            problem,
        )
        for one in made.averages
    ]


def blind_averages(
    places: tuple[Place, ...], blind: list[int], fewest: int | None
) -> tuple[str, ...]:
    """Return warnings where all averages, or some, rest on few treated clusters.

    Parameters
    ----------
    places
        Of every average.
    blind
        Positions of those made of one cluster.
    fewest
        Fewest clusters behind any average, ``None`` without clusters.
    """
    if len(blind) == len(places) or not blind:
        return few_treated_clusters(fewest)
    named = ", ".join(places[at].label or places[at].estimand for at in blind)
    return (
        f"one treated cluster behind {named}: its own variation cannot be seen, so no standard "
        "error is given, and averages that it enters understate theirs",
    )
