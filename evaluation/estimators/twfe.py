"""Two-way fixed effects: one coefficient on treated × post, or on a dose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from evaluation.cells.needs import CellNeeds, KeyRole, NotFromCells
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._adoption import own_periods, without_always_treated
from evaluation.estimators._assignment import assignment_of
from evaluation.estimators._cell_needs import linear_needs
from evaluation.estimators._columns import dense_codes, effect_codes, with_effect
from evaluation.estimators._guards import require_rows, required, required_period
from evaluation.estimators._influence import influence_of, wants_moments
from evaluation.estimators._problem_of import problem_of
from evaluation.estimators._regression import solve
from evaluation.estimators._term import term_of
from evaluation.estimators._treated_clusters import few_treated_clusters, treated_clusters
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


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    effects = "".join(f" + effect[{name}]" for name in setting.fixed_effects)
    controls = "".join(f" + {name}'γ" for name in setting.controls)
    dose = setting.design.treatment
    if dose is not None:
        return f"y = β·{dose.column}{effects}{controls} + error"
    return f"y = β·(treated × post) + main effects{effects}{controls} + error"


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    del setting
    return (
        ("parallel trends: without treatment both groups would have moved alike", ("pretrends",)),
        ("no anticipation before the first post period", ("anticipation",)),
        ("treatment of one group does not reach the other", ("carry_over", "placebo_group")),
        ("effects do not differ by cohort or over time, where adoption is staggered", ("bacon",)),
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


def _dose_of(data: ModelData, setting: Setting) -> FloatArray:
    if data.dose is not None:
        return data.dose
    if setting.design.kind == "staggered_did":
        cohort = required(data.cohort, "a cohort", data.outcome)
        return (required_period(data) >= cohort).astype(np.float64)
    treated = required(data.treated, "a treated group", data.outcome)
    return treated * required(data.post, "a first post period", data.outcome)


def require_four_cells(data: ModelData) -> None:
    """Refuse a treated or control group that is empty before or after.

    Raises
    ------
    DataError
        Naming the empty group and side.
    """
    if data.treated is None or data.post is None:
        return
    for group, member in (("treated", data.treated > 0), ("control", data.treated <= 0)):
        for side, at in (("before the reform", data.post <= 0), ("after it", data.post > 0)):
            if not np.any(member & at):
                raise DataError(
                    f"outcome {data.outcome}: the {group} group has no row {side}: "
                    "check design.treated, design.control, the reform date and the window"
                )


def _main_effects(data: ModelData, setting: Setting) -> dict[str, FloatArray]:
    if data.dose is not None or setting.design.kind == "staggered_did":
        return {}
    return {
        "(treated)": required(data.treated, "a treated group", data.outcome),
        "(post)": required(data.post, "a first post period", data.outcome),
    }


def _effects(
    data: ModelData, setting: Setting, always: NDArray[np.bool_] | None
) -> dict[str, IntArray]:
    effects = effect_codes(data, setting.fixed_effects)
    if always is not None and always.any():
        effects["(always treated in period)"] = own_periods(required_period(data), always)
    if data.dose is not None or setting.design.kind != "staggered_did":
        return effects
    cohort = required(data.cohort, "a cohort", data.outcome)
    effects = with_effect(effects, "(cohort)", dense_codes(cohort))
    return with_effect(effects, "(period)", dense_codes(required_period(data)))


def _staggered(data: ModelData, dose: FloatArray) -> tuple[str, ...]:
    """Return a warning where units start treatment at different times."""
    if data.cohort is not None:
        later = data.cohort[dose > 0]
        starts = len(np.unique(later[np.isfinite(later)]))
    elif data.from_cells:
        starts = data.starts or 0
    elif data.dose is not None and data.unit is not None and data.period is not None:
        starts = len(np.unique(_first_treated(data.unit, data.period, dose)))
    else:
        return ()
    if starts < 2:
        return ()
    return (
        "adoption is staggered: the coefficient mixes comparisons with units already treated, "
        "which mislead where effects change over time; see group_time_att",
    )


def _first_treated(unit: IntArray, period: IntArray, dose: FloatArray) -> FloatArray:
    """Return the first period with treatment of every unit that was seen without it before."""
    on = dose > 0
    begun = np.full(int(unit.max()) + 1, np.inf)
    np.minimum.at(begun, unit[on], period[on].astype(np.float64))
    seen = np.full(len(begun), np.inf)
    np.minimum.at(seen, unit, period.astype(np.float64))
    later: FloatArray = begun[np.isfinite(begun) & (seen < begun)]
    return later


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
    require_rows(data)
    seen = None
    if setting.design.kind == "staggered_did" and data.cohort is not None:
        seen = without_always_treated(data, setting.design)
        data = seen.data
        require_rows(data)
    if setting.design.kind == "did":
        require_four_cells(data)
    always = None if seen is None else seen.always
    dose = _dose_of(data, setting)
    if float(np.ptp(dose)) == 0.0:
        raise DataError(
            f"outcome {data.outcome}: treatment has one value in all {data.n_obs} rows, so it has "
            "no effect to estimate: check design.treatment or design.treated and the window"
        )
    problem = problem_of(
        data,
        setting,
        main=_main_effects(data, setting),
        codes=np.zeros(data.entries, dtype=np.int64),
        intensity=dose,
        labels=("",),
        effects=_effects(data, setting, always),
    )
    solved = solve(problem, setting.inference, wants_moments(setting))
    estimate = float(solved.estimates[0])
    treated = treated_clusters(
        dose != 0.0, problem.clusters, setting.inference, data.rows, solved.largest_far, problem
    )
    known = treated is None or treated > 1
    std_error = float(np.sqrt(solved.covariance[0, 0])) if known else None
    df = solved.df if setting.inference.distribution == "t" else None
    return Fit(
        terms=(term_of(estimate, std_error, df, estimand=setting.estimand),),
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=solved.n_clusters,
        details=(*(seen.details if seen else ()), *solved.details),
        covariance=solved.covariance if known else np.zeros((1, 1)),
        warnings=(
            *(seen.warnings if seen else ()),
            *solved.warnings,
            *few_treated_clusters(treated),
            *_staggered(data, dose),
        ),
        moments=solved.moments,
        influence=influence_of(solved.moments, data, setting, ("",)),
        assignment=assignment_of(data, setting, dose, solved.details, always),
    )
