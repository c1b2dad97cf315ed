"""Synthetic control: one treated unit against a weighted average of donors."""

from __future__ import annotations

import numpy as np

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, ModelData
from evaluation.estimators._predictor_weights import PredictorRecipe, PredictorWeights
from evaluation.estimators._predictors import Predictor
from evaluation.estimators._single_unit import (
    Detail,
    donors_rule,
    elsewhere_details,
    fit_details,
    placebo_bands,
    refuse_regression_keys,
    unit_warnings,
)
from evaluation.estimators._stand_ins import placebo_effects
from evaluation.estimators._synthetic import (
    ControlRecipe,
    Recipe,
    SolverName,
    Synthetic,
    noise_of,
)
from evaluation.estimators._unit_matrix import UnitMatrix, unit_matrix
from evaluation.estimators.contract import Fit, Role, Setting, Term
from evaluation.inference.placebos import Rank, rank_among, ratios, root_mean_square
from evaluation.spec.options import OptionsModel

TITLE = "Synthetic control"
SOURCE = (
    "Abadie, Diamond and Hainmueller (2010), Journal of the American Statistical Association "
    "105(490), sections 2.3 and 2.4"
)
DESIGNS = frozenset({"single_unit"})
ESTIMANDS = frozenset({"att", "att_by_event_time"})
NEEDS: frozenset[Role] = frozenset({"unit", "period", "treated_post", "event_time"})
VARIANCES: frozenset[str] = frozenset()


class Options(OptionsModel):
    """What donors are matched on, and how their weights are found.

    Attributes
    ----------
    predictors
        What donors are matched on; the outcome in every period before the reform if not given.
    predictor_weights
        ``fit`` chooses the predictors' own weights by the fit before the reform, ``equal`` takes
        them as equal.
    solver
        ``exact`` gives the optimum; ``frank_wolfe`` stops where the R package synthdid does, a
        little above it.
    """

    predictors: tuple[Predictor, ...] = ()
    predictor_weights: PredictorWeights = "fit"
    solver: SolverName = "exact"


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    del setting
    return (
        "effect[t] = y[treated, t] - Σ_j w_j·y[j, t], w on the simplex, nearest to the treated "
        "unit before the reform"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    del setting
    return (
        (
            "the weights that follow the treated unit before the reform would have followed it "
            "after",
            ("placebo_date",),
        ),
        ("no donor carries the result alone", ("leave_one_out",)),
        ("no anticipation before the first post period", ("anticipation",)),
        ("treatment does not reach the donors", ("carry_over",)),
        ("any unit might have been the treated one, for placebo ranks to be p-values", ()),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    del setting
    return NotFromCells("every unit is weighed by itself, and no cell tells units apart")


@one_blas_thread()
def fit(data: ModelData, setting: Setting) -> Fit:
    """Weigh donors by their fit before the reform, and read the effects off the gap after it.

    There is no standard error: p-values are ranks among the donors, each in the treated unit's
    place with weights of its own. The average effect is ranked by post over pre RMSPE, the effect
    at an event time by its size over pre RMSPE; the smallest is 1 / (J + 1).

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
    refuse_regression_keys(setting, "synthetic_control")
    options: Options = setting.options
    matrix = unit_matrix(data, donors_rule(setting), options.predictors)
    found = _recipe(matrix, options, options.solver)(matrix)
    exact = _recipe(matrix, options, "exact")
    best = found if options.solver == "exact" else exact(matrix)
    placebos = placebo_effects(matrix, exact)
    rank, event_ranks = _ranks(matrix, best, placebos)
    details = (
        *_weights_of_predictors(matrix, options, exact),
        *fit_details(matrix, found, rank, event_ranks),
        *(() if options.solver == "exact" else (("", "estimate_at_optimum", best.estimate),)),
        *placebo_bands(matrix, placebos),
        *elsewhere_details(matrix, exact, best),
    )
    return Fit(
        terms=_terms(matrix, found, setting.estimand, rank, event_ranks),
        n_obs=matrix.outcomes.size,
        n_units=len(matrix.outcomes),
        details=details,
        warnings=tuple(unit_warnings(matrix, found, data)),
    )


def _recipe(matrix: UnitMatrix, options: Options, solver: SolverName) -> Recipe:
    if matrix.predictors is not None:
        return PredictorRecipe(options.predictor_weights, solver)
    return ControlRecipe(noise_of(matrix), solver)


def _ranks(
    matrix: UnitMatrix, found: Synthetic, placebos: FloatArray
) -> tuple[Rank, dict[int, Rank]]:
    """Return the rank of the RMSPE ratio, and by event time that of the gap over pre RMSPE."""
    gaps = np.vstack([found.effects, placebos])
    pre = root_mean_square(gaps[:, : matrix.before])
    ratio = ratios(root_mean_square(gaps[:, matrix.before :]), pre)
    by_time = {}
    for at, time in enumerate(matrix.event_times.tolist()):
        sizes = ratios(np.abs(gaps[:, at]), pre)
        by_time[time] = rank_among(float(sizes[0]), sizes[1:])
    return rank_among(float(ratio[0]), ratio[1:]), by_time


def _weights_of_predictors(
    matrix: UnitMatrix, options: Options, recipe: Recipe
) -> tuple[Detail, ...]:
    if not isinstance(recipe, PredictorRecipe):
        return ()
    shares = recipe.shares(matrix)
    return tuple(
        (f"predictor {place + 1} {one.column or 'outcome'}", "weight", float(share))
        for place, (one, share) in enumerate(zip(options.predictors, shares, strict=True))
    )


def _terms(
    matrix: UnitMatrix, found: Synthetic, estimand: str, rank: Rank, event_ranks: dict[int, Rank]
) -> tuple[Term, ...]:
    if estimand == "att":
        return (Term(found.estimate, None, None, None, rank.p_value, estimand="att"),)
    return tuple(
        Term(
            float(found.effects[at]), None, None, None, event_ranks[time].p_value,
            estimand="att_by_event_time", event_time=time,
        )
        for at, time in enumerate(matrix.event_times.tolist())
    )  # fmt: skip
