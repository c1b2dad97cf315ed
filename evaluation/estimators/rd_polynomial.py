"""Regression discontinuity by a polynomial: least squares on both sides of the cutoff."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._columns import control_columns
from evaluation.estimators._guards import (
    cluster_codes,
    refuse_effects,
    require_both_sides,
    require_rows,
    required,
)
from evaluation.estimators._problem import require_positive
from evaluation.estimators._rd import (
    Periods,
    cluster_warning,
    mass_points,
    require_mass_points,
    sign_of,
)
from evaluation.estimators._subset import subset
from evaluation.estimators._term import term_of
from evaluation.estimators.contract import Fit, Role, Setting
from evaluation.inference import sandwich
from evaluation.inference.small_sample import cluster_factor, hc1_factor
from evaluation.spec.options import OptionsModel, Table

TITLE = "Regression discontinuity, polynomial"
SOURCE = "Angrist and Pischke (2015), Mastering 'Metrics, equations 4.2 to 4.4"
DESIGNS = frozenset({"rd"})
ESTIMANDS = frozenset({"itt_at_cutoff"})
NEEDS: frozenset[Role] = frozenset({"running"})
VARIANCES = frozenset({"iid", "hc0", "hc1", "cr1"})


class Width(Table):
    """A bandwidth in units of the running variable; rows at its edge are kept."""

    fixed: int | float = Field(gt=0)


class Options(OptionsModel):
    """Keys of a polynomial fit."""

    order: int = Field(default=1, ge=0, le=6)
    slopes: Literal["common", "separate"] = "separate"
    bandwidth: Width | None = None
    periods: Periods = "all"


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    options = setting.options
    separate = " + Σ δ_j·treated·x^j" if options.slopes == "separate" else ""
    controls = "".join(f" + {name}'γ" for name in setting.controls)
    return (
        f"y = α + τ·treated + Σ_(j=1..{options.order}) β_j·x^j{separate}{controls} + error, "
        "x = running variable - cutoff"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    return (
        (
            "potential outcomes are continuous at the cutoff",
            ("placebo_cutoff", "covariate_balance"),
        ),
        ("nobody chooses the side on which to lie", ("selection_near_cutoff", "heaping")),
        ("nothing else changes at the cutoff", ("other_rules", "placebo_period")),
        (
            f"a polynomial of order {setting.options.order} is the true regression inside the "
            "bandwidth",
            ("bandwidth_grid",),
        ),
    )


def _design(
    data: ModelData, setting: Setting, running: FloatArray
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the regressors, treated in the second column, and the names of all."""
    options = setting.options
    treated = (running >= 0) if sign_of(setting.design) == 1 else (running < 0)
    step = treated.astype(np.float64)
    # Powers of numbers up to one keep the normal equations well conditioned.
    unit = running / np.abs(running).max()
    powers = [unit**j for j in range(1, options.order + 1)]
    if options.slopes == "separate":
        powers += [step * power for power in powers]
    controls = control_columns(data, setting.controls)
    names = ("constant", "treated", *(f"power {j}" for j in range(len(powers))), *controls)
    return np.column_stack([np.ones(len(step)), step, *powers, *controls.values()]), names


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate the jump at the cutoff, treated side less untreated side.

    Parameters
    ----------
    data
        Rows of one outcome, ``running`` centred at the cutoff; a value at the cutoff lies above.
    setting
        The model. Rows farther than ``bandwidth.fixed`` from the cutoff are left out.

    Raises
    ------
    DataError
        Where the rows cannot answer: an empty side, too few distinct values of the running
        variable, one cluster, no variation, collinear controls.
    EstimationError
        Where the variance is not positive, as with two-way clusters that are too few.
    """
    refuse_effects(setting.fixed_effects, "rd_polynomial")
    require_rows(data)
    running = required(data.running, "a running variable", data.outcome)
    require_both_sides(data, running)
    options = setting.options
    width = np.inf if options.bandwidth is None else float(options.bandwidth.fixed)
    least = 1 if options.order == 0 else options.order + 1
    require_mass_points(running, data.outcome, least, width)
    data = subset(data, np.flatnonzero(np.abs(running) <= width))
    require_rows(data)
    running = required(data.running, "a running variable", data.outcome)
    clusters = cluster_codes(data, setting.inference)
    with one_blas_thread():
        estimate, std_error, df, k, factor = _solve(data, setting, running, clusters)
    used = df if setting.inference.distribution == "t" else None
    below, above = mass_points(running)
    return Fit(
        terms=(term_of(estimate, std_error, used, estimand=setting.estimand),),
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=min((int(c.max()) + 1 for c in clusters), default=None),
        details=(
            ("", "bandwidth", None if np.isinf(width) else width),
            ("", "n_obs_below", int(np.sum(running < 0))),
            ("", "n_obs_above", int(np.sum(running >= 0))),
            ("", "mass_points_below", below),
            ("", "mass_points_above", above),
            ("", "parameters", k),
            ("", "small_sample_factor", factor),
            ("", "degrees_of_freedom", used),
        ),
        covariance=np.array([[std_error**2]]),
        warnings=cluster_warning(data, clusters),
    )


def _solve(
    data: ModelData, setting: Setting, running: FloatArray, clusters: tuple[IntArray, ...]
) -> tuple[float, float, float, int, float]:
    """Return estimate, standard error, degrees of freedom, k and the small-sample factor."""
    from statsmodels.regression.linear_model import WLS

    x, names = _design(data, setting, running)
    n, k = x.shape
    unit = np.sqrt(np.sum(x**2, axis=0))
    if n <= k or np.linalg.matrix_rank(x / np.where(unit > 0, unit, 1.0)) < k:
        raise DataError(
            f"outcome {data.outcome}: {n} rows do not identify {k} coefficients "
            f"({', '.join(names)}): lower the order, widen the bandwidth or drop controls"
        )
    weight = np.ones(n) if data.weight is None else data.weight
    result = WLS(data.y, x, weights=weight).fit()
    bread = np.asarray(result.normalized_cov_params)
    residual = np.asarray(data.y - x @ result.params)
    scores = x * (weight * residual)[:, None]
    inference = setting.inference

    def iid() -> tuple[FloatArray, float, int]:
        return sandwich.iid(bread, residual, weight, n - k), 1.0, n - k

    def hc0() -> tuple[FloatArray, float, int]:
        return sandwich.hc1(bread, scores, 1.0), 1.0, n - k

    def hc1() -> tuple[FloatArray, float, int]:
        factor = hc1_factor(n, k)
        return sandwich.hc1(bread, scores, factor), factor, n - k

    def cr1() -> tuple[FloatArray, float, int]:
        smallest = min(int(c.max()) + 1 for c in clusters)
        factor = cluster_factor(n, k, smallest, inference.cluster_factor == "g")
        return sandwich.cr1(bread, scores, clusters, factor), factor, smallest - 1

    covariance, factor, df = {"iid": iid, "hc0": hc0, "hc1": hc1, "cr1": cr1}[inference.variance]()
    require_positive(covariance[1:2, 1:2], f"outcome {data.outcome}")
    std_error = float(np.sqrt(covariance[1, 1]))
    return float(result.params[1]), std_error, float(df), k, factor
