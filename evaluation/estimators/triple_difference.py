"""Triple difference: one coefficient on treated × post × third."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

import numpy as np
from pydantic import Field, model_validator

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.data.model_data import FloatArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._cell_needs import linear_needs
from evaluation.estimators._columns import effect_codes
from evaluation.estimators._guards import require_rows, required
from evaluation.estimators._influence import combined, influence_of, wants_moments
from evaluation.estimators._interacted import further_words, interacted
from evaluation.estimators._interacted_terms import interacted_terms, product_labels
from evaluation.estimators._placebo_checks import placebo_checks
from evaluation.estimators._problem_of import problem_of
from evaluation.estimators._regression import solve
from evaluation.estimators._risk_classes import fit_by_risk, risk_equation, risk_needs
from evaluation.estimators._treated_clusters import few_treated_clusters, treated_clusters
from evaluation.estimators.contract import Fit, Role, Setting
from evaluation.spec.options import Column, OptionsModel

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
    """A column of risk in place of the third group, and classes of it.

    Attributes
    ----------
    risk
        Column that stands in for ``design.third``, such as the predicted risk of receipt; without
        classes the third difference is linear in it.
    groups
        Number of classes of ``risk``, cut at quantiles of rows before the reform (where treatment
        varies over time, of untreated rows).
    cutpoints
        Rising points at which ``risk`` is cut into classes, in place of ``groups``; a value at a
        point lies above it.
    """

    THIRD: ClassVar[bool] = True
    INFLUENCE: ClassVar[bool] = True
    TAKES: ClassVar[frozenset[str]] = frozenset({"interact", "group_trends"})

    risk: Column | None = None
    groups: int | None = Field(default=None, ge=2, le=100)
    cutpoints: tuple[float, ...] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _fits(self) -> Options:
        if self.groups is not None and self.cutpoints is not None:
            raise ValueError("give groups or cutpoints, not both")
        if self.risk is None and (self.groups is not None or self.cutpoints is not None):
            raise ValueError("groups and cutpoints part risk: name its column under risk")
        points = self.cutpoints or ()
        if any(low >= high for low, high in pairwise(points)):
            raise ValueError("cutpoints must rise from each to the next")
        return self

    @property
    def compares_third(self) -> bool:
        """Whether this model compares the group of ``design.third`` with the others."""
        return self.risk is None


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    if setting.options.risk is not None:
        return risk_equation(setting)
    effects = "".join(f" + effect[{name}]" for name in setting.fixed_effects)
    controls = "".join(f" + {name}'γ" for name in setting.controls)
    return (
        "y = β·(treated × post × third) + main effects + products of two"
        f"{effects}{controls}{further_words(setting)} + error"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    apart = "inside the third group and outside it"
    if setting.options.risk is not None:
        apart = f"at every level of {setting.options.risk}"
    return (
        (
            f"without treatment the gap between treated and control would have moved alike {apart}",
            ("pretrends", *placebo_checks(setting)),
        ),
        ("no anticipation before the first post period", ("anticipation",)),
        ("treatment of one group does not reach the others", ("carry_over", "placebo_group")),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    if setting.options.risk is not None:
        return risk_needs(setting)
    return linear_needs(setting, frozenset({"treated", "post", "third"}))


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate the coefficient on treated × post × third, or effects by risk.

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
    if setting.options.risk is not None:
        return fit_by_risk(data, setting)
    treated = required(data.treated, "a treated group", data.outcome)
    post = required(data.post, "a first post period", data.outcome)
    third = required(data.third, "a third difference", data.outcome)
    _require_eight_groups(treated, post, third, data.outcome)
    triple = treated * post * third
    main = {
        "(treated)": treated,
        "(post)": post,
        "(third)": third,
        "(treated × post)": treated * post,
        "(treated × third)": treated * third,
        "(post × third)": post * third,
    }
    parts = interacted(data, setting, main, effect_codes(data, setting.fixed_effects), triple)
    problem = problem_of(
        data,
        setting,
        main=parts.main,
        codes=np.zeros(data.entries, dtype=np.int64),
        intensity=triple,
        labels=("", *product_labels(setting.estimand, parts)),
        effects=parts.effects,
        also=parts.products(triple),
        slopes=parts.slopes,
    )
    solved = solve(problem, setting.inference, wants_moments(setting))
    clusters = treated_clusters(
        triple > 0, problem.clusters, setting.inference, data.rows, solved.largest_far, problem
    )
    known = clusters is None or clusters > 1
    df = solved.df if setting.inference.distribution == "t" else None
    found = interacted_terms(solved, parts, setting.estimand, df, known)
    return Fit(
        terms=found.terms,
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=solved.n_clusters,
        details=solved.details,
        covariance=found.covariance,
        warnings=(*solved.warnings, *few_treated_clusters(clusters)),
        moments=solved.moments,
        influence=combined(
            influence_of(solved.moments, data, setting, problem.labels), found.weights
        ),
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
