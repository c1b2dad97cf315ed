"""Differences of discontinuities: after the reform less before it, or between two groups."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from evaluation.cells.needs import CellNeeds, KeyRole, NotFromCells
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import IntArray, ModelData
from evaluation.errors import DataError
from evaluation.estimators._cct.request import Request
from evaluation.estimators._cell_needs import cutoff_needs
from evaluation.estimators._difference.fit import (
    DifferenceFit,
    chosen_bandwidths,
    fit_parted,
)
from evaluation.estimators._difference.parts import PARTS, Between, Part, members
from evaluation.estimators._difference.points import parted_points, pooled_points
from evaluation.estimators._difference.printed import printed
from evaluation.estimators._guards import (
    cluster_codes,
    refuse_effects,
    require_both_sides,
    require_rows,
    required,
)
from evaluation.estimators._rd import (
    Periods,
    exposure_words,
    require_mass_points,
    sign_of,
    whole_values,
)
from evaluation.estimators.contract import Fit, Role, Setting
from evaluation.spec.options import OptionsModel, Table

TITLE = "Difference of discontinuities, local polynomials with robust bias correction"
SOURCE = (
    "Grembi, Nannicini and Troiano (2016), American Economic Journal: Applied Economics 8(3); "
    "Calonico, Cattaneo and Titiunik (2014), Econometrica 82(6)"
)
DESIGNS = frozenset({"rd"})
ESTIMANDS = frozenset({"change_in_itt_at_cutoff", "change_in_kink_at_cutoff"})
NEEDS: frozenset[Role] = frozenset({"running"})
VARIANCES = frozenset({"nn", "hc1", "cr1"})

# Distinct values that each side of every part needs inside the bandwidth, whatever the order.
LEAST_MASS_POINTS = 4
# What is compared: 0 for jumps, 1 for kinks.
DERIVATIVES = {"change_in_itt_at_cutoff": 0, "change_in_kink_at_cutoff": 1}


class CommonBandwidth(Table):
    """A rule for all rows together, or a fixed bandwidth with that of the bias.

    Rules that part the two sides are not offered: one bandwidth serves both sides of every part.

    Attributes
    ----------
    rule
        ``mse`` least mean squared error, ``cer`` least error of coverage; ``_sum`` by the error of
        the sum of both sides.
    fixed
        Bandwidth in units of the running variable, in place of ``rule``.
    bias
        Bandwidth of the estimate of the bias, with ``fixed``; the same as ``fixed`` if not given.
    """

    rule: Literal["mse", "mse_sum", "cer", "cer_sum"] | None = None
    fixed: int | float | None = Field(default=None, gt=0)
    bias: int | float | None = Field(default=None, gt=0)

    @model_validator(mode="after")
    def _one_way(self) -> CommonBandwidth:
        if (self.rule is None) == (self.fixed is None):
            raise ValueError("bandwidth takes either rule or fixed")
        if self.bias is not None and self.fixed is None:
            raise ValueError("bandwidth.bias goes with fixed")
        return self


class Options(OptionsModel):
    """Keys of a difference of discontinuities.

    Attributes
    ----------
    between
        ``periods`` takes the discontinuity before the reform from that after it; ``third`` that of
        other rows from that of ``design.third``; ``both`` the first difference of others from that
        of ``third``.
    kernel
        How rows are weighted by their distance from the cutoff, inside the bandwidth.
    order
        Order of the local polynomials; 1 for jumps and 2 for kinks if not given.
    bandwidth
        Bandwidth of every part.
    periods
        Rows that enter: ``pre`` those before ``design.reform_date``, ``post`` those from its period
        on, ``all`` both. Only ``between = "third"`` takes another value than ``all``.
    masspoints
        ``adjust`` counts distinct values of the running variable in pilot bandwidths, and widens
        them to ten values where many rows share theirs; ``check`` and ``off`` count rows.
    sides
        ``joint``: clusters with rows in several local fits make these depend on each other.
    """

    # After less before; design.third less the other rows; or the one difference of the other.
    between: Between = "periods"
    kernel: Literal["triangular", "epanechnikov", "uniform"] = "triangular"
    # By default 1 for jumps, 2 for kinks.
    order: int | None = Field(default=None, ge=0, le=4)
    bandwidth: CommonBandwidth = CommonBandwidth(rule="mse")
    periods: Periods = "all"
    masspoints: Literal["adjust", "check", "off"] = "adjust"
    # Clusters with rows in several local fits make these depend on each other: no other choice.
    sides: Literal["joint"] = "joint"

    @model_validator(mode="after")
    def _both_periods(self) -> Options:
        if self.periods != "all" and self.between != "third":
            raise ValueError(f"between = '{self.between}' needs periods = 'all'")
        return self

    @property
    def compares_third(self) -> bool:
        """Whether this model compares the group of ``design.third`` with the others."""
        return self.between != "periods"

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line for what the design lacks, and for a kink of order 0."""
        if self.between != "third" and getattr(spec.design, "reform_date", None) is None:
            yield f"{where}.between: {self.between!r} needs design.reform_date"
        if self.compares_third and getattr(spec.design, "third", None) is None:
            yield (
                f"{where}.between: {self.between!r} needs design.third, the group whose "
                "discontinuity is compared with that of the other rows"
            )
        if self.order == 0 and DERIVATIVES.get(owner.estimand) == 1:
            yield f"{where}.order: found 0; a kink is a change of slope and needs at least 1"


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    options = setting.options
    side = "above - below" if sign_of(setting.design) == 1 else "below - above"
    limit = ("lim E[y | x → 0]", "lim ∂E[y | x]/∂x, x → 0,")[DERIVATIVES[setting.estimand]]
    words = {
        "periods": "τ(after) - τ(before)",
        "third": "τ(third) - τ(others)",
        "both": "[τ(after) - τ(before)](third) - [τ(after) - τ(before)](others)",
    }[options.between]
    return (
        f"Δ = {words}, τ = {limit} {side}; on each side of each part "
        f"y = Σ_(j=0..{_order(setting)}) β_j·x^j + error, {options.kernel} kernel, one bandwidth, "
        f"x = running variable - cutoff{exposure_words(setting)}"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    lasting = {
        "periods": "what else changes at the cutoff changed there as much before the reform",
        "third": "what else changes at the cutoff changes as much for the other rows",
        "both": "what else changes at the cutoff changed over time as much for the other rows",
    }[setting.options.between]
    return (
        (lasting, ("other_rules", "placebo_period", "placebo_cutoff")),
        (
            "the effect at the cutoff does not depend on what else changes there",
            (),
        ),
        ("nobody chooses the side on which to lie", ("selection_near_cutoff", "heaping")),
        ("every regression is smooth enough for the bandwidth", ("bandwidth_grid", "donut")),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    needs = cutoff_needs(setting, full=False)
    if isinstance(needs, NotFromCells):
        return needs
    roles: dict[str, frozenset[KeyRole]] = {
        "periods": frozenset({"post"}),
        "third": frozenset({"third"}),
        "both": frozenset({"post", "third"}),
    }
    return replace(needs, roles=needs.roles | roles[setting.options.between])


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate the difference of the parts' discontinuities, treated side less untreated side.

    The row holds the conventional estimate and standard error, with the robust bias-corrected
    interval and p-value; the interval's own centre and standard error are the details
    ``robust_estimate`` and ``robust_std_error``. Each part's own discontinuity and errors, rows,
    clusters and factors are details that begin with its name.

    Parameters
    ----------
    data
        Rows of one outcome, ``running`` centred at the cutoff; a value at the cutoff lies above.
        ``post`` and ``third`` say in which part a row lies.
    setting
        The model. A rule chooses one bandwidth for the discontinuity of all rows together.
        Controls have one coefficient in all local fits. With ``cr1`` a cluster's rows in all local
        fits count as dependent, and the factor of each fit is rdrobust's; with ``hc1`` and ``nn``
        rows count as independent.

    Raises
    ------
    DataError
        Where the rows cannot answer: a part without rows, an empty side, fewer than four distinct
        values of the running variable on a side within the bandwidth, one cluster, no variation.
    SpecError
        Where fixed effects are named.
    EstimationError
        Where the fit fails on data that are otherwise in order.
    NeedsRows
        Where cells do not hold what the variance needs.
    """
    refuse_effects(setting.fixed_effects, "rd_difference")
    require_rows(data)
    running = required(data.running, "a running variable", data.outcome)
    require_both_sides(data, whole_values(data, running))
    clusters = cluster_codes(data, setting.inference)
    if setting.inference.variance == "cr1" and len(setting.inference.cluster) != 1:
        raise DataError("rd_difference: variance cr1 takes exactly one cluster column: name one")
    parts = PARTS[setting.options.between]
    fixed = setting.options.bandwidth.fixed
    _require_points(data, parts, setting, np.inf if fixed is None else float(fixed))
    with one_blas_thread():
        found = _found(data, setting, parts, clusters)
    _require_points(data, parts, setting, found.h)
    return printed(data, setting, parts, found, clusters)


def _order(setting: Setting) -> int:
    order = setting.options.order
    return DERIVATIVES[setting.estimand] + 1 if order is None else int(order)


def _require_points(data: ModelData, parts: tuple[Part, ...], setting: Setting, h: float) -> None:
    """Refuse a part with too few distinct values of the running variable on a side."""
    least = max(LEAST_MASS_POINTS, _order(setting) + 3)
    running = required(data.running, "a running variable", data.outcome)
    for part, inside in zip(parts, members(data, parts), strict=True):
        whole = whole_values(data, running[inside])
        require_mass_points(whole, f"{data.outcome}, {part.words}", least, h)


def _found(
    data: ModelData, setting: Setting, parts: tuple[Part, ...], clusters: tuple[IntArray, ...]
) -> DifferenceFit:
    options = setting.options
    request = Request(
        order=_order(setting),
        derivative=DERIVATIVES[setting.estimand],
        kernel=options.kernel,
        rule=options.bandwidth.rule or "mse",
        masspoints=options.masspoints,
        variance=setting.inference.variance,
    )
    cluster = clusters[0] if clusters else None
    by_unit = request.variance == "cr1" and cluster is None
    parted = parted_points(data, parts, setting.controls, cluster, by_unit)
    if options.bandwidth.fixed is not None:
        h = float(options.bandwidth.fixed)
        b = float(options.bandwidth.bias or h)
    else:
        pooled = pooled_points(data, setting.controls, cluster, by_unit)
        h, b = chosen_bandwidths(pooled, request)
    return fit_parted(parted, tuple(part.sign for part in parts), request, h, b)
