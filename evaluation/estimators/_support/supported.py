"""Count what stands behind every number of a fit, from what it was made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from evaluation.data.memo import Given, remembered
from evaluation.data.model_data import ModelData
from evaluation.estimators._baseline import baseline_entries
from evaluation.estimators._support.amounts import AMOUNTS, event_counts, largest_shares
from evaluation.estimators._support.behind import Behind, Held, Units
from evaluation.estimators._support.groups import groups_of
from evaluation.estimators._support.levels import smallest_level, smallest_of
from evaluation.estimators._support.points import ROLES, BoolArray, points_of
from evaluation.estimators.contract import Fit, Setting, Term
from evaluation.results import Counts, Statistic

BINARY = "binary"
PARAMETERS, ORDER = ("", "parameters"), ("", "order")


def supported(
    fit: Fit, data: ModelData, setting: Setting, kind: str, *, grouped: bool = False
) -> Fit:
    """Return a fit with what stands behind each of its numbers.

    Parameters
    ----------
    fit
        The fit.
    data
        The rows or cells that it was made of.
    setting
        The model.
    kind
        Of the outcome: ``binary`` outcomes have events, amounts have largest units.
    grouped
        Whether rows are groups of persons, weighted by these: then persons are counted, who have
        one row a period.
    """
    if grouped:
        data = _persons(data)
        fit_of_persons = replace(fit, n_units=None, n_obs=data.n_obs)
        made = supported(fit_of_persons, data, setting, kind)
        return replace(fit, support=made.support, baseline=made.baseline, left_out=made.left_out)
    behind = _behind(data, setting)
    level = _level(data, setting)
    found = tuple(_counts(fit, term, behind, setting, kind, level) for term in fit.terms)
    inside = baseline_entries(data, setting, fit)
    means = {} if inside is None else _among(behind, kind, inside)
    return replace(fit, support=found, baseline=means, left_out=_left_out(data, setting))


def _persons(data: ModelData) -> ModelData:
    """Return groups as cells of persons: a group's weight is its rows."""
    weight = np.ones(data.entries) if data.weight is None else data.weight
    return replace(data, rows=np.rint(weight).astype(np.int64), unit=None, units=None, memo=None)


def _among(behind: Behind, kind: str, entries: BoolArray) -> Counts:
    """Return what stands behind the mean of the rows or cells of some points."""
    group = np.zeros(len(behind.points), dtype=bool)
    group[behind.points.of[entries]] = True
    return _of_groups((group,), behind, kind)


def _left_out(data: ModelData, setting: Setting) -> Counts:
    """Return the units of the smallest cluster: what estimates without one cluster differ by."""
    clusters = setting.inference.cluster
    if len(clusters) != 1:
        return {}
    if clusters[0] == setting.unit:
        return {"difference_units": 1}
    if clusters[0] not in data.columns:
        return {}
    given: list[Given] = [data.columns[clusters[0]]]
    given += [one for one in (data.period, data.rows) if one is not None]
    kind = f"smallest cluster: {clusters}"
    found = remembered(data.memo, kind, given, lambda: smallest_of(data, clusters[0]))
    if found is None:
        return {}
    return {"difference_units" if found.exact else "difference_units_at_least": found.count}


def _level(data: ModelData, setting: Setting) -> Units | None:
    names = [n for n in (*setting.fixed_effects, *setting.controls) if n in data.columns]
    given: list[Given] = [data.columns[name] for name in names]
    given += [one for one in (data.period, data.rows) if one is not None]
    kind = f"smallest level: {setting.fixed_effects} {setting.controls}"
    return remembered(data.memo, kind, given, lambda: smallest_level(data, setting))


def _behind(data: ModelData, setting: Setting) -> Behind:
    columns = tuple(name for name in setting.interact if _is_flag(data, name))
    clusters = tuple(setting.inference.cluster)
    given: list[Given] = [one for name in ROLES if (one := getattr(data, name)) is not None]
    given += [data.columns[name] for name in (*clusters, *columns) if name in data.columns]
    given += [] if data.rows is None else [data.rows]
    # Of another outcome all is the same but the outcome itself.
    points, held = remembered(
        data.memo,
        f"behind: {clusters} {columns} {data.units}",
        given,
        lambda: (points_of(data, columns), Held()),
    )
    return Behind(data, points, clusters, setting.unit, held)


def _is_flag(data: ModelData, name: str) -> bool:
    return name in data.columns and len(data.columns[name].unique()) <= 2


def _counts(
    fit: Fit, term: Term, behind: Behind, setting: Setting, kind: str, level: Units | None
) -> Counts:
    groups = groups_of(behind.data, behind.points, setting, fit, term)
    found: dict[Statistic, float | int] = {}
    rows = fit.n_obs if term.n_obs is None else term.n_obs
    if groups is not None and not _used(groups, behind, term, rows, fit, setting):
        groups = None
    if groups is not None:
        found |= _of_groups(groups, behind, kind)
    units = fit.n_units if term.n_units is None else term.n_units
    clusters = fit.n_clusters if term.n_clusters is None else term.n_clusters
    known: tuple[tuple[Statistic, int | None], ...] = (
        ("rows", rows), ("units", units), ("clusters", clusters),
    )  # fmt: skip
    found |= {name: value for name, value in known if value is not None}
    if "units" in found:
        found.pop("units_at_least", None)
    parameters = next(
        (one for place, name, one in fit.details if (place, name) == PARAMETERS), None
    )
    if isinstance(parameters, int | float):
        found["residual_df"] = rows - parameters
    elif groups is not None:
        found["residual_df"] = _left(groups, behind, setting, fit)
    if level is not None:
        found["smallest_cluster" if level.exact else "smallest_cluster_at_least"] = level.count
    return found


def _used(
    groups: Sequence[BoolArray], behind: Behind, term: Term, rows: int, fit: Fit, setting: Setting
) -> bool:
    """Whether groups hold the rows of a number: some only the estimator knows, or leaves out."""
    if term.term not in ("", *setting.interact) and rows != fit.n_obs:
        return False
    return behind.rows(np.logical_or.reduce(groups)) <= rows


def _left(groups: Sequence[BoolArray], behind: Behind, setting: Setting, fit: Fit) -> int:
    """Return the rows of all groups less their polynomials, or means, and controls."""
    inside, each = behind.rows(np.logical_or.reduce(groups)), 1
    if behind.data.running is not None:
        named = (one for *place, one in fit.details if tuple(place) == ORDER)
        order = getattr(setting.options, "order", None)
        each += int(next(named, 1) or 1) if order is None else int(order)
    return inside - each * len(groups) - len(setting.controls)


def _of_groups(groups: Sequence[BoolArray], behind: Behind, kind: str) -> dict[Statistic, float]:
    asked = tuple(group.tobytes() for group in groups)
    if asked not in behind.held.counts:
        behind.held.counts[asked] = _of_any_outcome(groups, behind)
    found = dict(behind.held.counts[asked])
    if kind == BINARY:
        found |= dict(event_counts(behind, groups))
    elif kind in AMOUNTS:
        found |= dict(largest_shares(behind, groups))
    return found


def _of_any_outcome(groups: Sequence[BoolArray], behind: Behind) -> dict[Statistic, float]:
    every = np.logical_or.reduce(groups)
    found: dict[Statistic, float] = {"rows": behind.rows(every)}
    found["support_rows"] = min(behind.rows(group) for group in groups)
    units = [behind.units(group) for group in groups]
    known = [one for one in units if one is not None]
    if len(known) == len(units):
        least = min(one.count for one in known)
        exact = all(one.exact or one.count > least for one in known)
        found["support_units" if exact else "support_units_at_least"] = least
    total = behind.units(every)
    if total is not None:
        found["units" if total.exact else "units_at_least"] = total.count
    if behind.unit is None:
        fullest = [behind.fullest(group) for group in (*groups, every)]
        full = [one for one in fullest if one is not None]
        if len(full) == len(fullest):
            found |= {"support_period_rows": min(full), "period_rows": full[-1]}
    clusters = [behind.clusters_among(group) for group in groups]
    counted = [one for one in clusters if one is not None]
    if counted and len(counted) == len(clusters):
        found["support_clusters"] = min(counted)
    among = behind.clusters_among(every)
    if among is not None:
        found["clusters"] = among
    return found
