"""Regression discontinuity by local polynomials with robust bias-corrected intervals."""

from __future__ import annotations

import contextlib
import io
import warnings
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.errors import DataError, EstimationError
from evaluation.estimators._columns import control_columns
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
    mass_points,
    require_mass_points,
    sign_of,
)
from evaluation.estimators.contract import Fit, Role, Setting, Term
from evaluation.inference.intervals import interval
from evaluation.spec.options import OptionsModel, Table

TITLE = "Regression discontinuity, local polynomial with robust bias correction"
SOURCE = "Calonico, Cattaneo and Titiunik (2014), Econometrica 82(6), theorem 1"
DESIGNS = frozenset({"rd"})
ESTIMANDS = frozenset({"itt_at_cutoff"})
NEEDS: frozenset[Role] = frozenset({"running"})
VARIANCES = frozenset({"nn", "hc1", "cr1"})

# Distinct values that each side needs inside the bandwidth, whatever the order.
LEAST_MASS_POINTS = 4

RULES = {
    "mse": "mserd",
    "mse_two": "msetwo",
    "mse_sum": "msesum",
    "cer": "cerrd",
    "cer_two": "certwo",
    "cer_sum": "cersum",
}


class Bandwidth(Table):
    """A rule, or a fixed bandwidth with that of the bias (by default the same)."""

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
    """Keys of a local polynomial fit."""

    kernel: Literal["triangular", "epanechnikov", "uniform"] = "triangular"
    order: int = Field(default=1, ge=0, le=4)
    bandwidth: Bandwidth = Bandwidth(rule="mse")
    periods: Periods = "all"
    masspoints: Literal["adjust", "check", "off"] = "adjust"


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    options = setting.options
    side = "above - below" if sign_of(setting.design) == 1 else "below - above"
    return (
        f"τ = lim E[y | x → 0], {side}; on each side y = Σ_(j=0..{options.order}) β_j·x^j + error, "
        f"{options.kernel} kernel, x = running variable - cutoff"
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


def _arguments(data: ModelData, setting: Setting, clusters: tuple[IntArray, ...]) -> dict[str, Any]:
    options, inference = setting.options, setting.inference
    arguments: dict[str, Any] = {
        "c": 0.0,
        "p": options.order,
        "kernel": options.kernel,
        # Without a cluster variance named, rdrobust falls back to the factors of hc1.
        "vce": inference.variance,
        "masspoints": options.masspoints,
    }
    if options.bandwidth.fixed is None:
        arguments["bwselect"] = RULES[options.bandwidth.rule]
    else:
        arguments["h"] = float(options.bandwidth.fixed)
        arguments["b"] = float(options.bandwidth.bias or options.bandwidth.fixed)
    if inference.variance == "cr1":
        arguments["cluster"] = clusters[0]
    if data.weight is not None:
        arguments["weights"] = data.weight
    controls = control_columns(data, setting.controls)
    if controls:
        arguments["covs"] = np.column_stack(list(controls.values()))
    return arguments


def _run(data: ModelData, running: FloatArray, arguments: dict[str, Any]) -> Any:
    from rdrobust import rdrobust

    # The library prints remarks about mass points; what matters of them stands in the details.
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), one_blas_thread():
        warnings.simplefilter("ignore")
        try:
            return rdrobust(data.y, running, **arguments)
        # rdrobust raises plain Exception where a bandwidth cannot be computed.
        except Exception as error:
            raise EstimationError(
                f"outcome {data.outcome}: the local polynomial cannot be fitted "
                f"({type(error).__name__} in rdrobust): set a wider fixed bandwidth, a lower order "
                "or masspoints = 'off'"
            ) from error


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
        (n - 1) / (n - k) × G / (G - 1) over the rows and clusters inside the bandwidth.

    Raises
    ------
    DataError
        Where the rows cannot answer: an empty side, fewer than four distinct values of the
        running variable on a side within the bandwidth, one cluster, no variation.
    SpecError
        Where fixed effects are named.
    EstimationError
        Where rdrobust fails on data that are otherwise in order.
    """
    refuse_effects(setting.fixed_effects, "rd_robust")
    require_rows(data)
    running = required(data.running, "a running variable", data.outcome)
    require_both_sides(data, running)
    clusters = cluster_codes(data, setting.inference)
    if setting.inference.variance == "cr1" and len(clusters) != 1:
        raise DataError("rd_robust: variance cr1 takes exactly one cluster column: name one")
    options = setting.options
    least = max(LEAST_MASS_POINTS, options.order + 3)
    fixed = options.bandwidth.fixed
    require_mass_points(running, data.outcome, least, np.inf if fixed is None else float(fixed))
    found = _run(data, running, _arguments(data, setting, clusters))
    h = np.asarray(found.bws, dtype=np.float64)[0]
    b = np.asarray(found.bws, dtype=np.float64)[1]
    require_mass_points(running, data.outcome, least, float(h.min()))
    sign = sign_of(setting.design)
    coefficients = [sign * float(x) for x in np.asarray(found.coef).ravel()]
    errors = [float(x) for x in np.asarray(found.se).ravel()]
    if not np.all(np.isfinite([*coefficients, *errors])) or errors[2] <= 0:
        raise EstimationError(
            f"outcome {data.outcome}: the local polynomial has no finite standard error: set a "
            "wider fixed bandwidth or a lower order"
        )
    below, above = mass_points(running, float(h.min()))
    inside = [int(count) for count in found.N_h]
    df = sum(inside) - 2.0 * (options.order + 1)
    if setting.inference.variance == "cr1":
        df = float(clusters[0].max())
    used = df if setting.inference.distribution == "t" else None
    bounds = interval(coefficients[2], errors[2], used)
    details: list[tuple[str, str, DetailValue]] = [
        ("", "robust_estimate", coefficients[2]),
        ("", "robust_std_error", errors[2]),
        ("", "bandwidth_below", float(h[0])),
        ("", "bandwidth_above", float(h[1])),
        ("", "bias_bandwidth_below", float(b[0])),
        ("", "bias_bandwidth_above", float(b[1])),
        ("", "n_obs_within_below", inside[0]),
        ("", "n_obs_within_above", inside[1]),
        ("", "mass_points_within_below", below),
        ("", "mass_points_within_above", above),
        ("", "kernel", options.kernel),
        ("", "order", options.order),
        ("", "degrees_of_freedom", used),
    ]
    term = Term(
        coefficients[0],
        errors[0],
        bounds.low,
        bounds.high,
        bounds.p_value,
        estimand=setting.estimand,
    )
    return Fit(
        terms=(term,),
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=int(clusters[0].max()) + 1 if clusters else None,
        details=tuple(details),
        covariance=np.array([[errors[0] ** 2]]),
        warnings=cluster_warning(data, clusters),
    )
