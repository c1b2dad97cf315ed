"""Regression kink: the change of slope at the cutoff, or its ratio to that of a treatment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import IntArray, ModelData
from evaluation.errors import DataError, EstimationError
from evaluation.estimators._cct.parts import without_partial
from evaluation.estimators._cct.points import MassPoints, points_of
from evaluation.estimators._cct.request import Request
from evaluation.estimators._cell_needs import cutoff_needs
from evaluation.estimators._fuzzy.robust import robust as ratio_of_kinks
from evaluation.estimators._guards import (
    cluster_codes,
    refuse_effects,
    require_both_sides,
    require_rows,
    required,
)
from evaluation.estimators._honest.found import Asked
from evaluation.estimators._kink.details import grid_details, level_details, window_details
from evaluation.estimators._kink.found import Kink, kink_of
from evaluation.estimators._kink.intervals import INTERVALS
from evaluation.estimators._kink.options import KinkOptions
from evaluation.estimators._rd import cluster_warning, require_mass_points, sign_of
from evaluation.estimators.contract import Fit, Role, Setting

TITLE = "Regression kink, local polynomial with robust bias correction or a bias bound"
SOURCE = (
    "Card, Lee, Pei and Weber (2015), Econometrica 83(6); Calonico, Cattaneo and Titiunik (2014), "
    "Econometrica 82(6), theorem 1 with derivative 1"
)
DESIGNS = frozenset({"rd"})
ESTIMANDS = frozenset({"kink_at_cutoff", "late_at_cutoff"})
NEEDS: frozenset[Role] = frozenset({"running"})
VARIANCES = frozenset({"nn", "hc1", "cr1"})

# Distinct values that each side needs inside the bandwidth, whatever the order.
LEAST_MASS_POINTS = 4

LINES = (
    "order 1: a line takes curvature for a kink, and of a stock that relaxes within months after "
    "release it finds about half at 12 months; use order 2 or 3"
)
IS_FLOW = "the outcome is a flow: at the cutoff a flow jumps; ask for itt_at_cutoff by rd_robust"

Options = KinkOptions


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    options, treatment = setting.options, setting.design.treatment
    side = "above - below" if sign_of(setting.design) == 1 else "below - above"
    by = ""
    if setting.estimand == "late_at_cutoff" and treatment is not None:
        by = f" / the same of {treatment.column}"
    met = ""
    if options.continuous_at is not None:
        met = f", one level at x = {options.continuous_at:g}"
    return (
        f"κ = lim dE[y | x]/dx as x → 0, {side}{by}; on each side y = "
        f"Σ_(j=0..{options.order}) β_j·x^j + error{met}, {options.kernel} kernel, "
        "x = running variable - cutoff"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    treated: tuple[tuple[str, tuple[str, ...]], ...] = ()
    if setting.estimand == "late_at_cutoff":
        treated = (
            ("relevance: the treatment changes its slope at the cutoff", ("first_stage",)),
            ("exclusion: the outcome bends through the treatment alone", ("other_rules",)),
        )
    return (
        (
            "without the rule the outcome would not change its slope at the cutoff",
            ("placebo_cutoff", "placebo_period", "covariate_balance"),
        ),
        *treated,
        ("nobody chooses the side on which to lie", ("selection_near_cutoff", "heaping")),
        ("nothing else changes at the cutoff", ("other_rules",)),
        (
            "the outcome is a stock and smooth enough for the bandwidth on each side",
            ("bandwidth_grid", "donut", "second_kink"),
        ),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    needs = cutoff_needs(setting, full=False)
    if isinstance(needs, NotFromCells) or setting.estimand != "late_at_cutoff":
        return needs
    return replace(needs, treatment=True)


def request_of(setting: Setting) -> Request:
    """Return what a model of kinks asks of mass points."""
    options = setting.options
    fixed, bias = options.bandwidth.fixed, options.bandwidth.bias
    return Request(
        order=options.order,
        derivative=1,
        kernel=options.kernel,
        rule=options.bandwidth.rule or "mse",
        h=None if fixed is None else (float(fixed), float(fixed)),
        b=None if bias is None else (float(bias), float(bias)),
        variance=setting.inference.variance,
        sides=options.sides,
    )


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate the slope of the treated side less that of the untreated side.

    The row holds the conventional estimate and standard error. Its interval is the robust
    bias-corrected one, whose centre and error are ``robust_estimate`` and ``robust_std_error``; or
    all kinks that a test counting the largest bias does not reject. Details repeat the estimate on
    a grid of bandwidths and give the jump of the level, which a stock does not have. With estimand
    ``late_at_cutoff`` the kink is divided by that of the treatment, as ``rd_fuzzy`` divides jumps.

    Parameters
    ----------
    data
        Rows of one outcome, ``running`` centred at the cutoff; a value at the cutoff lies above.
    setting
        The model. With ``cr1`` the small-sample factor is rdrobust's, on each side
        (n - 1) / (n - k) × G / (G - 1) over the rows and clusters inside the bandwidth, the root
        of their product between the sides.

    Raises
    ------
    DataError
        Where the rows cannot answer: an empty side, too few distinct values of the running
        variable on a side within the bandwidth, one cluster, no variation, a treatment without a
        kink.
    SpecError
        Where fixed effects are named.
    EstimationError
        Where the fit fails on data that are otherwise in order.
    NeedsRows
        Where cells do not hold what the variance needs.
    """
    refuse_effects(setting.fixed_effects, "rd_kink")
    require_rows(data)
    running = required(data.running, "a running variable", data.outcome)
    require_both_sides(data, running)
    options, ratio = setting.options, setting.estimand == "late_at_cutoff"
    least = max(LEAST_MASS_POINTS, options.order + 3)
    fixed = options.bandwidth.fixed
    require_mass_points(running, data.outcome, least, np.inf if fixed is None else float(fixed))
    clusters = cluster_codes(data, setting.inference)
    if setting.inference.variance == "cr1" and len(setting.inference.cluster) != 1:
        raise DataError("rd_kink: variance cr1 takes exactly one cluster column: name one")
    n_clusters = _clusters(data, setting, clusters)
    warnings = _warnings(data, setting)
    with one_blas_thread():
        points = _points(data, setting, clusters, ratio)
        if ratio:
            asked = Asked(setting, clusters[0] if clusters else None, least, derivative=1)
            divided = ratio_of_kinks(data, points, asked, n_clusters)
            term, details, covariance = divided.term, divided.details, divided.covariance
            warnings += divided.warnings
        else:
            request = request_of(setting)
            kink = kink_of(points, request, options.continuous_at)
            require_mass_points(points.x, data.outcome, least, min(kink.fit.h))
            _require_errors(data.outcome, kink)
            df = _df(setting, kink, n_clusters)
            ends = INTERVALS[options.interval](points, kink, setting, df)
            sign = sign_of(setting.design)
            term, covariance = ends.term, np.array([[kink.fit.change.std_error**2]])
            details = (
                *ends.details,
                *window_details(points, kink, setting, df),
                *level_details(points, request, kink.fit.h, sign),
                *grid_details(points, request, options.continuous_at, options.grid, sign),
            )
            warnings += ends.warnings
    left_out = data.n_obs - int(points.rows.sum())
    if left_out:
        details = (*details, ("", "n_obs_partly_treated_left_out", left_out))
    return Fit(
        terms=(term,),
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=n_clusters,
        details=details,
        covariance=covariance,
        warnings=(*warnings, *cluster_warning(data, clusters)),
    )


def _points(
    data: ModelData, setting: Setting, clusters: tuple[IntArray, ...], ratio: bool
) -> MassPoints:
    """Return the mass points, with the treatment where it is divided by.

    Rows partly on either side are left out: the stock at the end of a month in which the rule ended
    is no average of what the two sides would have been.
    """
    by_unit = setting.inference.variance == "cr1" and not clusters
    name = None
    if ratio:
        treatment = required(data.treatment, "a treatment (design.treatment)", data.outcome)
        column = setting.design.treatment
        name = "treatment" if column is None else column.column
    points = points_of(data, setting.controls, clusters[0] if clusters else None, name, by_unit)
    if ratio and float(np.ptp(treatment)) == 0.0 and not points.moments.scatter[:, 1, 1].any():
        raise DataError(
            f"outcome {data.outcome}: design.treatment has one value in all {data.n_obs} rows, "
            "so its slope changes nowhere: check the column and the filters"
        )
    return without_partial(points)


def _require_errors(outcome: str, kink: Kink) -> None:
    change = kink.fit.change
    numbers = [change.estimate, change.corrected, change.std_error, change.robust_std_error]
    if not np.all(np.isfinite(numbers)) or min(change.std_error, change.robust_std_error) <= 0:
        raise EstimationError(
            f"outcome {outcome}: the kink has no finite standard error: set a wider fixed "
            "bandwidth or a lower order"
        )


def _df(setting: Setting, kink: Kink, n_clusters: int | None) -> float | None:
    if setting.inference.distribution != "t":
        return None
    if setting.inference.variance == "cr1" and n_clusters is not None:
        return n_clusters - 1.0
    return float(sum(kink.fit.rows) - 2 * (setting.options.order + 1))


def _clusters(data: ModelData, setting: Setting, clusters: tuple[IntArray, ...]) -> int | None:
    """Return the number of clusters among all rows of the model."""
    if clusters:
        return int(clusters[0].max()) + 1
    return data.n_units if setting.inference.cluster else None


def _warnings(data: ModelData, setting: Setting) -> tuple[str, ...]:
    """Return what makes a kink doubtful whatever its numbers."""
    found = (LINES,) if setting.options.order == 1 else ()
    return (*found, IS_FLOW) if data.outcome in setting.flows else found
