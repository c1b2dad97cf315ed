"""Regression discontinuity by local polynomials with robust bias-corrected intervals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import IntArray, ModelData
from evaluation.errors import DataError, EstimationError
from evaluation.estimators._cct.fit import CctFit, fit_points
from evaluation.estimators._cct.library import fit_by_library
from evaluation.estimators._cct.points import points_of
from evaluation.estimators._cct.request import Request
from evaluation.estimators._cell_needs import cutoff_needs
from evaluation.estimators._guards import (
    cluster_codes,
    refuse_effects,
    require_both_sides,
    require_rows,
    required,
)
from evaluation.estimators._problem import DetailValue
from evaluation.estimators._rd import (
    Periods,
    cluster_warning,
    exposure_details,
    exposure_words,
    mass_points,
    require_mass_points,
    sign_of,
    stock_warning,
    whole_values,
)
from evaluation.estimators.contract import Fit, Role, Setting, Term
from evaluation.inference.intervals import interval
from evaluation.spec.design import RdDesign
from evaluation.spec.options import OptionsModel, Table

TITLE = "Regression discontinuity, local polynomial with robust bias correction"
SOURCE = "Calonico, Cattaneo and Titiunik (2014), Econometrica 82(6), theorem 1"
DESIGNS = frozenset({"rd"})
ESTIMANDS = frozenset({"itt_at_cutoff"})
NEEDS: frozenset[Role] = frozenset({"running"})
VARIANCES = frozenset({"nn", "hc1", "cr1"})

# Distinct values that each side needs inside the bandwidth, whatever the order.
LEAST_MASS_POINTS = 4


class Bandwidth(Table):
    """A rule, or a fixed bandwidth with that of the bias.

    Attributes
    ----------
    rule
        ``mse`` least mean squared error, ``cer`` least error of coverage: one bandwidth; ``_two``
        chooses one for each side, ``_sum`` one by the error of the sum of both sides.
    fixed
        Bandwidth in units of the running variable, in place of ``rule``.
    bias
        Bandwidth of the estimate of the bias, with ``fixed``; the same as ``fixed`` if not given.
    """

    rule: Literal["mse", "mse_two", "mse_sum", "cer", "cer_two", "cer_sum"] | None = None
    fixed: int | float | None = Field(default=None, gt=0)
    bias: int | float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _one_way(self) -> Bandwidth:
        if (self.rule is None) == (self.fixed is None):
            raise ValueError("bandwidth takes either rule or fixed")
        if self.bias is not None and self.fixed is None:
            raise ValueError("bandwidth.bias goes with fixed")
        return self


class Options(OptionsModel):
    """Keys of a local polynomial fit.

    Attributes
    ----------
    kernel
        How rows are weighted by their distance from the cutoff, inside the bandwidth.
    order
        Order of the local polynomials; that of the bias is one more.
    bandwidth
        Bandwidth of both sides.
    periods
        Rows that enter: ``pre`` those before ``design.reform_date``, ``post`` those from its period
        on, ``all`` both.
    masspoints
        ``adjust`` counts distinct values of the running variable in pilot bandwidths, and widens
        them to ten values where many rows share theirs; ``check`` and ``off`` count rows.
    sides
        Whether clusters with rows on both sides of the cutoff make these depend on each other
        (``joint``) or not (``independent``).
    """

    kernel: Literal["triangular", "epanechnikov", "uniform"] = "triangular"
    order: int = Field(default=1, ge=0, le=4)
    bandwidth: Bandwidth = Bandwidth(rule="mse")
    periods: Periods = "all"
    masspoints: Literal["adjust", "check", "off"] = "adjust"
    # Whether clusters with rows on both sides of the cutoff make these depend on each other.
    sides: Literal["joint", "independent"] = "joint"

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line where sides that share rows are to count as independent."""
        del owner
        design = spec.design
        if isinstance(design, RdDesign) and design.exposure and self.sides == "independent":
            yield (
                f"{where}.sides: with design.exposure the rows at the cutoff lie on both sides; "
                "set sides = 'joint', or donut = 1 in place of exposure"
            )


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    options = setting.options
    side = "above - below" if sign_of(setting.design) == 1 else "below - above"
    return (
        f"τ = lim E[y | x → 0], {side}; on each side y = Σ_(j=0..{options.order}) β_j·x^j + error, "
        f"{options.kernel} kernel, x = running variable - cutoff{exposure_words(setting)}"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    del setting
    return (
        (
            "potential outcomes are continuous at the cutoff",
            ("placebo_cutoff", "covariate_balance"),
        ),
        ("nobody chooses the side on which to lie", ("selection_near_cutoff", "heaping")),
        ("nothing else changes at the cutoff", ("other_rules", "placebo_period")),
        ("the regression is smooth enough for the bandwidth", ("bandwidth_grid", "donut")),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    return cutoff_needs(setting, full=False)


def _request(setting: Setting) -> Request:
    options = setting.options
    fixed, bias = options.bandwidth.fixed, options.bandwidth.bias
    return Request(
        order=options.order,
        kernel=options.kernel,
        rule=options.bandwidth.rule or "mse",
        h=None if fixed is None else (float(fixed), float(fixed)),
        b=None if bias is None else (float(bias), float(bias)),
        masspoints=options.masspoints,
        variance=setting.inference.variance,
        sides=options.sides,
    )


def _found(data: ModelData, setting: Setting, clusters: tuple[IntArray, ...]) -> CctFit:
    """Return the fit: from mass points, or by rdrobust where the running variable has none."""
    request = _request(setting)
    cluster = clusters[0] if clusters else None
    joint = request.variance == "cr1" and request.sides == "joint"
    discrete = setting.design.running_variable.discrete
    if not (data.from_cells or discrete or joint):
        return fit_by_library(data, request, setting.controls, cluster)
    with one_blas_thread():
        by_unit = request.variance == "cr1" and cluster is None
        points = points_of(data, setting.controls, cluster, by_unit=by_unit)
        return fit_points(points, request)


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate the jump at the cutoff, treated side less untreated side.

    The row holds the conventional estimate and standard error, with the robust bias-corrected
    interval and p-value; the interval's own centre and standard error are the details
    ``robust_estimate`` and ``robust_std_error``.

    Parameters
    ----------
    data
        Rows of one outcome, ``running`` centred at the cutoff; a value at the cutoff lies above.
    setting
        The model. With ``cr1`` the small-sample factor is rdrobust's own, on each side
        (n - 1) / (n - k) × G / (G - 1) over the rows and clusters inside the bandwidth; with
        ``sides = "joint"`` the covariance of the two sides has the root of their product.

    Raises
    ------
    DataError
        Where the rows cannot answer: an empty side, fewer than four distinct values of the
        running variable on a side within the bandwidth, one cluster, no variation.
    SpecError
        Where fixed effects are named.
    EstimationError
        Where the fit fails on data that are otherwise in order.
    """
    refuse_effects(setting.fixed_effects, "rd_robust")
    require_rows(data)
    running = whole_values(data, required(data.running, "a running variable", data.outcome))
    require_both_sides(data, running)
    clusters = cluster_codes(data, setting.inference)
    if setting.inference.variance == "cr1" and len(setting.inference.cluster) != 1:
        raise DataError("rd_robust: variance cr1 takes exactly one cluster column: name one")
    options = setting.options
    least = max(LEAST_MASS_POINTS, options.order + 3)
    fixed = options.bandwidth.fixed
    require_mass_points(running, data.outcome, least, np.inf if fixed is None else float(fixed))
    found = _found(data, setting, clusters)
    narrower = min(found.h)
    require_mass_points(running, data.outcome, least, narrower)
    sign, change = sign_of(setting.design), found.change
    estimate, centre = sign * change.estimate, sign * change.corrected
    numbers = [estimate, centre, change.std_error, change.robust_std_error]
    if not np.all(np.isfinite(numbers)) or change.robust_std_error <= 0:
        raise EstimationError(
            f"outcome {data.outcome}: the local polynomial has no finite standard error: set a "
            "wider fixed bandwidth or a lower order"
        )
    below, above = mass_points(running, narrower)
    df = sum(found.rows) + found.partial - 2.0 * (options.order + 1)
    n_clusters = _clusters(data, setting, clusters)
    if n_clusters is not None and setting.inference.variance == "cr1":
        df = n_clusters - 1.0
    used = df if setting.inference.distribution == "t" else None
    bounds = interval(centre, change.robust_std_error, used)
    details: list[tuple[str, str, DetailValue]] = [
        ("", "robust_estimate", centre),
        ("", "robust_std_error", change.robust_std_error),
        ("", "bandwidth_below", found.h[0]),
        ("", "bandwidth_above", found.h[1]),
        ("", "bias_bandwidth_below", found.b[0]),
        ("", "bias_bandwidth_above", found.b[1]),
        ("", "n_obs_within_below", found.rows[0]),
        ("", "n_obs_within_above", found.rows[1]),
        ("", "mass_points_within_below", below),
        ("", "mass_points_within_above", above),
        *exposure_details(data, setting),
        ("", "kernel", options.kernel),
        ("", "order", options.order),
        ("", "degrees_of_freedom", used),
    ]
    if setting.inference.variance == "cr1" and options.sides == "joint":
        details += [
            ("", "std_error_sides_independent", change.independent),
            ("", "robust_std_error_sides_independent", change.robust_independent),
            ("", "covariance_of_sides", change.shared),
            ("", "robust_covariance_of_sides", change.robust_shared),
        ]
    term = Term(
        estimate,
        change.std_error,
        bounds.low,
        bounds.high,
        bounds.p_value,
        estimand=setting.estimand,
    )
    return Fit(
        terms=(term,),
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=n_clusters,
        details=tuple(details),
        covariance=np.array([[change.std_error**2]]),
        warnings=(*stock_warning(data, setting), *cluster_warning(data, clusters)),
    )


def _clusters(data: ModelData, setting: Setting, clusters: tuple[IntArray, ...]) -> int | None:
    """Return the number of clusters among all rows of the model."""
    if clusters:
        return int(clusters[0].max()) + 1
    if not setting.inference.cluster:
        return None
    return data.n_units
