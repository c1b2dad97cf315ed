"""Two-way fixed effects: one coefficient on treated × post, or on a dose."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from evaluation.cells.needs import CellNeeds, KeyRole, NotFromCells
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.estimators._assignment import assignment_of
from evaluation.estimators._cell_needs import linear_needs
from evaluation.estimators._influence import combined, influence_of, wants_moments
from evaluation.estimators._interacted import further_words
from evaluation.estimators._interacted_terms import interacted_terms
from evaluation.estimators._placebo_checks import placebo_checks, staggers
from evaluation.estimators._regression import solve
from evaluation.estimators._treated_clusters import few_treated_clusters, treated_clusters
from evaluation.estimators._two_way import two_way
from evaluation.estimators.contract import Fit, Role, Setting
from evaluation.spec.options import OptionsModel

TITLE = "Two-way fixed effects"
SOURCE = "Angrist and Pischke (2009), Mostly Harmless Econometrics, equation 5.2.3"
DESIGNS = frozenset({"did", "staggered_did"})
ESTIMANDS = frozenset({"att", "att_relative"})
NEEDS: frozenset[Role] = frozenset({"treated_post"})
VARIANCES = frozenset({"iid", "hc0", "hc1", "cr1", "cr3"})


class Options(OptionsModel):
    """No keys beyond the common ones."""

    INFLUENCE: ClassVar[bool] = True
    TAKES: ClassVar[frozenset[str]] = frozenset({"interact", "group_trends"})


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    effects = "".join(f" + effect[{name}]" for name in setting.fixed_effects)
    controls = "".join(f" + {name}'γ" for name in setting.controls)
    dose = setting.design.treatment
    name = "(treated × post)" if dose is None else dose.column
    main = " + main effects" if dose is None else ""
    products = "".join(f" + δ·{name} × {one}" for one in setting.interact)
    return f"y = β·{name}{products}{main}{effects}{controls}{further_words(setting)} + error"


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    same = "effects do not differ by cohort or over time, where adoption is staggered"
    return (
        (
            "parallel trends: without treatment both groups would have moved alike",
            ("pretrends", *placebo_checks(setting)),
        ),
        ("no anticipation before the first post period", ("anticipation",)),
        ("treatment of one group does not reach the other", ("carry_over", "placebo_group")),
        *(((same, ("bacon",)),) if staggers(setting) else ()),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    return linear_needs(setting, _roles(setting))


def _roles(setting: Setting) -> frozenset[KeyRole]:
    if setting.design.kind == "staggered_did":
        return frozenset({"cohort", "period"})
    if setting.design.treatment is not None:
        return frozenset({"dose"})
    return frozenset({"treated", "post"})


def _staggered(data: ModelData, dose: FloatArray) -> tuple[str, ...]:
    """Return a warning where units start treatment at different times."""
    if data.cohort is not None:
        later = data.cohort[dose > 0]
        starts = len(np.unique(later[np.isfinite(later)]))
    elif data.from_cells:
        starts = data.starts or 0
    elif data.dose is not None and data.unit is not None and data.period is not None:
        starts = _starts(data.unit, data.period, dose)
    else:
        return ()
    if starts < 2:
        return ()
    return (
        "adoption is staggered: the coefficient mixes comparisons with units already treated, "
        "which mislead where effects change over time; see group_time_att",
    )


def _starts(unit: IntArray, period: IntArray, dose: FloatArray) -> int:
    """Return how many starts units have that were seen untreated before theirs.

    One where gaps let all begin at one time: a unit that is seen untreated, then not at all, then
    treated may have begun in between.
    """
    on, size = dose > 0, int(unit.max()) + 1
    begun, seen, untreated = np.full(size, np.inf), np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(begun, unit[on], period[on].astype(np.float64))
    np.minimum.at(seen, unit, period.astype(np.float64))
    np.maximum.at(untreated, unit[~on], period[~on].astype(np.float64))
    later = np.isfinite(begun) & (seen < begun)
    if not later.any():
        return 0
    first = begun[later].min()
    stays = untreated < begun
    waited = np.any(untreated[later & stays] >= first) or np.any(begun[later & ~stays] > first)
    return len(np.unique(begun[later])) if waited else 1


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate the coefficient on treatment.

    Main effects of treated and post (of cohort and period, where adoption is staggered) enter
    unless the fixed effects absorb them; that is decided by the columns' rank, and the ones left
    out stand in the details as ``absorbed``. A treatment that already varies over time (``dose``)
    takes no main effects but the fixed effects of the model. Under staggered adoption units treated
    from the first period on are dropped, or kept with period effects of their own. With one treated
    cluster there is no standard error.

    Parameters
    ----------
    data
        Rows of one outcome.
    setting
        The model.

    Raises
    ------
    DataError
        Where the rows cannot answer: an empty group or side, one cluster, no variation.
    """
    made = two_way(data, setting)
    data, dose, problem, parts = made.data, made.dose, made.problem, made.parts
    solved = solve(problem, setting.inference, wants_moments(setting))
    treated = treated_clusters(
        dose != 0.0, problem.clusters, setting.inference, data.rows, solved.largest_far, problem
    )
    known = treated is None or treated > 1
    df = solved.df if setting.inference.distribution == "t" else None
    found = interacted_terms(solved, parts, setting.estimand, df, known)
    return Fit(
        terms=found.terms,
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=solved.n_clusters,
        details=(*made.details, *solved.details),
        covariance=found.covariance,
        warnings=(
            *made.warnings,
            *solved.warnings,
            *few_treated_clusters(treated),
            *_staggered(data, dose),
        ),
        moments=solved.moments,
        influence=combined(
            influence_of(solved.moments, data, setting, problem.labels), found.weights
        ),
        assignment=assignment_of(data, setting, dose, solved.details, made.always),
    )
