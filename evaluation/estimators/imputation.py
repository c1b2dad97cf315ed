"""Imputation: the outcome without treatment is fitted to untreated rows and taken from the rest."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evaluation.cells.needs import CellNeeds, NotFromCells
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import ModelData
from evaluation.estimators._blocks import Blocks, block_needs, blocks_of
from evaluation.estimators._event_time import bin_width
from evaluation.estimators._guards import require_rows
from evaluation.estimators._imputable import (
    Ready,
    averaged_rows,
    averages_without_each,
    fitted_averages,
    ready_for,
    treated_blocks,
)
from evaluation.estimators._imputed import influence_of
from evaluation.estimators._leads import Leads, leads_of
from evaluation.estimators._placebo_checks import placebo_checks
from evaluation.estimators._places import (
    Place,
    band_details,
    terms_of,
)
from evaluation.estimators._saturated import blind_averages
from evaluation.estimators._starts import Started, started
from evaluation.estimators._subset import subset
from evaluation.estimators._units import rows_among
from evaluation.estimators.contract import Fit, Role, Setting
from evaluation.inference.bands import Bands
from evaluation.spec.options import OptionsModel

TITLE = "Imputation of outcomes without treatment"
SOURCE = "Borusyak, Jaravel and Spiess (2024), Review of Economic Studies 91(6), theorem 2"
DESIGNS = frozenset({"did", "staggered_did"})
ESTIMANDS = frozenset(
    {"att", "att_relative", "att_gt", "att_by_event_time", "att_by_cohort", "att_by_period"}
)
NEEDS: frozenset[Role] = frozenset({"period"})
VARIANCES = frozenset({"hc1", "cr1", "cr3"})


class Options(OptionsModel):
    """What to average beside the estimand, leads to test, bands, and whether shares vary.

    Attributes
    ----------
    aggregate
        Averages given beside the estimand: ``simple`` over all, ``cell`` by cohort and period, or
        by event time, cohort or period alone.
    event_bin
        Length of an event time; a period of the panel if not given.
    leads
        Event times before treatment (in bins of ``event_bin``) whose coefficients among untreated
        rows are given, against all earlier ones; none for 0.
    shares
        ``fixed`` takes effects about the mean of their own cohort and period; ``estimated`` about
        the average that they enter, which counts the variation of shares and is never smaller on
        average.
    bands
        Simultaneous bands over the event times, beside pointwise intervals; none if not given.
    """

    INFLUENCE: ClassVar[bool] = True

    aggregate: tuple[Literal["simple", "cell", "event_time", "cohort", "period"], ...] = ()
    event_bin: Literal["month", "quarter", "year"] | None = None
    leads: int = Field(default=0, ge=0)
    shares: Literal["estimated", "fixed"] = "estimated"
    bands: Bands | None = None


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    effects = " + ".join(f"effect[{name}]" for name in setting.fixed_effects)
    main = " + ".join(part for part in ("cohort and period effects", effects) if part)
    controls = "".join(f" + {name}'γ" for name in setting.controls)
    return f"ATT = mean of y - ŷ(0) over treated rows; y(0) = {main}{controls}, on untreated rows"


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    periods = getattr(setting.design, "anticipation", 0)
    return (
        (
            "parallel trends in every period: untreated rows follow one model",
            ("pretrends", *placebo_checks(setting)),
        ),
        (f"no anticipation beyond {periods} periods before treatment", ("anticipation",)),
        ("treatment leaves no trace on untreated rows of treated units", ("carry_over",)),
        ("treatment of one group does not reach the other", ("placebo_group",)),
    )


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be."""
    staggered = setting.design.kind == "staggered_did"
    if not staggered and setting.design.treatment is not None:
        return NotFromCells("whether treatment switches off shows in every unit's history")
    needs = block_needs(
        setting, frozenset({"cohort", "period"} if staggered else {"treated", "post", "period"})
    )
    if isinstance(needs, NotFromCells):
        return needs
    return replace(needs, units=staggered and setting.unit is not None and not needs.unit_effect)


def fit(data: ModelData, setting: Setting) -> Fit:
    """Impute the outcome without treatment on treated rows, and average what is left.

    Every untreated row is a control, those of units treated later among them. Effects of cohort
    (or of the treated group) and period enter unless the fixed effects absorb them. Rows whose
    outcome without treatment is not identified, such as those in periods without untreated rows,
    are left out and counted. Averages weigh effects by rows (weights).

    Variances are sums over clusters (units, where none is named) of squared influences, times
    G / (G - 1) for clusters coarser than units; ``cr3`` is the delete-one-cluster jackknife of
    every number. Leads are coefficients on untreated rows before treatment, with the same
    influences: they do not come from the imputed effects (section 4.4 of the source).

    Parameters
    ----------
    data
        Rows of one outcome.
    setting
        The model.

    Raises
    ------
    DataError
        Where the rows cannot answer: no control or treated row, an unbalanced panel without a
        rule, one cluster, a treatment that switches off.
    NeedsRows
        Where no cell is made of the cluster.
    """
    require_rows(data)
    start = started(data, setting)
    data = start.data
    require_rows(data)
    blocks = blocks_of(data, setting, "imputation")
    ready = ready_for(start, setting)
    estimated = setting.options.shares == "estimated"
    weight = np.ones(data.entries) if data.weight is None else data.weight
    with one_blas_thread():
        made, usable, notes = fitted_averages(ready, setting, blocks, weight)
        averages = usable.averages
        leads = _leads(start, setting, blocks, ready)
        influence = influence_of(made, blocks.codes, usable.codes, weight, estimated)
        influence = np.column_stack([leads.influence, influence])
        values = np.concatenate([leads.estimates, made.values])
        places = (*leads.places, *(one.place for one in averages))
        covariance, factor = blocks.factor * (influence.T @ influence), blocks.factor
        if setting.inference.variance == "cr3":
            left = averages_without_each(made, usable, blocks, weight, estimated)
            changed = np.column_stack([leads.left, left]) - values
            factor = (blocks.count - 1) / blocks.count
            covariance = factor * (changed.T @ changed)
    counts = treated_blocks(usable, blocks)
    blind = [len(leads.places) + at for at, count in enumerate(counts) if count < 2]
    covariance[blind, :] = covariance[:, blind] = 0.0
    order = _printed(places)
    places = tuple(places[at] for at in order)
    values, covariance = values[order], covariance[np.ix_(order, order)]
    df = blocks.degrees_of_freedom(setting)
    return Fit(
        terms=terms_of(places, values, covariance, df),
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=blocks.clusters,
        details=(
            *start.details,
            ("", "control_group", "untreated_rows"),
            ("", "untreated_rows", rows_among(data, start.untreated)),
            ("", "imputed_rows", rows_among(data, usable.codes >= 0)),
            ("", "shares", setting.options.shares),
            *leads.details,
            *blocks.details(setting, factor),
            *band_details(places, values, covariance, setting.options.bands, df),
        ),
        covariance=covariance,
        warnings=(
            *start.warnings,
            *notes,
            *blind_averages(places, [order.index(at) for at in blind], min(counts)),
        ),
        influence=blocks.influence(data, setting, influence[:, order]),
        averaged=averaged_rows(usable),
    )


def _printed(places: tuple[Place, ...]) -> list[int]:
    """Return the order printed: leads stand before the effects by event time."""
    families = ("att", "att_relative", "att_gt", "att_by_event_time")
    rank = {name: at for at, name in enumerate(families)}
    return sorted(range(len(places)), key=lambda at: rank.get(places[at].estimand, len(rank)))


def _leads(start: Started, setting: Setting, blocks: Blocks, ready: Ready) -> Leads:
    """Return coefficients on untreated rows before treatment."""
    data, options = start.data, setting.options
    if not options.leads:
        return Leads.none(blocks.count)
    width = bin_width(options.event_bin, data.period_months)
    rows = np.flatnonzero(start.untreated)
    first = -(-start.anticipation // width)
    time = np.full(data.entries, 0, dtype=np.int64)
    dated: NDArray[np.bool_] = np.isfinite(start.cohort) & start.dated
    if data.period is not None:
        since = np.asarray(data.period)[dated] - start.cohort[dated]
        time[dated] = np.floor_divide(since, width).astype(np.int64)
    return leads_of(
        subset(data, rows),
        setting,
        time[rows],
        dated[rows],
        (first, options.leads),
        {name: codes[rows] for name, codes in ready.columns.items()},
        (blocks.codes[rows], blocks.count, blocks.name),
    )
