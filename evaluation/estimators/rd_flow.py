"""Flows around a cutoff in age: entry, exit and its destinations jump, the stock kinks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import ModelData
from evaluation.errors import DataError, SpecError
from evaluation.estimators._cct.local import KERNELS
from evaluation.estimators._cell_needs import cutoff_needs
from evaluation.estimators._flow.accounting import (
    Account,
    Names,
    account_of_pairs,
    account_of_rows,
)
from evaluation.estimators._flow.details import details_of, doubts_of
from evaluation.estimators._flow.faults import faults_of
from evaluation.estimators._flow.followed import (
    Followed,
    followed_pairs,
    followed_rows,
    names_of,
    values_of,
)
from evaluation.estimators._flow.found import numbers_of, printed
from evaluation.estimators._flow.numbers import covariance_of
from evaluation.estimators._guards import (
    cluster_codes,
    is_far,
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
from evaluation.estimators._subset import subset
from evaluation.estimators._term import term_of
from evaluation.estimators._units import rows_among
from evaluation.estimators.contract import Fit, Role, Setting
from evaluation.inference.bands import Bands
from evaluation.spec.options import ColumnWithGaps, OptionsModel, Table

TITLE = "Entry, exit and stock around a cutoff in age"
SOURCE = (
    "Jonassen (2013): a stock's entry and exit around an age limit; kink: Card, Lee, Pei and Weber "
    "(2015), Econometrica 83(6)"
)
DESIGNS = frozenset({"rd"})
ESTIMANDS = frozenset({"kink_at_cutoff"})
NEEDS: frozenset[Role] = frozenset({"running"})
VARIANCES = frozenset({"cr1"})


class MonthsOfAge(Table):
    """A bandwidth in months of age, the same for the stock and its flows.

    Attributes
    ----------
    fixed
        Bandwidth in months of age.
    """

    fixed: int | float = Field(gt=0)


class Options(OptionsModel):
    """The columns of the flows, and how they are fitted.

    Attributes
    ----------
    entry
        Column that is 1 where the stock is entered, missing for who was in it the month before;
        goes with ``exit``.
    exit
        Column that is 1 where the stock is left, missing for who was not in it the month before.
    destinations
        Columns that part the exits by where they lead.
    kernel
        How rows are weighted by their distance from the cutoff, inside the bandwidth.
    order
        Order of the polynomials of flows; the stock's is one more, as its slope is a flow.
    bandwidth
        Bandwidth of the stock and of all flows.
    periods
        Rows that enter: ``pre`` those before ``design.reform_date``, ``post`` those from its period
        on, ``all`` both.
    months
        Months on either side of the cutoff for which hazards are given month by month; none for 0.
    bands
        Simultaneous bands over the months of the hazards; none if not given.
    """

    entry: ColumnWithGaps | None = None
    exit: ColumnWithGaps | None = None
    destinations: tuple[ColumnWithGaps, ...] = ()
    kernel: Literal["triangular", "epanechnikov", "uniform"] = "triangular"
    order: int = Field(default=1, ge=0, le=3)
    bandwidth: MonthsOfAge = MonthsOfAge(fixed=18)
    periods: Periods = "all"
    months: int = Field(default=0, ge=0)
    bands: Bands | None = None

    @model_validator(mode="after")
    def _fits(self) -> Options:
        flows = [name for name in (self.entry, self.exit, *self.destinations) if name is not None]
        if (self.entry is None) != (self.exit is None):
            raise ValueError("entry and exit go together: name both columns")
        if self.destinations and self.exit is None:
            raise ValueError("destinations part the exits: name entry and exit")
        if len(set(flows)) < len(flows):
            raise ValueError("entry, exit and destinations are different columns: name each once")
        if self.months and self.exit is None:
            raise ValueError("months gives hazards of entry and exit: name entry and exit")
        if self.months >= float(self.bandwidth.fixed):
            raise ValueError("months must be fewer than bandwidth.fixed")
        if self.bands is not None and not self.months:
            raise ValueError("bands are over the months of the hazards: set months")
        return self

    @property
    def flows(self) -> tuple[str, ...]:
        """The columns of the flows, entry and exit first."""
        if self.entry is None or self.exit is None:
            return ()
        return (self.entry, self.exit, *self.destinations)

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line for everything that keeps flows from being counted month by month."""
        yield from faults_of(spec, owner, where)


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    order, side = setting.options.order, "above - below"
    if sign_of(setting.design) == -1:
        side = "below - above"
    return (
        f"on each side flow = Σ_(j=0..{order}) β_j·x^j + error, stock = Σ_(j=0..{order + 1}) "
        f"γ_j·x^j + error; Δβ_0, {side}, is the jump of a flow, Δγ_1 the kink of the stock, and "
        "Δ slope of stock at x = -1/2 = Δβ_0 of entry - Δβ_0 of exit; x = age - cutoff in months"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    del setting
    return (
        (
            "hazards without the duty are continuous in age at the cutoff",
            ("placebo_cutoff", "covariate_balance"),
        ),
        ("nothing else changes at the cutoff", ("other_rules", "placebo_period")),
        (
            "the second derivative of the stock, and the slopes of the flows, change little inside "
            "the bandwidth",
            ("bandwidth_grid", "donut"),
        ),
        ("arrivals, deaths and the window's edges are continuous in age at the cutoff", ()),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    needs, flows = cutoff_needs(setting, full=False), setting.options.flows
    if isinstance(needs, NotFromCells) or not flows:
        return needs
    if not needs.pairs:
        return NotFromCells(
            "who enters and leaves is followed from month to month: with another cluster than the "
            "unit that needs the rows"
        )
    return replace(needs, gaps=flows, known=flows[:2])


def fit(data: ModelData, setting: Setting) -> Fit:
    """Estimate jumps of flows and the kink of the stock, treated side less untreated side.

    Flows are per person of the population (missing counts as 0: not at risk); hazards stand in the
    details. All numbers share bandwidth, kernel and persons, so that ``stock less net inflow``, the
    slope of the stock half a month before the cutoff less the jump of entry less exit, has its
    standard error: it is zero but for curvature inside the bandwidth and for what arrives, dies or
    enters the window unevenly in age. The accounting identity itself is counted to the person.

    Parameters
    ----------
    data
        Rows of the stock, ``running`` in months of age from the cutoff; a value at it lies above.
    setting
        The model, clustered by one column.

    Raises
    ------
    DataError
        Where the rows cannot answer: an empty side, too few months of age, one cluster, nobody at
        risk, flows that are neither 0 nor 1, several rows of a person at one age.
    SpecError
        Where fixed effects, controls, or not exactly one cluster are asked for.
    NeedsRows
        Where cells do not hold what the flows need.
    """
    refuse_effects(setting.fixed_effects, "rd_flow")
    if setting.controls:
        raise SpecError(
            f"rd_flow: takes no controls ({', '.join(setting.controls)} given): leave them out"
        )
    require_rows(data)
    cluster_codes(data, setting.inference)
    if len(setting.inference.cluster) != 1:
        raise SpecError("rd_flow: takes exactly one cluster column: name one")
    running = required(data.running, "a running variable", data.outcome)
    require_both_sides(data, running)
    options, width = setting.options, float(setting.options.bandwidth.fixed)
    inside = KERNELS[options.kernel](np.abs(running) / width) > 0
    require_mass_points(running[inside], data.outcome, options.order + 2, width)
    data = subset(data, np.flatnonzero(inside))
    require_rows(data)
    names = _names(options)
    with one_blas_thread():
        followed, account = _followed(data, setting, names)
        found = numbers_of(followed, names, options, sign_of(setting.design))
        covariance = covariance_of(
            followed, [one.number for one in found], setting.inference.cluster_factor == "g"
        )
    df = followed.clusters - 1.0 if setting.inference.distribution == "t" else None
    terms = printed(found)
    joint = covariance[np.ix_(terms, terms)]
    return Fit(
        terms=tuple(
            term_of(
                found[at].number.value,
                float(np.sqrt(covariance[at, at])),
                df,
                estimand=found[at].estimand,
                term=found[at].term,
                event_time=found[at].event_time,
            )
            for at in terms
        ),
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=followed.clusters,
        details=(
            *_facts(data, options, df),
            *details_of(found, covariance, account, options.bands, df),
        ),
        covariance=joint,
        warnings=(
            *cluster_warning(data, cluster_codes(data, setting.inference)),
            *doubts_of(account),
        ),
    )


def _names(options: Options) -> Names | None:
    if options.entry is None or options.exit is None:
        return None
    return Names(options.entry, options.exit, options.destinations)


def _followed(
    data: ModelData, setting: Setting, names: Names | None
) -> tuple[Followed, Account | None]:
    """Return the persons of a fit, from pair cells where these are at hand, and their account."""
    flows = setting.options.flows
    variables = names_of(flows, flows[:2])
    clusters = setting.inference.cluster
    if is_far(data, clusters[0]):
        followed = followed_pairs(data, variables)
        return followed, None if names is None else account_of_pairs(names, followed)
    codes = cluster_codes(data, setting.inference)
    values = values_of(data, flows, flows[:2])
    followed = followed_rows(data, values, variables, codes[0])
    if names is None:
        return followed, None
    if data.unit is None or data.running is None:
        raise DataError(
            f"outcome {data.outcome}: rd_flow follows persons from month to month: set panel.unit"
        )
    account = account_of_rows(data.outcome, names, variables, values, data.unit, data.running)
    return followed, account


def _facts(
    data: ModelData, options: Options, df: float | None
) -> Iterator[tuple[str, str, DetailValue]]:
    running = required(data.running, "a running variable", data.outcome)
    below, above = mass_points(running)
    yield ("", "bandwidth", float(options.bandwidth.fixed))
    yield ("", "kernel", options.kernel)
    yield ("", "order", options.order)
    yield ("", "n_obs_below", rows_among(data, running < 0))
    yield ("", "n_obs_above", rows_among(data, running >= 0))
    yield ("", "mass_points_below", below)
    yield ("", "mass_points_above", above)
    yield ("", "degrees_of_freedom", df)
