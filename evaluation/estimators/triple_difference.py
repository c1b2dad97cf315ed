"""Triple difference: one coefficient on treated × post × third."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.data.model_data import FloatArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._cell_needs import linear_needs
from evaluation.estimators._columns import effect_codes
from evaluation.estimators._guards import require_rows, required
from evaluation.estimators._influence import influence_of, wants_moments
from evaluation.estimators._problem_of import problem_of
from evaluation.estimators._regression import solve
from evaluation.estimators._term import term_of
from evaluation.estimators._treated_clusters import few_treated_clusters, treated_clusters
from evaluation.estimators.contract import Fit, Role, Setting
from evaluation.spec.options import OptionsModel

TITLE = "Triple difference"
SOURCE = (
    "Gruber (1994), American Economic Review 84(3); Olden and Moen (2022), Econometrics Journal "
    "25(3), equation 1"
)
DESIGNS = frozenset({"did"})
ESTIMANDS = frozenset({"att_relative"})
NEEDS: frozenset[Role] = frozenset({"treated_post", "third"})
VARIANCES = frozenset({"iid", "hc0", "hc1", "cr1", "cr3"})


class Options(OptionsModel):
    """No keys beyond the common ones."""

    THIRD: ClassVar[bool] = True


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    effects = "".join(f" + effect[{name}]" for name in setting.fixed_effects)
    controls = "".join(f" + {name}'γ" for name in setting.controls)
    return (
        "y = β·(treated × post × third) + main effects + products of two"
        f"{effects}{controls} + error"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    del setting
    return (
        (
            "without treatment the gap between treated and control would have moved alike inside "
            "the third group and outside it",
            ("pretrends", "placebo_group"),
        ),
        ("no anticipation before the first post period", ("anticipation",)),
        ("treatment of one group does not reach the others", ("carry_over", "placebo_group")),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    return linear_needs(setting, frozenset({"treated", "post", "third"}))


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate the coefficient on treated × post × third.

    Main effects and products of two enter unless the fixed effects absorb them; that is decided by
    the columns' rank, and the ones left out stand in the details as ``absorbed``. Without fixed
    effects and controls it is the difference in differences inside the third group less that
    outside it. With one cluster on the treated side there is no standard error.

    Parameters
    ----------
    data
        Rows of one outcome, or cells.
    setting
        The model.

    Raises
    ------
    DataError
        Where the rows cannot answer: one of the eight groups is empty, one cluster, no variation.
    """
    require_rows(data)
    treated = required(data.treated, "a treated group", data.outcome)
    post = required(data.post, "a first post period", data.outcome)
    third = required(data.third, "a third difference", data.outcome)
    _require_eight_groups(treated, post, third, data.outcome)
    triple = treated * post * third
    problem = problem_of(
        data,
        setting,
        main={
            "(treated)": treated,
            "(post)": post,
            "(third)": third,
            "(treated × post)": treated * post,
            "(treated × third)": treated * third,
            "(post × third)": post * third,
        },
        codes=np.zeros(data.entries, dtype=np.int64),
        intensity=triple,
        labels=("",),
        effects=effect_codes(data, setting.fixed_effects),
    )
    solved = solve(problem, setting.inference, wants_moments(setting))
    clusters = treated_clusters(
        triple > 0, problem.clusters, setting.inference, data.rows, solved.largest_far
    )
    known = clusters is None or clusters > 1
    std_error = float(np.sqrt(solved.covariance[0, 0])) if known else None
    df = solved.df if setting.inference.distribution == "t" else None
    return Fit(
        terms=(term_of(float(solved.estimates[0]), std_error, df, estimand=setting.estimand),),
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=solved.n_clusters,
        details=solved.details,
        covariance=solved.covariance if known else np.zeros((1, 1)),
        warnings=(*solved.warnings, *few_treated_clusters(clusters)),
        moments=solved.moments,
        influence=influence_of(solved.moments, data, setting, ("",)),
    )


def _require_eight_groups(
    treated: FloatArray, post: FloatArray, third: FloatArray, outcome: str
) -> None:
    """Refuse where a group is empty: treated or control, before or after, inside or outside."""
    filled = set(zip(treated > 0, post > 0, third > 0, strict=True))
    for inside in (True, False):
        for group in (True, False):
            for after in (False, True):
                if (group, after, inside) not in filled:
                    where = "inside" if inside else "outside"
                    raise DataError(
                        f"outcome {outcome}: the {'treated' if group else 'control'} group has no "
                        f"row {'after' if after else 'before'} the reform {where} the third group: "
                        "check design.treated, design.third, the reform date and the window"
                    )
