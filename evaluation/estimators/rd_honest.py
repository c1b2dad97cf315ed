"""Regression discontinuity with intervals that count the largest bias of a local line."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

from pydantic import Field, model_validator

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import ModelData
from evaluation.errors import DataError
from evaluation.estimators._cell_needs import cutoff_needs
from evaluation.estimators._guards import (
    cluster_codes,
    refuse_effects,
    require_both_sides,
    require_rows,
    required,
)
from evaluation.estimators._honest.bounded_misspecification import (
    bounded_misspecification,
    refuse_dependent,
)
from evaluation.estimators._honest.curvature import bounded_curvature
from evaluation.estimators._honest.found import Asked, Found
from evaluation.estimators._rd import (
    Periods,
    cluster_warning,
    exposure_details,
    exposure_words,
    require_mass_points,
    sign_of,
    stock_warning,
    whole_values,
)
from evaluation.estimators.contract import Fit, Role, Setting
from evaluation.spec.design import RdDesign
from evaluation.spec.options import OptionsModel, Table

TITLE = "Regression discontinuity, bias-aware intervals for a discrete running variable"
SOURCE = "Kolesár and Rothe (2018), American Economic Review 108(8); Armstrong and Kolesár (2020)"
DESIGNS = frozenset({"rd"})
ESTIMANDS = frozenset({"itt_at_cutoff"})
NEEDS: frozenset[Role] = frozenset({"running"})
VARIANCES = frozenset({"nn", "hc0", "hc1", "cr1"})

# Distinct values of the running variable that each side needs inside the bandwidth.
LEAST_MASS_POINTS = 4

CLASSES: dict[str, Callable[[ModelData, Asked], Found]] = {
    "bounded_curvature": bounded_curvature,
    "bounded_misspecification": bounded_misspecification,
}


class HonestBandwidth(Table):
    """A fixed bandwidth, or the one of least worst mean squared error or interval length.

    Attributes
    ----------
    rule
        ``mse`` least mean squared error at the worst bias, ``flci`` the shortest interval.
    fixed
        Bandwidth in units of the running variable, in place of ``rule``.
    """

    rule: Literal["mse", "flci"] | None = None
    fixed: int | float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _one_way(self) -> HonestBandwidth:
        if (self.rule is None) == (self.fixed is None):
            raise ValueError("bandwidth takes either rule or fixed")
        return self


class CurvatureBound(Table):
    """A bound on the second derivative, or the rule that calibrates one.

    Attributes
    ----------
    value
        Bound on the second derivative, in units of the outcome per squared unit of the running
        variable.
    rule
        ``rot`` calibrates it from the data by a rule of thumb: coverage is then not guaranteed.
    """

    value: int | float | None = Field(default=None, gt=0)
    rule: Literal["rot"] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> CurvatureBound:
        if (self.rule is None) == (self.value is None):
            raise ValueError("curvature_bound takes either value or rule")
        return self


class Options(OptionsModel):
    """Keys of a bias-aware fit.

    Attributes
    ----------
    smoothness
        Class of the true regression: ``bounded_curvature`` has a bound on its second derivative,
        ``bounded_misspecification`` is no farther from a line at the cutoff than at other values
        inside the bandwidth.
    kernel
        How rows are weighted by their distance from the cutoff, inside the bandwidth.
        ``bounded_misspecification`` takes ``uniform`` alone.
    bandwidth
        Bandwidth of both sides; a fixed one with ``bounded_misspecification``.
    curvature_bound
        Bound on the second derivative on each side; none with ``bounded_misspecification``.
    periods
        Rows that enter: ``pre`` those before ``design.reform_date``, ``post`` those from its period
        on, ``all`` both.
    """

    # Which class the true regression belongs to.
    smoothness: Literal["bounded_curvature", "bounded_misspecification"] = "bounded_curvature"
    kernel: Literal["triangular", "epanechnikov", "uniform"] = "triangular"
    bandwidth: HonestBandwidth = HonestBandwidth(rule="mse")
    # In units of the outcome per squared unit of the running variable.
    curvature_bound: CurvatureBound = CurvatureBound(rule="rot")
    periods: Periods = "all"

    @model_validator(mode="after")
    def _lines_on_a_window(self) -> Options:
        misspecified = self.smoothness == "bounded_misspecification"
        if misspecified and (self.kernel != "uniform" or self.bandwidth.fixed is None):
            raise ValueError(
                "bounded_misspecification takes kernel = 'uniform' and a fixed bandwidth"
            )
        if misspecified and "curvature_bound" in self.model_fields_set:
            raise ValueError("bounded_misspecification takes no curvature_bound")
        return self

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line where misspecification would be seen at values partly on either side."""
        del owner
        design = spec.design
        misspecified = self.smoothness == "bounded_misspecification"
        if isinstance(design, RdDesign) and design.exposure and misspecified:
            yield (
                f"{where}.smoothness: 'bounded_misspecification' sees how far off a line is at "
                "values wholly on one side; set donut = 1 in place of design.exposure"
            )


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    options = setting.options
    side = "above - below" if sign_of(setting.design) == 1 else "below - above"
    bound = {
        "bounded_curvature": "|m''| ≤ M on each side, interval τ ± cv(bias / SE)·SE",
        "bounded_misspecification": "the line is no farther off at the cutoff than inside",
    }[options.smoothness]
    return (
        f"τ = lim E[y | x → 0], {side}; on each side y = β_0 + β_1·x + error, "
        f"{options.kernel} kernel, x = running variable - cutoff{exposure_words(setting)}; {bound}"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    bound = {
        "bounded_curvature": "the regression bends by no more than the curvature bound",
        "bounded_misspecification": "a line fits no worse at the cutoff than at other values",
    }[setting.options.smoothness]
    return (
        (
            "potential outcomes are continuous at the cutoff",
            ("placebo_cutoff", "covariate_balance"),
        ),
        ("nobody chooses the side on which to lie", ("selection_near_cutoff", "heaping")),
        ("nothing else changes at the cutoff", ("other_rules", "placebo_period")),
        (bound, ("bandwidth_grid", "donut")),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    return cutoff_needs(setting, full=False)


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate the jump at the cutoff, treated side less untreated side.

    The row holds the local-linear estimate and its usual standard error; interval and p-value
    count the largest bias, which is the detail ``maximum_bias``. Details repeat estimate and
    interval for half, twice and four times the bound on curvature.

    Parameters
    ----------
    data
        Rows of one outcome, ``running`` centred at the cutoff; a value at the cutoff lies above.
    setting
        The model. A rule chooses among bandwidths with four values of the running variable on
        each side. With ``cr1`` the factor is (n - 1) / (n - k) × G / (G - 1) on each side over the
        rows and clusters inside the bandwidth, the root of their product between the sides.

    Raises
    ------
    DataError
        Where the rows cannot answer: an empty side, fewer than four distinct values of the
        running variable on a side within the bandwidth, one cluster, no variation; bounded
        misspecification with clusters, controls or weights, or on units with several rows.
    SpecError
        Where fixed effects are named.
    EstimationError
        Where the fit fails on data that are otherwise in order.
    NeedsRows
        Where cells do not hold what the variance needs.
    """
    refuse_effects(setting.fixed_effects, "rd_honest")
    require_rows(data)
    running = whole_values(data, required(data.running, "a running variable", data.outcome))
    require_both_sides(data, running)
    options = setting.options
    require_mass_points(running, data.outcome, LEAST_MASS_POINTS)
    if options.bandwidth.fixed is not None:
        width = float(options.bandwidth.fixed)
        require_mass_points(running, data.outcome, LEAST_MASS_POINTS, width)
    if options.smoothness == "bounded_misspecification":
        refuse_dependent(data, setting)
    clusters = cluster_codes(data, setting.inference)
    if setting.inference.variance == "cr1" and len(setting.inference.cluster) != 1:
        raise DataError("rd_honest: variance cr1 takes exactly one cluster column: name one")
    asked = Asked(setting, clusters[0] if clusters else None, LEAST_MASS_POINTS)
    with one_blas_thread():
        found = CLASSES[options.smoothness](data, asked)
    return Fit(
        terms=(found.term,),
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=found.n_clusters,
        details=(*found.details, *exposure_details(data, setting)),
        covariance=found.covariance,
        warnings=(
            *found.warnings,
            *stock_warning(data, setting),
            *cluster_warning(data, clusters),
        ),
    )
