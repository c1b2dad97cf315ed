"""Fuzzy regression discontinuity: the jump of the outcome over that of the treatment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import ModelData
from evaluation.errors import DataError
from evaluation.estimators._cct.points import MassPoints, points_of
from evaluation.estimators._cell_needs import cutoff_needs
from evaluation.estimators._fuzzy.bias_aware import bias_aware
from evaluation.estimators._fuzzy.robust import robust
from evaluation.estimators._guards import (
    cluster_codes,
    refuse_effects,
    require_both_sides,
    require_rows,
    required,
)
from evaluation.estimators._honest.found import Asked, Found
from evaluation.estimators._rd import (
    Periods,
    cluster_warning,
    exposure_details,
    exposure_words,
    require_mass_points,
    sign_of,
    whole_values,
)
from evaluation.estimators.contract import Fit, Role, Setting
from evaluation.spec.design import RdDesign
from evaluation.spec.options import OptionsModel, Table

TITLE = "Regression discontinuity, fuzzy"
SOURCE = (
    "Calonico, Cattaneo and Titiunik (2014), Econometrica 82(6), theorem 3; Noack and Rothe "
    "(2024), Econometrica 92(3)"
)
DESIGNS = frozenset({"rd"})
ESTIMANDS = frozenset({"late_at_cutoff"})
NEEDS: frozenset[Role] = frozenset({"running"})
VARIANCES = frozenset({"nn", "hc1", "cr1"})

# Distinct values of the running variable that each side needs inside the bandwidth.
LEAST_MASS_POINTS = 4

INTERVALS: dict[str, Callable[[ModelData, MassPoints, Asked, int | None], Found]] = {
    "robust": robust,
    "bias_aware": bias_aware,
}


class FuzzyBandwidth(Table):
    """A rule, or a fixed bandwidth with that of the bias.

    Attributes
    ----------
    rule
        ``mse`` least mean squared error, ``cer`` least error of coverage: one bandwidth; ``_two``
        chooses one for each side, ``_sum`` one by the error of the sum of both sides. ``flci``, for
        bias-aware intervals, gives the shortest one.
    fixed
        Bandwidth in units of the running variable, in place of ``rule``.
    bias
        Bandwidth of the estimate of the bias, with ``fixed``; the same as ``fixed`` if not given.
    """

    rule: Literal["mse", "mse_two", "mse_sum", "cer", "cer_two", "cer_sum", "flci"] | None = None
    fixed: int | float | None = Field(default=None, gt=0)
    bias: int | float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _one_way(self) -> FuzzyBandwidth:
        if (self.rule is None) == (self.fixed is None):
            raise ValueError("bandwidth takes either rule or fixed")
        if self.bias is not None and self.fixed is None:
            raise ValueError("bandwidth.bias goes with fixed")
        return self


class StageBounds(Table):
    """Bounds on the second derivatives of outcome and treatment, or the rule for both.

    Attributes
    ----------
    outcome, treatment
        Bound on the second derivative of the regression of outcome or treatment, in its units per
        squared unit of the running variable; both are given, or ``rule``.
    rule
        ``rot`` calibrates both from the data by a rule of thumb: coverage is then not guaranteed.
    """

    outcome: int | float | None = Field(default=None, gt=0)
    treatment: int | float | None = Field(default=None, ge=0)
    rule: Literal["rot"] | None = None

    @model_validator(mode="after")
    def _one_way(self) -> StageBounds:
        given = {self.outcome is None, self.treatment is None}
        if given != {self.rule is not None}:
            raise ValueError("curvature_bound takes either outcome and treatment, or rule")
        return self


class Options(OptionsModel):
    """Keys of a fuzzy fit.

    Attributes
    ----------
    interval
        ``robust`` is centred at the bias-corrected ratio; ``bias_aware`` holds all values that a
        test counting the largest bias leaves.
    kernel
        How rows are weighted by their distance from the cutoff, inside the bandwidth.
    order
        Order of the local polynomials of both stages; 1 for bias-aware intervals.
    bandwidth
        Bandwidth of both stages.
    curvature_bound
        Largest curvature of both regressions; for bias-aware intervals alone.
    periods
        Rows that enter: ``pre`` those before ``design.reform_date``, ``post`` those from its period
        on, ``all`` both.
    """

    # Centred at the bias-corrected ratio, or all values that a bias-aware test leaves.
    interval: Literal["robust", "bias_aware"] = "robust"
    kernel: Literal["triangular", "epanechnikov", "uniform"] = "triangular"
    order: int = Field(default=1, ge=1, le=4)
    bandwidth: FuzzyBandwidth = FuzzyBandwidth(rule="mse")
    # Only for bias-aware intervals, in units of outcome or treatment per squared unit of x.
    curvature_bound: StageBounds = StageBounds(rule="rot")
    periods: Periods = "all"

    @model_validator(mode="after")
    def _keys_of_the_interval(self) -> Options:
        rule, bias = self.bandwidth.rule, self.bandwidth.bias
        if self.interval == "robust":
            if rule == "flci" or "curvature_bound" in self.model_fields_set:
                raise ValueError("flci and curvature_bound go with interval = 'bias_aware'")
        elif self.order != 1 or bias is not None or rule not in {None, "mse", "flci"}:
            raise ValueError(
                "interval = 'bias_aware' takes order 1, a fixed bandwidth without bias, or the "
                "rules mse and flci"
            )
        return self

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line where the design names no treatment to divide by."""
        del owner
        design = spec.design
        if isinstance(design, RdDesign) and design.treatment is None:
            yield (
                f"{where}.estimator: 'rd_fuzzy' needs design.treatment, the column by whose jump "
                "that of the outcome is divided; give treatment = { column = ... }, or estimate "
                "itt_at_cutoff by 'rd_robust'"
            )


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    treatment = setting.design.treatment
    name = "treatment" if treatment is None else treatment.column
    side = "above - below" if sign_of(setting.design) == 1 else "below - above"
    return (
        f"τ = jump of y / jump of {name} at x = 0, {side}; on each side local polynomials of order "
        f"{setting.options.order}, {setting.options.kernel} kernel, x = running variable - cutoff"
        f"{exposure_words(setting)}"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    del setting
    return (
        (
            "potential outcomes and treatments are continuous at the cutoff",
            ("placebo_cutoff", "covariate_balance"),
        ),
        ("relevance: the treatment changes at the cutoff", ("first_stage",)),
        ("exclusion: the cutoff moves the outcome through the treatment alone", ("other_rules",)),
        ("monotonicity: it moves nobody's treatment the other way", ()),
        ("nobody chooses the side on which to lie", ("selection_near_cutoff", "heaping")),
        ("both regressions are smooth enough for the bandwidth", ("bandwidth_grid", "donut")),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    needs = cutoff_needs(setting, full=False)
    return needs if isinstance(needs, NotFromCells) else replace(needs, treatment=True)


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate the effect of the treatment on those whom the cutoff moves.

    The robust row has the conventional ratio and standard error, with the interval around the
    bias-corrected ratio; details hold both stages, the effective F of the conventional first stage
    and the Anderson–Rubin set of the bias-corrected stages. The bias-aware row has as its interval
    the values whose bias-aware test does not reject, and none where these are no interval.

    Parameters
    ----------
    data
        Rows of one outcome, ``running`` centred at the cutoff; a value at the cutoff lies above.
    setting
        The model.

    Raises
    ------
    DataError
        Where the rows cannot answer: an empty side, fewer than four distinct values of the
        running variable on a side within the bandwidth, one cluster, no variation, a treatment
        that never varies or does not change at the cutoff.
    SpecError
        Where fixed effects are named.
    EstimationError
        Where the fit fails on data that are otherwise in order.
    NeedsRows
        Where cells do not hold what the variance needs.
    """
    refuse_effects(setting.fixed_effects, "rd_fuzzy")
    require_rows(data)
    running = whole_values(data, required(data.running, "a running variable", data.outcome))
    treatment = required(data.treatment, "a treatment (design.treatment)", data.outcome)
    require_both_sides(data, running)
    options = setting.options
    least = max(LEAST_MASS_POINTS, options.order + 3)
    require_mass_points(running, data.outcome, least)
    if options.bandwidth.fixed is not None:
        require_mass_points(running, data.outcome, least, float(options.bandwidth.fixed))
    clusters = cluster_codes(data, setting.inference)
    if setting.inference.variance == "cr1" and len(setting.inference.cluster) != 1:
        raise DataError("rd_fuzzy: variance cr1 takes exactly one cluster column: name one")
    cluster = clusters[0] if clusters else None
    n_clusters = None
    if setting.inference.cluster:
        n_clusters = data.n_units if cluster is None else int(cluster.max()) + 1
    column = setting.design.treatment
    name = "treatment" if column is None else column.column
    with one_blas_thread():
        by_unit = setting.inference.variance == "cr1" and cluster is None
        points = points_of(data, setting.controls, cluster, name, by_unit)
        if float(np.ptp(treatment)) == 0.0 and not points.moments.scatter[:, 1, 1].any():
            raise DataError(
                f"outcome {data.outcome}: design.treatment has one value in all {data.n_obs} rows, "
                "so it changes nowhere: check the column and the filters"
            )
        asked = Asked(setting, cluster, least)
        found = INTERVALS[options.interval](data, points, asked, n_clusters)
    return Fit(
        terms=(found.term,),
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=found.n_clusters,
        details=(*found.details, *exposure_details(data, setting)),
        covariance=found.covariance,
        warnings=(*found.warnings, *cluster_warning(data, clusters)),
    )
