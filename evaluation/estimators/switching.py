"""Effects of a treatment that switches on and off, from groups that switch and groups that stay."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from evaluation.cells.needs import CellNeeds, KeyRole, NotFromCells
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray, ModelData
from evaluation.errors import DataError, SpecError
from evaluation.estimators._adoption import adoption
from evaluation.estimators._blocks import block_needs
from evaluation.estimators._group_grid import grid_of
from evaluation.estimators._guards import refuse_effects, require_rows, required_period
from evaluation.estimators._placebo_checks import placebo_checks
from evaluation.estimators._places import Place, band_details, pairs_of, terms_of
from evaluation.estimators._saturated import blind_averages
from evaluation.estimators._switches import (
    Grid,
    Switch,
    averaged,
    averages_without_each,
    contrasts_of,
    first_differences,
    since_first_switch,
)
from evaluation.estimators.contract import Fit, Role, Setting
from evaluation.inference.bands import Bands
from evaluation.spec.options import Column, OptionsModel

TITLE = "Treatment that switches on and off"
SOURCE = (
    "de Chaisemartin and D'Haultfoeuille (2020), American Economic Review 110(9), theorem 3; "
    "by event time (2024), Review of Economics and Statistics, section 3"
)
DESIGNS = frozenset({"did", "staggered_did"})
ESTIMANDS = frozenset({"att", "att_by_event_time"})
NEEDS: frozenset[Role] = frozenset({"period"})
VARIANCES = frozenset({"hc1", "cr1", "cr3"})


class Options(OptionsModel):
    """Groups, placebos, event times, bands, and whether shares vary.

    Attributes
    ----------
    group
        Column inside whose values treatment is the same in a period; every unit is a group if not
        given.
    placebos
        How many placebos before the switch are given, at negative event times.
    effects
        How many event times from the first switch on ``att_by_event_time`` gives; all if not given.
    shares
        ``estimated`` counts the variation of the switchers' shares in standard errors, ``fixed``
        leaves it out.
    bands
        Simultaneous bands over the event times, beside pointwise intervals; none if not given.
    """

    INFLUENCE: ClassVar[bool] = True

    group: Column | None = None
    placebos: int = Field(default=0, ge=0)
    effects: int | None = Field(default=None, ge=1)
    shares: Literal["estimated", "fixed"] = "estimated"
    bands: Bands | None = None


def equation(setting: Setting) -> str:
    """Return the estimating equation as one line of text."""
    if setting.estimand == "att_by_event_time":
        return (
            "DID_k = Σ_g share(g)·±[(y_(F+k) - y_(F-1)) of g - mean of the same change in groups "
            "with its first treatment that have not switched by F + k]; F = first switch"
        )
    return (
        "DID_M = Σ_t share(t)·±[mean of y_t - y_(t-1) of groups that switch at t - mean of it in "
        "groups with the same treatment at t - 1 that stay]"
    )


def assumptions(setting: Setting) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return identifying assumptions, each with the kinds of check that speak to it."""
    found: tuple[tuple[str, tuple[str, ...]], ...] = (
        (
            "parallel trends among groups with the same treatment: those that switch would have "
            "moved like those that stay",
            ("pretrends", *placebo_checks(setting)),
        ),
        ("no anticipation of a switch", ("anticipation",)),
    )
    if setting.estimand == "att":
        found += (("only treatment today matters, not treatment before", ("carry_over",)),)
    return (*found, ("treatment of one group does not reach others", ("placebo_group",)))


def cells(setting: Setting) -> CellNeeds | NotFromCells:
    """Return what makes the fit exact on cells, or why it cannot be.

    Units that share treatment, cluster and periods seen are one type and move as one group.
    """
    roles: frozenset[KeyRole] = frozenset({"treated", "post", "period"})
    if setting.design.kind == "staggered_did":
        roles = frozenset({"cohort", "period"})
    elif setting.design.treatment is not None:
        roles = frozenset({"dose", "period"})
    group = setting.options.group
    if group is None and setting.unit is None:
        return NotFromCells("the panel names no unit and the model no group")
    needs = block_needs(setting, roles)
    if isinstance(needs, NotFromCells):
        return needs
    if group == setting.unit and group is not None:
        return NotFromCells(f"group = {group!r} is the unit: leave it out")
    return replace(needs, unit_effect=group is None)


def fit(data: ModelData, setting: Setting) -> Fit:
    """Compare groups whose treatment changes with groups whose treatment stays.

    ``att`` is the effect at the time of the switch, averaged over all switches with stayers to
    compare with, by weight, then that of joiners and of leavers, and placebos one period apart at
    negative event times. ``att_by_event_time`` follows groups from their first switch on (of
    leavers with the sign turned), against groups with the same first treatment that have not yet
    switched; placebos then go back from the period before the switch. Periods are those with
    rows, in order. Switchers without stayers are left out and counted.

    Variances are sums over clusters (groups, where none is named) of squared influences, times
    G / (G - 1) for clusters coarser than units; ``cr3`` is the delete-one-cluster jackknife.

    Parameters
    ----------
    data
        Rows of one outcome.
    setting
        The model.

    Raises
    ------
    DataError
        Where no group switches or none stays, treatment is neither 0 nor 1 or differs inside a
        group and period, groups cross clusters, a panel is unbalanced without a rule.
    SpecError
        Where fixed effects, controls or anticipation are asked for.
    NeedsRows
        Where no cell is made of the cluster or of groups.
    """
    refuse_effects(setting.fixed_effects, "switching")
    _refuse_rest(setting)
    require_rows(data)
    before: tuple[tuple[str, str, float | int | str | bool | None], ...] = ()
    notes: tuple[str, ...] = ()
    if setting.design.kind == "staggered_did":
        ready = adoption(data, setting.design)
        data, before, notes = ready.data, ready.details, ready.warnings
        require_rows(data)
    grid, blocks = grid_of(data, setting)
    dynamic = setting.estimand == "att_by_event_time"
    options = setting.options
    wanted = (
        since_first_switch(grid, options.effects, options.placebos)
        if dynamic
        else first_differences(grid, options.placebos)
    )
    switches = tuple(one for one in wanted if one.switchers.any() and one.stayers.any())
    lost = _without_stayers(grid, wanted)
    if not any(one.event_time >= 0 for one in switches):
        reason = "none stays as it was to compare with" if lost else "none switches"
        raise DataError(
            f"outcome {data.outcome}: of {len(grid.block)} groups {reason} between two periods "
            "with rows: check the treatment, the window and the groups"
        )
    places, parts = _averages(switches, dynamic)
    with one_blas_thread():
        found = contrasts_of(grid, switches, blocks.count)
        values, influence = averaged(found, parts, options.shares == "estimated")
        covariance, factor = blocks.factor * (influence.T @ influence), blocks.factor
        if setting.inference.variance == "cr3":
            left = averages_without_each(found, parts, options.shares == "estimated", data.outcome)
            factor = (blocks.count - 1) / blocks.count
            covariance = factor * ((left - values).T @ (left - values))
    counts = [int(np.count_nonzero(found.weight[0][:, own > 0].sum(axis=1))) for own in parts]
    blind = [at for at, count in enumerate(counts) if count < 2]
    covariance[blind, :] = covariance[:, blind] = 0.0
    df = blocks.degrees_of_freedom(setting)
    return Fit(
        terms=terms_of(places, values, covariance, df),
        n_obs=data.n_obs,
        n_units=data.n_units,
        n_clusters=blocks.clusters,
        details=(
            *before,
            ("", "groups_weighted", "by_rows"),
            ("", "base_period", "universal" if dynamic else "varying"),
            *((("", "reference", -1),) if dynamic else ()),
            ("", "switchers", float(found.mass[[o.event_time == 0 for o in switches]].sum())),
            *((("", "switchers_without_stayers", lost),) if lost else ()),
            ("", "shares", options.shares),
            *blocks.details(setting, factor),
            *band_details(places, values, covariance, options.bands, df),
        ),
        covariance=covariance,
        warnings=(
            *notes,
            *_unmatched(lost),
            *blind_averages(places, blind, min(counts)),
        ),
        influence=blocks.influence(data, setting, influence),
        averaged=_averaged(data, setting, switches),
    )


def _averaged(
    data: ModelData, setting: Setting, switches: tuple[Switch, ...]
) -> frozenset[tuple[str, str]]:
    """Return the labels of cohort and period behind averages under staggered adoption."""
    if setting.design.kind != "staggered_did":
        return frozenset()
    periods = np.unique(required_period(data))
    late = np.array([one.late for one in switches])
    first = late - np.array([one.event_time for one in switches])
    return pairs_of(periods[first], periods[late], data.cohort_labels, data.period_labels)


def _refuse_rest(setting: Setting) -> None:
    if setting.controls:
        raise SpecError(
            f"switching: takes no controls ({', '.join(setting.controls)} given): leave them out, "
            "or use estimator = 'imputation' where treatment lasts"
        )
    if getattr(setting.design, "anticipation", 0):
        raise SpecError(
            "switching: knows no anticipation: set design.anticipation = 0, or use estimator = "
            "'group_time_att'"
        )


def _averages(switches: tuple[Switch, ...], dynamic: bool) -> tuple[tuple[Place, ...], FloatArray]:
    """Return what is printed, and 1.0 for every contrast in it, shape ``(T, m)``."""
    times = np.array([one.event_time for one in switches])
    joins = np.array([one.kind == "joiners" for one in switches])
    places: list[Place] = []
    parts: list[FloatArray] = []
    if not dynamic:
        now = times == 0
        places.append(Place("att"))
        parts.append(now.astype(np.float64))
        if joins[now].any() and not joins[now].all():
            places += [Place("att", term="joiners"), Place("att", term="leavers")]
            parts += [(now & joins).astype(np.float64), (now & ~joins).astype(np.float64)]
    for time in np.unique(times) if dynamic else np.unique(times[times < 0]):
        places.append(Place("att_by_event_time", event_time=int(time)))
        parts.append((times == time).astype(np.float64))
    return tuple(places), np.array(parts)


def _without_stayers(grid: Grid, switches: tuple[Switch, ...]) -> int:
    """Return the rows of groups that switch with no stayers to compare with."""
    lost = [one for one in switches if one.event_time == 0 and not one.stayers.any()]
    return int(sum(grid.rows[one.switchers, one.at].sum() for one in lost))


def _unmatched(lost: int) -> tuple[str, ...]:
    if not lost:
        return ()
    return (
        f"{lost} rows switch with no group of the same treatment before that stays, and are in no "
        "average",
    )
