"""Triple difference by a risk: linear in it, or by its classes.

Hernæs, Markussen and Røed (2017), Labour Economics 48, section 4: those who would hardly have been
reached anyway stand in for what would have happened to those who would.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from evaluation.cells.needs import CellNeeds, KeyRole, NotFromCells
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._cell_needs import linear_needs
from evaluation.estimators._columns import dense_codes
from evaluation.estimators._interacted import further_words
from evaluation.estimators._problem import DetailValue, Problem, Solved, require_positive
from evaluation.estimators._regression import solve
from evaluation.estimators._term import term_of
from evaluation.estimators._treated_clusters import few_treated_clusters, treated_clusters
from evaluation.estimators._two_way import TwoWay, two_way
from evaluation.estimators.contract import Fit, Setting, Term, label_of
from evaluation.inference.densities import ordered, quantile_of
from evaluation.inference.small_sample import is_nested


def risk_equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    options, dose = setting.options, setting.design.treatment
    name = "treated × post" if dose is None else dose.column
    effects = "".join(f" + effect[{one}]" for one in setting.fixed_effects)
    controls = "".join(f" + {one}'γ" for one in setting.controls)
    if options.groups is None and options.cutpoints is None:
        words = further_words(replace(setting, interact=(options.risk,)))
        return f"y = δ·({name} × {options.risk}) + β·{name}{effects}{controls}{words} + error"
    return (
        f"y = Σ_c β_c·({name} × 1[{options.risk} in class c]) + (main effects{effects}) × class"
        f"{controls} + error"
    )


def risk_needs(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells: they are made of the risk."""
    roles: frozenset[KeyRole] = frozenset({"treated", "post"})
    if setting.design.treatment is not None:
        roles = frozenset({"dose"})
    return linear_needs(replace(setting, interact=(setting.options.risk,)), roles)


def fit_by_risk(data: ModelData, setting: Setting) -> Fit:
    """Estimate how the effect differs with risk.

    Linear: the headline is δ, the difference between risks of one and zero; beside it stand the
    effect at the mean risk of treated rows and where risk is zero. By class: the headline is the
    effect in the highest class less that in the lowest; beside it stands every class. Main effects
    and effects differ by risk, or class, as effects of treatment do.

    Parameters
    ----------
    data
        Rows of one outcome, or cells.
    setting
        The model.

    Raises
    ------
    DataError
        As ``twfe``; or where classes are empty, or hold nobody treated or untreated.
    """
    options = setting.options
    if setting.interact or setting.group_trends is not None:
        raise DataError("triple_difference: risk takes neither interact nor group_trends")
    if options.groups is None and options.cutpoints is None:
        return _linear(two_way(data, replace(setting, interact=(options.risk,))), setting)
    return _by_class(two_way(data, setting), setting)


def _linear(made: TwoWay, setting: Setting) -> Fit:
    solved = solve(made.problem, setting.inference)
    mean = made.parts.means[setting.options.risk]
    weights = np.array([[0.0, 1.0], [1.0, 0.0], [1.0, -mean]])
    names = ("", "mean effect", f"at {setting.options.risk} = 0")
    count = _treated(made.dose != 0.0, made, made.problem, solved, setting)
    known = count is None or count > 1
    return _fit(made, solved, setting, weights, names, np.full(3, known), few=count)


@dataclass(frozen=True)
class _Classes:
    """Classes of risk: the code of every row, and the points between them."""

    codes: IntArray
    points: tuple[float, ...]

    @property
    def count(self) -> int:
        return len(self.points) + 1


def _by_class(made: TwoWay, setting: Setting) -> Fit:
    classes = _classes(made, setting)
    _require_variation(made, classes)
    names = tuple(f"class {at + 1} of {classes.count}" for at in range(classes.count))
    problem = replace(
        made.problem,
        codes=classes.codes,
        labels=tuple(label_of(setting.estimand, name) for name in names),
        nuisance=_nuisance(made, classes),
        effects={name: _by(codes, classes) for name, codes in made.problem.effects.items()},
        levels={},
    )
    solved = solve(problem, setting.inference)
    counts = [
        _treated((made.dose != 0.0) & (classes.codes == at), made, problem, solved, setting)
        for at in range(classes.count)
    ]
    seen = np.array([count is None or count > 1 for count in counts])
    contrast = np.zeros(classes.count)
    contrast[[0, -1]] = -1.0, 1.0
    weights = np.vstack([contrast, np.eye(classes.count)])
    found = _fit(
        made, solved, setting, weights, ("", *names),
        np.append(seen[0] and seen[-1], seen), few=min((c for c in counts if c), default=None),
    )  # fmt: skip
    rows = np.ones(len(classes.codes)) if made.data.rows is None else made.data.rows
    sizes = np.bincount(classes.codes, rows, classes.count).astype(int)
    terms = (found.terms[0], *(
        replace(term, n_obs=int(size)) for term, size in zip(found.terms[1:], sizes, strict=True)
    ))  # fmt: skip
    points: list[tuple[str, str, DetailValue]] = [
        ("", f"cutpoint_{at}", point) for at, point in enumerate(classes.points, start=1)
    ]
    return replace(found, terms=terms, details=(*found.details, *points))


def _classes(made: TwoWay, setting: Setting) -> _Classes:
    """Return the classes of risk, cut at quantiles of rows before the reform where not given."""
    data, options = made.data, setting.options
    values = data.columns[options.risk].to_numpy(dtype=np.float64)
    points = options.cutpoints
    if points is None:
        early = made.dose == 0.0 if data.post is None else data.post <= 0.0
        rows = np.ones(len(values)) if data.rows is None else data.rows.astype(np.float64)
        order = ordered(values)
        shares = [at / options.groups for at in range(1, options.groups)]
        points = tuple(quantile_of(values, rows * early, one, order) for one in shares)
        if len(set(points)) < len(points):
            raise DataError(
                f"triple_difference: risk {options.risk!r} has too few values for "
                f"{options.groups} groups: many rows share one; use fewer, or give cutpoints"
            )
    codes = np.searchsorted(np.array(points), values, side="right").astype(np.int64)
    return _Classes(codes, points)


def _require_variation(made: TwoWay, classes: _Classes) -> None:
    """Refuse classes without treated or without untreated rows."""
    for at in range(classes.count):
        own = made.dose[classes.codes == at]
        if not len(own) or np.ptp(own) == 0.0:
            words = "no rows" if not len(own) else "treatment of one value in all its rows"
            raise DataError(
                f"outcome {made.data.outcome}: class {at + 1} of {classes.count} of risk has "
                f"{words}: use fewer classes, or other cutpoints"
            )


def _nuisance(made: TwoWay, classes: _Classes) -> dict[str, FloatArray]:
    """Return controls, and main effects of every class."""
    main = set(made.parts.main)
    kept = {name: x for name, x in made.problem.nuisance.items() if name not in main}
    for at in range(classes.count):
        inside = (classes.codes == at).astype(np.float64)
        kept[f"(class {at + 1})"] = inside
        kept |= {
            f"({name.strip('()')} in class {at + 1})": x * inside
            for name, x in made.parts.main.items()
        }
    return kept


def _by(codes: IntArray, classes: _Classes) -> IntArray:
    """Return the codes of an effect by class, its own where every level lies in one class."""
    if is_nested(codes, classes.codes):
        return codes
    return dense_codes(codes * classes.count + classes.codes)


def _treated(
    rows: np.ndarray, made: TwoWay, problem: Problem, solved: Solved, setting: Setting
) -> int | None:
    return treated_clusters(
        rows, problem.clusters, setting.inference, made.data.rows, solved.largest_far, problem
    )


def _fit(
    made: TwoWay,
    solved: Solved,
    setting: Setting,
    weights: FloatArray,
    names: tuple[str, ...],
    known: np.ndarray,
    *,
    few: int | None,
) -> Fit:
    """Return the fit of linear combinations of coefficients."""
    df = solved.df if setting.inference.distribution == "t" else None
    estimates = weights @ solved.estimates
    covariance = weights @ solved.covariance @ weights.T
    require_positive(covariance[np.ix_(known, known)], np.zeros(int(known.sum())), setting.estimand)
    covariance[~known, :] = covariance[:, ~known] = 0.0
    terms: tuple[Term, ...] = tuple(
        term_of(
            float(estimates[at]),
            float(np.sqrt(covariance[at, at])) if known[at] else None,
            df,
            estimand=setting.estimand,
            term=name,
        )
        for at, name in enumerate(names)
    )
    return Fit(
        terms=terms,
        n_obs=made.data.n_obs,
        n_units=made.data.n_units,
        n_clusters=solved.n_clusters,
        details=(*made.details, *solved.details),
        covariance=covariance,
        warnings=(*made.warnings, *solved.warnings, *few_treated_clusters(few)),
    )
