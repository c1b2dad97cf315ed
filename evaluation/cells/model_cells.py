"""Build the cells that one model sees for one outcome: ``data/model_rows`` on cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from evaluation.cells.compress import LARGEST_CODE
from evaluation.cells.moving import moving_clusters
from evaluation.cells.needs_rows import NeedsRows
from evaluation.cells.panel import CELL
from evaluation.cells.plan import SHARE, TYPE, Route
from evaluation.cells.sample import CellSample
from evaluation.cells.sums import Sums
from evaluation.cells.unit_counts import UnitCounts, units_of_model
from evaluation.cells.used import BoolArray, Used, used_cells
from evaluation.data.designs._exposure import exposure_of
from evaluation.data.model_data import FloatArray, IntArray, ModelData
from evaluation.data.moments import PairCells, Within
from evaluation.spec.columns import columns_of_model
from evaluation.spec.design import RdDesign
from evaluation.spec.evidence import strata_of
from evaluation.spec.model import Model
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

ROLES = ("period", "treated", "post", "third", "dose", "event_time", "cohort", "running")
UNITS = "ad_units"


def model_cells(
    sample: CellSample, spec: Spec, model: Model, route: Route, name: str, outcome: Outcome
) -> ModelData:
    """Return the cells that ``model`` sees for one outcome, nothing missing in them.

    Cells that differ only in columns that the model does not use become one, unless a second pass
    or types of units need them as they are.

    Parameters
    ----------
    sample
        The cells of the model's pass.
    spec, model, route
        What is asked, and which passes serve it.
    name, outcome
        The outcome.

    Raises
    ------
    DataError
        As ``data/model_rows``: every outcome missing, a cluster that moves, no rows.
    NeedsRows
        Where only the rows can tell.
    """
    used = used_cells(sample, spec, model, name, outcome)
    whole = bool(route.second_pass) or route.row_scores or sample.table.made.unit_types
    names = tuple(
        column
        for column in _columns(spec, model)
        if used.quantity.get(column) is None and column in sample.prepared.panel.frame
    )
    merged = sample.memo.value(
        f"merged: {names!r} {whole}",
        (used.entries,),
        lambda: _merged(sample, spec, used.entries, names, whole),
    )
    cells = merged.sums.chosen
    data = _data(sample, spec, model, name, used, merged)
    counted = UnitCounts()
    facts = sample.gathered.units
    if facts is not None:
        counted = units_of_model(spec, sample.gathered.plan, facts, model, outcome)
    pairs = _pairs(sample, spec, route, name)
    if outcome.dated.lead and data.period is not None:
        counted = counted.among(data.period)
    data = replace(
        data,
        units=_told(pairs, data, used) if counted.units is None else counted.units,
        complete=counted.complete,
        seen=counted.seen,
        by_role=counted.by_role,
        starts=None if facts is None else facts.starts,
        warnings=moving_clusters(sample, spec, model, used.entries),
        pairs=pairs,
        memo=sample.memo,
    )
    if whole and sample.gathered.second_pass is not None:
        outcome_summed = sample.table.made.quantities[used.outcome]
        opened = sample.gathered.second_pass(sample.table, outcome_summed)
        data = replace(data, second_pass=opened.narrowed(cells))
    return _typed(data, sample, spec, model, cells) if sample.table.made.unit_types else data


@dataclass(frozen=True)
class _Merged:
    """The cells that a model tells apart, whatever the outcome.

    Attributes
    ----------
    sums
        Their sums.
    roles, columns
        One value of each cell, by name; columns are those of the key.
    labels
        Label of every period that occurs.
    """

    sums: Sums
    roles: Mapping[str, Any]
    columns: Mapping[str, pd.Series]
    labels: Mapping[int, str]


def _merged(
    sample: CellSample, spec: Spec, used: BoolArray, names: tuple[str, ...], whole: bool
) -> _Merged:
    entries = np.flatnonzero(used)
    roles = _roles(sample, entries, spec)
    frame = sample.prepared.panel.frame
    columns = {column: frame[column].to_numpy()[entries] for column in names}

    def codes(name: str, values: Any) -> IntArray:
        # Models of other columns part cells by the same roles.
        return sample.memo.value(f"codes: {name}", (used,), lambda: _codes(values))

    if whole:
        group = first = np.arange(len(entries), dtype=np.int64)
    else:
        key = [codes(f"role {role}", values) for role, values in roles.items()]
        key += [codes(column, values) for column, values in columns.items()]
        first, group = _groups(key, len(entries))
    return _Merged(
        Sums(sample.table, frame[CELL].to_numpy(np.int64)[entries], group, len(first)),
        {role: values[first] for role, values in roles.items()},
        {column: pd.Series(values[first], copy=False) for column, values in columns.items()},
        _labels(sample, roles.get("period")),
    )


def _labels(sample: CellSample, period: IntArray | None) -> dict[int, str]:
    calendar = sample.prepared.panel.calendar
    found = [] if period is None else np.unique(period).tolist()
    return {int(one): calendar.label(int(one)) for one in sorted(found)}


def _columns(spec: Spec, model: Model) -> tuple[str, ...]:
    """Return the columns that a model's data hold, as ``data/model_rows`` has them."""
    return tuple(dict.fromkeys((*columns_of_model(model), *strata_of(spec, model))))


def _pairs(sample: CellSample, spec: Spec, route: Route, name: str) -> PairCells | None:
    """Return the pair cells of an outcome, points counted from the cutoff."""
    found = sample.gathered.pairs.get(route.pairs.get(name, ""))
    if found is None or not isinstance(spec.design, RdDesign):
        return found
    return replace(found, running=found.running - float(spec.design.cutoff))


def _told(pairs: PairCells | None, data: ModelData, used: Used) -> int | None:
    """Return the units of a model where pair cells or shares of units tell, else ``None``.

    Pair cells tell if they lie at the model's points and at no other; shares, if every row of a
    unit is there: then they add up to 1.
    """
    if pairs is not None and data.running is not None:
        same = np.array_equal(np.unique(pairs.running), np.unique(data.running))
        return pairs.units if same else None
    if data.unit_shares is not None and not data.weighted and used.entries.all():
        return int(np.rint(data.unit_shares.sum()))
    return None


def _roles(sample: CellSample, entries: IntArray, spec: Spec) -> dict[str, Any]:
    """Return the roles of the cells used, as arrays, those that no cell has left out."""
    prepared = sample.prepared
    # At a cutoff nothing but the side of the reform depends on the period.
    period = None if spec.design.kind == "rd" else prepared.panel.period
    found = {"period": period, **{one: getattr(prepared.roles, one, None) for one in ROLES[1:]}}
    return {one: values[entries] for one, values in found.items() if values is not None}


def _codes(values: Any) -> IntArray:
    """Return codes 0, 1, ... of the sorted distinct values, -1 where there is none."""
    found: IntArray = pd.factorize(values, sort=True)[0].astype(np.int64)
    return found


def _groups(key: list[IntArray], entries: int) -> tuple[IntArray, IntArray]:
    """Return one cell of each group, and the group of each cell: cells that agree in ``key``."""
    joint, size = np.zeros(entries, dtype=np.int64), 1
    for codes in key:
        levels = int(codes.max(initial=-1)) + 2
        if size * levels > LARGEST_CODE:
            found, joint = np.unique(joint, return_inverse=True)
            size = len(found)
        joint, size = joint * levels + codes + 1, size * levels
    _, first, group = np.unique(joint, return_index=True, return_inverse=True)
    return first.astype(np.int64), group.astype(np.int64)


def _data(
    sample: CellSample,
    spec: Spec,
    model: Model,
    name: str,
    used: Used,
    merged: _Merged,
) -> ModelData:
    panel, sums, kept = sample.prepared.panel, merged.sums, dict(merged.roles)
    period = kept.pop("period", None)
    varying = {column: at for column, at in used.quantity.items() if at is not None}
    chosen = {
        **merged.columns,
        **{column: sums.mean(at) for column, at in varying.items()},
    }
    members = _with_treatment(spec, sums, varying, used)
    received = used.treatment
    treatment = sample.prepared.roles.treatment
    return ModelData(
        outcome=name,
        y=sums.mean(used.outcome),
        columns=_framed(
            {column: chosen[column] for column in _columns(spec, model) if column in chosen},
            sums.groups,
        ),
        weight=sums.mass(),
        period=period,
        period_labels=dict(merged.labels),
        period_months=panel.calendar.months,
        cohort_labels=sample.prepared.roles.cohort_labels,
        treatment=None if treatment is None or received is None else sums.mean(received),
        share_above=_share_above(spec, sums, merged.roles.get("running")),
        dropped={reason: count for reason, count in used.dropped.items() if count},
        rows=sums.rows(),
        within=Within((*members, "y"), sums.scatter((*members.values(), used.outcome))),
        # Shares count every row of the sample, whatever the model keeps.
        unit_shares=sums.column(SHARE) if SHARE in sample.table.frame and not model.keep else None,
        weighted=sample.gathered.plan.weight is not None,
        **kept,
    )


def _share_above(spec: Spec, sums: Sums, running: FloatArray | None) -> FloatArray | None:
    """Return the mean share of each cell above the cutoff, ``None`` where rows are whole."""
    exposure = exposure_of(spec)
    if exposure is None or running is None:
        return None
    at = sums.position(exposure.column)
    if at is None:
        raise NeedsRows(f"the cells hold no sums of {exposure.column!r}")
    return exposure.share_above(sums.mean(at), running)


def _framed(columns: Mapping[str, Any], rows: int) -> pd.DataFrame:
    """Return columns as a frame, each as it is: kinds of text are not guessed again."""
    if not columns:
        return pd.DataFrame(index=range(rows))
    return pd.DataFrame(dict(columns), copy=False)


def _with_treatment(
    spec: Spec, sums: Sums, varying: Mapping[str, int], used: Used
) -> dict[str, int]:
    """Return what varies inside cells, with the treatment received where it was multiplied too."""
    found = dict(varying)
    received = getattr(spec.design, "treatment", None)
    if received is None or used.treatment is None or received.column in found:
        return found
    others = (*found.values(), used.outcome, used.treatment)
    if all(sums.has_product(used.treatment, other) for other in others):
        found[received.column] = used.treatment
    return found


def _typed(
    data: ModelData, sample: CellSample, spec: Spec, model: Model, cells: IntArray
) -> ModelData:
    """Return the data with types of units in the place of units."""
    frame = sample.table.frame
    types = frame[TYPE].to_numpy(np.int64)[cells]
    _, first, codes = np.unique(types, return_index=True, return_inverse=True)
    units = int(frame[UNITS].to_numpy(np.int64)[cells][first].sum())
    unit = spec.panel.unit or ""
    return replace(
        data,
        unit=codes.astype(np.int64),
        units=units,
        levels={**data.levels, unit: units},
        columns=data.columns.assign(**{unit: types})
        if unit in columns_of_model(model)
        else data.columns,
    )
