"""Regression discontinuity by a polynomial: least squares on both sides of the cutoff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from pydantic import Field

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._cell_needs import ROW_WISE, cutoff_needs
from evaluation.estimators._columns import control_columns
from evaluation.estimators._dense import dense_least_squares
from evaluation.estimators._guards import (
    cluster_codes,
    is_far,
    refuse_effects,
    require_both_sides,
    require_rows,
    required,
)
from evaluation.estimators._inside import inside_of
from evaluation.estimators._meat import Clusters, clustered, row_meat
from evaluation.estimators._point_pairs import by_unit
from evaluation.estimators._problem import require_positive, rounding_variance
from evaluation.estimators._rd import (
    Periods,
    cluster_warning,
    exposure_details,
    exposure_words,
    mass_points,
    mean_shares,
    require_mass_points,
    sign_of,
    stock_warning,
    whole_values,
)
from evaluation.estimators._scores import Scores
from evaluation.estimators._subset import subset
from evaluation.estimators._term import term_of
from evaluation.estimators._units import rows_among
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
    """A bandwidth in units of the running variable; rows at its edge are kept.

    Attributes
    ----------
    fixed
        Farthest distance from the cutoff at which rows enter.
    """

    fixed: int | float = Field(gt=0)


class Options(OptionsModel):
    """Keys of a polynomial fit.

    Attributes
    ----------
    order
        Order of the polynomial in the running variable.
    slopes
        ``separate`` fits a polynomial on each side, ``common`` one for both, beside a jump of the
        level.
    bandwidth
        Rows that enter, by distance from the cutoff, all with one weight; every row if not given.
    periods
        Rows that enter: ``pre`` those before ``design.reform_date``, ``post`` those from its period
        on, ``all`` both.
    """

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
        f"x = running variable - cutoff{exposure_words(setting)}"
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


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    return cutoff_needs(setting, full=setting.inference.variance in ROW_WISE)


def _design(
    data: ModelData, setting: Setting, running: FloatArray
) -> tuple[FloatArray, tuple[str, ...]]:
    """Return the regressors, treated in the second column, and the names of all."""
    options = setting.options
    above = mean_shares(data, running)
    step = above if sign_of(setting.design) == 1 else 1 - above
    # Powers of numbers up to one keep the normal equations well conditioned.
    unit = running / np.abs(running).max()
    powers = [unit**j for j in range(1, options.order + 1)]
    if options.slopes == "separate":
        powers += [step * power for power in powers]
    controls = control_columns(data, setting.controls)
    names = ("constant", "treated", *(f"power {j}" for j in range(len(powers))), *controls)
    return np.column_stack([np.ones(len(step)), step, *powers, *controls.values()]), names


@dataclass(frozen=True)
class _Variance:
    """Variance of the jump, shape ``(1, 1)``, and what made it."""

    matrix: FloatArray
    factor: float
    df: int
    n_clusters: int | None
    n_units: int | None


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
    NeedsRows
        Where cells do not hold what the variance needs.
    """
    refuse_effects(setting.fixed_effects, "rd_polynomial")
    require_rows(data)
    running = required(data.running, "a running variable", data.outcome)
    whole = whole_values(data, running)
    require_both_sides(data, whole)
    options = setting.options
    width = np.inf if options.bandwidth is None else float(options.bandwidth.fixed)
    least = 1 if options.order == 0 else options.order + 1
    require_mass_points(whole, data.outcome, least, width)
    data = subset(data, np.flatnonzero(np.abs(running) <= width))
    require_rows(data)
    running = required(data.running, "a running variable", data.outcome)
    clusters = cluster_codes(data, setting.inference)
    with one_blas_thread():
        estimate, k, made = _solve(data, setting, running, clusters)
    std_error = float(np.sqrt(made.matrix[0, 0]))
    used = float(made.df) if setting.inference.distribution == "t" else None
    whole = whole_values(data, running)
    below, above = mass_points(whole)
    return Fit(
        terms=(term_of(estimate, std_error, used, estimand=setting.estimand),),
        n_obs=data.n_obs,
        n_units=made.n_units,
        n_clusters=made.n_clusters,
        details=(
            ("", "bandwidth", None if np.isinf(width) else width),
            ("", "n_obs_below", rows_among(data, running < 0)),
            ("", "n_obs_above", rows_among(data, np.isin(running, whole[whole >= 0]))),
            ("", "mass_points_below", below),
            ("", "mass_points_above", above),
            *exposure_details(data, setting),
            ("", "parameters", k),
            ("", "small_sample_factor", made.factor),
            ("", "degrees_of_freedom", used),
        ),
        covariance=made.matrix,
        warnings=(*stock_warning(data, setting), *cluster_warning(data, clusters)),
    )


def _solve(
    data: ModelData, setting: Setting, running: FloatArray, clusters: tuple[IntArray, ...]
) -> tuple[float, int, _Variance]:
    """Return the jump, the number of coefficients, and the jump's variance."""
    x, names = _design(data, setting, running)
    n, k = data.n_obs, x.shape[1]
    weight = np.ones(data.entries) if data.weight is None else data.weight
    # Controls stand last in the design.
    controls = control_columns(data, setting.controls)
    inside = inside_of(data.within, controls)
    if inside is not None:
        inside = inside.shifted(k - len(controls))
    found = dense_least_squares(x, data.y, weight, inside)
    if found is None or n <= k:
        raise DataError(
            f"outcome {data.outcome}: {n} rows do not identify {k} coefficients "
            f"({', '.join(names)}): lower the order, widen the bandwidth or drop controls"
        )
    scores, bread = found
    inference, direction = setting.inference, bread[:, 1:2]

    def iid() -> _Variance:
        block = bread[1:2, 1:2]
        made = sandwich.iid(block, scores.residual, weight, n - k, scores.squares_inside)
        return _Variance(made, 1.0, n - k, fewest, data.n_units)

    def hc0() -> _Variance:
        made = row_meat(scores, direction, data.second_pass, data.weighted)
        return _Variance(made, 1.0, n - k, fewest, data.n_units)

    def hc1() -> _Variance:
        factor = hc1_factor(n, k)
        return _Variance(factor * hc0().matrix, factor, n - k, fewest, data.n_units)

    def cr1() -> _Variance:
        meat, smallest, units = _clustered(data, setting, scores, direction, clusters)
        factor = cluster_factor(n, k, smallest, inference.cluster_factor == "g")
        return _Variance(factor * meat, factor, smallest - 1, smallest, units)

    fewest = min((int(codes.max()) + 1 for codes in clusters), default=None)
    routes = {"iid": iid, "hc0": hc0, "hc1": hc1, "cr1": cr1}
    made = routes[inference.variance]()
    rounding = rounding_variance(bread[1:2, 1], data.y, weight, n)
    require_positive(made.matrix, rounding, f"outcome {data.outcome}")
    return float(scores.beta[1]), k, made


def _clustered(
    data: ModelData,
    setting: Setting,
    scores: Scores,
    direction: FloatArray,
    clusters: tuple[IntArray, ...],
) -> tuple[FloatArray, int, int | None]:
    """Return the covariance by cluster but for its factor, the fewest clusters, and the units."""
    names = setting.inference.cluster
    far = tuple(name for name in names if is_far(data, name))
    if far and data.pairs is not None and len(names) == 1 and not setting.controls:
        level, fitted = scores.x @ direction, scores.y - scores.residual
        found = by_unit(data, level, fitted, data.pairs)
        return found.meat, found.units, found.units
    made = clustered(scores, direction, Clusters(names, clusters, far, None, data.second_pass))
    return made.meat, made.smallest, data.n_units
