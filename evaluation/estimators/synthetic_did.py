"""Synthetic difference-in-differences: donors and periods before the reform are both weighted."""

from __future__ import annotations

import numpy as np

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, ModelData
from evaluation.estimators._single_unit import (
    donors_rule,
    elsewhere_details,
    fit_details,
    placebo_bands,
    refuse_regression_keys,
    unit_warnings,
)
from evaluation.estimators._stand_ins import placebo_effects
from evaluation.estimators._synthetic import (
    DidRecipe,
    SolverName,
    Synthetic,
    WeightsName,
    noise_of,
)
from evaluation.estimators._term import term_of
from evaluation.estimators._unit_matrix import UnitMatrix, unit_matrix
from evaluation.estimators.contract import Fit, Role, Setting, Term
from evaluation.inference.placebos import Rank, placebo_covariance, rank_among
from evaluation.spec.options import OptionsModel

TITLE = "Synthetic difference-in-differences"
SOURCE = (
    "Arkhangelsky, Athey, Hirshberg, Imbens and Wager (2021), American Economic Review 111(12), "
    "algorithms 1 and 4"
)
DESIGNS = frozenset({"single_unit"})
ESTIMANDS = frozenset({"att", "att_by_event_time"})
NEEDS: frozenset[Role] = frozenset({"unit", "period", "treated_post", "event_time"})
VARIANCES: frozenset[str] = frozenset()


class Options(OptionsModel):
    """How weights are found.

    Placebos are always at the optimum. Uniform weights of units and of periods make the two-by-two
    difference-in-differences.

    Attributes
    ----------
    solver
        ``frank_wolfe`` stops where the published figures do, a little above the optimum, which
        ``exact`` gives.
    unit_weights
        ``fitted`` weighs donors to follow the treated unit before the reform, ``uniform`` alike.
    time_weights
        ``fitted`` weighs periods before the reform to be like those after it among donors,
        ``uniform`` alike.
    """

    solver: SolverName = "frank_wolfe"
    unit_weights: WeightsName = "fitted"
    time_weights: WeightsName = "fitted"


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    del setting
    return (
        "effect[t] = gap[t] - Σ_s λ_s·gap[s], gap[t] = y[treated, t] - Σ_j ω_j·y[j, t], s before "
        "the reform, ω and λ on the simplex"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    del setting
    return (
        (
            "without treatment the weighted donors would have moved as the treated unit, from the "
            "weighted periods on",
            ("placebo_date",),
        ),
        ("no donor carries the result alone", ("leave_one_out",)),
        ("no anticipation before the first post period", ("anticipation",)),
        ("treatment does not reach the donors", ("carry_over",)),
        ("the treated unit's outcomes are as noisy as the donors', for the placebo error", ()),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    del setting
    return NotFromCells("every unit is weighed by itself, and no cell tells units apart")


@one_blas_thread()
def fit(data: ModelData, setting: Setting) -> Fit:
    """Weigh donors and periods before the reform, and compare the changes.

    The standard error is the spread of the same estimate over all donors in the treated unit's
    place, with the normal interval; the p-value is the rank of its size among theirs, at least
    1 / (J + 1). The jackknife does not exist for one treated unit.

    Parameters
    ----------
    data
        Rows of one outcome, one a unit and period.
    setting
        The model.

    Raises
    ------
    DataError
        Where not one unit is treated, periods are missing, or donors are fewer than two.
    SpecError
        For a cluster, fixed effects or controls.
    """
    refuse_regression_keys(setting, "synthetic_did")
    options: Options = setting.options
    matrix = unit_matrix(data, donors_rule(setting))
    noise = noise_of(matrix)
    recipe = DidRecipe(noise, options.solver, options.unit_weights, options.time_weights)
    exact = DidRecipe(noise, "exact", options.unit_weights, options.time_weights)
    found = recipe(matrix)
    best = found if options.solver == "exact" else exact(matrix)
    effects = placebo_effects(matrix, exact)
    before = matrix.before
    averages = effects[:, before:].mean(axis=1)
    rank = rank_among(abs(best.estimate), np.abs(averages))
    event_ranks = {
        time: rank_among(abs(float(best.effects[at])), np.abs(effects[:, at]))
        for at, time in enumerate(matrix.event_times.tolist())
    }
    headline = setting.estimand == "att"
    covariance = placebo_covariance(averages[:, None] if headline else effects)
    plain = DidRecipe(noise, "exact", "uniform", "uniform")
    details = (
        ("", "noise", noise),
        ("", "unit_ridge", exact.unit_ridge(matrix)),
        *fit_details(matrix, found, rank, event_ranks),
        *(() if options.solver == "exact" else (("", "estimate_at_optimum", best.estimate),)),
        ("", "difference_in_differences", plain(matrix).estimate),
        *placebo_bands(matrix, effects),
        *elsewhere_details(matrix, exact, best),
    )
    return Fit(
        terms=_terms(matrix, found, covariance, rank if headline else None, event_ranks),
        n_obs=matrix.outcomes.size,
        n_units=len(matrix.outcomes),
        details=details,
        covariance=covariance,
        warnings=tuple(unit_warnings(matrix, found, data)),
    )


def _terms(
    matrix: UnitMatrix,
    found: Synthetic,
    covariance: FloatArray,
    headline: Rank | None,
    event_ranks: dict[int, Rank],
) -> tuple[Term, ...]:
    errors = np.sqrt(np.diag(covariance))
    if headline is not None:
        return (_ranked(found.estimate, float(errors[0]), headline, "att", None),)
    return tuple(
        _ranked(
            float(found.effects[at]),
            float(errors[at]),
            event_ranks[time],
            "att_by_event_time",
            time,
        )
        for at, time in enumerate(matrix.event_times.tolist())
    )


def _ranked(
    estimate: float, error: float, rank: Rank, estimand: str, event_time: int | None
) -> Term:
    """Return a term with the normal interval of its placebo error and the p-value of its rank."""
    normal = term_of(estimate, error, None, estimand=estimand, event_time=event_time)
    return Term(
        estimate, error, normal.conf_low, normal.conf_high, rank.p_value,
        estimand=estimand, event_time=event_time,
    )  # fmt: skip
