"""Give every number its row and column: by outcome, model and place, whichever columns are not."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from evaluation.report.tabling.answers import Answers, Entry
from evaluation.report.tabling.layout import LABELS, Layout, Panel
from evaluation.report.tabling.places import NO_TIME, PICKED, key_of_place
from evaluation.results import Estimate
from evaluation.spec.horizons import parted
from evaluation.spec.table_axes import Axis, Key

RowId = tuple[object, ...]
SUBGROUP, EVENT_TIME = 0, 5


@dataclass(frozen=True)
class Pivot:
    """The numbers of one panel.

    Attributes
    ----------
    axes
        What tells its rows apart, in the order of their labels.
    rows
        The value of every axis, in the order of printing.
    cells
        Estimate by row and by what the column holds; empty where columns are statistics.
    """

    axes: tuple[Axis, ...]
    rows: tuple[RowId, ...]
    cells: dict[tuple[RowId, str], Entry]

    def at(self, row: RowId, column: Key) -> Entry | None:
        """Return the estimate of a cell, ``None`` where nobody asked for one."""
        return self.cells.get((row, "" if column.axis == "statistic" else column.name))

    def first(self, row: RowId) -> Entry:
        """Return an estimate of a row, which says what the row is about."""
        return self._firsts[row]

    @cached_property
    def _firsts(self) -> dict[RowId, Entry]:
        found: dict[RowId, Entry] = {}
        for (row, _), entry in self.cells.items():
            if row not in found or found[row].row.estimate is None:
                found[row] = entry
        return found

    def varies(self, axis: Axis) -> bool:
        """Whether an axis tells rows apart."""
        at = self.axes.index(axis)
        values = (row[at] for row in self.rows)
        # The estimand parts numbers of one place, and has no label of its own.
        return len({one[:-1] if isinstance(one, tuple) else one for one in values}) > 1


def pivot(answers: Answers, layout: Layout, panel: Panel) -> Pivot:
    """Return the numbers of a panel by row and column."""
    across = panel.columns[0].axis
    along = panel.rows[0].axis if panel.rows else "outcome"
    axes = tuple(
        axis for axis in (along, *(one for one in LABELS if one != along)) if axis != across
    )
    chosen = [entry for entry in answers.entries if _belongs(entry.row, layout, panel)]
    # A model that gives nothing has one row without any place: it stands in every row instead.
    told = {(one.row.model_id, one.row.outcome) for one in chosen if one.row.estimate is not None}
    cells: dict[tuple[RowId, str], Entry] = {}
    for entry in chosen:
        row = entry.row
        if row.estimate is None and not row.subgroup and (row.model_id, row.outcome) in told:
            continue
        cells.setdefault((_row_id(row, axes, across), _column(row, across)), entry)
    rows = tuple(dict.fromkeys(own for own, _ in cells))
    cells.update(_failed(chosen, rows, axes, across, cells))
    rows = _without_failed(rows, axes, cells)
    return Pivot(axes, _sorted(answers, panel, axes, rows), cells)


def _belongs(row: Estimate, layout: Layout, panel: Panel) -> bool:
    outcome = parted(row.outcome)[0]
    if panel.models and row.model_id not in panel.models:
        return False
    if panel.outcomes and outcome not in panel.outcomes:
        return False
    for keys in (panel.columns, panel.rows):
        named: dict[Axis, str] = {"model": row.model_id, "outcome": outcome}
        axis = keys[0].axis if keys else "place"
        if axis in named and named[axis] not in {key.name for key in keys}:
            return False
    if layout.picked is not None:
        return layout.picked(row)
    if row.estimate is None and not row.subgroup:
        return True
    places = [key.name for key in panel.rows if key.axis == "place"] or ["headline"]
    return any(PICKED[name](row) for name in places)


def _row_id(row: Estimate, axes: tuple[Axis, ...], across: Axis) -> RowId:
    # Where outcomes are columns, their horizons are rows.
    months = parted(row.outcome)[1] if across == "outcome" else None
    values: dict[Axis, object] = {
        "outcome": row.outcome,
        "model": row.model_id,
        "place": (*key_of_place(row), months, row.estimand if across == "statistic" else ""),
    }
    return tuple(values[axis] for axis in axes)


def _column(row: Estimate, across: Axis) -> str:
    return {"model": row.model_id, "outcome": parted(row.outcome)[0]}.get(across, "")


def _failed(
    chosen: list[Entry],
    rows: tuple[RowId, ...],
    axes: tuple[Axis, ...],
    across: Axis,
    cells: dict[tuple[RowId, str], Entry],
) -> dict[tuple[RowId, str], Entry]:
    """Return cells of models without a number in the rows that others fill."""
    found = {}
    for entry in chosen:
        row = entry.row
        if row.estimate is not None or row.subgroup:
            continue
        own = dict(zip(axes, _row_id(row, axes, across), strict=True))
        for other in rows:
            named = dict(zip(axes, other, strict=True))
            same = all(named[axis] == own[axis] for axis in axes if axis != "place")
            if same and (other, _column(row, across)) not in cells:
                found[other, _column(row, across)] = entry
    return found


def _without_failed(
    rows: tuple[RowId, ...], axes: tuple[Axis, ...], cells: dict[tuple[RowId, str], Entry]
) -> tuple[RowId, ...]:
    """Leave out rows that only say a model failed, where it stands beside others' numbers."""
    if "place" not in axes:
        return rows
    at = axes.index("place")

    def beside(row: RowId) -> RowId:
        return (*row[:at], *row[at + 1 :])

    full = {own for (own, _), entry in cells.items() if entry.row.estimate is not None}
    answered = {beside(row) for row in full}
    return tuple(row for row in rows if row in full or beside(row) not in answered)


def _sorted(
    answers: Answers, panel: Panel, axes: tuple[Axis, ...], rows: tuple[RowId, ...]
) -> tuple[RowId, ...]:
    named = {key.name: at for at, key in enumerate(panel.rows)}
    spec = answers.record.spec
    order: dict[Axis, dict[object, float]] = {
        "outcome": {
            one: named.get(parted(one)[0], 0) * len(spec.outcomes) + at
            for at, one in enumerate(spec.outcomes)
        },
        "model": {one.id: named.get(one.id, at) for at, one in enumerate(spec.models)},
        "place": _places([row[axes.index("place")] for row in rows] if "place" in axes else []),
    }
    ranks = {row: tuple(order[axis][row[at]] for at, axis in enumerate(axes)) for row in rows}
    return tuple(sorted(rows, key=lambda row: ranks[row]))


def _places(found: list[object]) -> dict[object, float]:
    """Return the order of places: event times by time, anything else as it came."""
    unique = dict.fromkeys(found)
    times = [one[EVENT_TIME] for one in unique if isinstance(one, tuple)]
    if all(time != NO_TIME for time in times):
        return dict(zip(unique, times, strict=True))
    return {one: float(at) for at, one in enumerate(unique)}
