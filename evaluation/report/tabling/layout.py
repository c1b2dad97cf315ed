"""A table's layout, resolved: columns, and panels that say which numbers stand in their rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from evaluation.report.record import Record
from evaluation.report.words import outcome_label
from evaluation.results import Estimate
from evaluation.spec.horizons import parted
from evaluation.spec.table_axes import Axis, Key, key_of
from evaluation.spec.table_layout import ColumnLayout, PanelLayout, TableLayout
from evaluation.spec.table_rules import COLUMNS, PANELS, ROWS

Picked = Callable[[Estimate], bool]
# In which order labels of rows stand, and rows are sorted.
LABELS: tuple[Axis, ...] = ("outcome", "model", "place")


@dataclass(frozen=True)
class Panel:
    """A stacked block.

    Attributes
    ----------
    title
        Empty where the table has no panels.
    columns
        What each column holds, as many as the table has.
    rows
        What rows name, in their order; empty where every number has one.
    models, outcomes
        Which of them the panel is about; empty where all are.
    footer
        Statistics below this panel alone.
    """

    title: str
    columns: tuple[Key, ...]
    rows: tuple[Key, ...] = ()
    models: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """What a table shows.

    Attributes
    ----------
    id, title, notes
        As they are printed.
    columns
        Headings, by what they hold.
    panels
        One at least.
    picked
        Which rows of ``estimates.csv`` may stand in it.
    below, footer
        Statistics under each estimate, and under all panels.
    labels
        What rows are labelled by even where it never changes.
    spare
        Whether columns that hold nothing are left out.
    """

    id: str
    title: str
    columns: tuple[Key, ...]
    panels: tuple[Panel, ...]
    picked: Picked | None = None
    below: tuple[str, ...] = ()
    footer: tuple[str, ...] = ()
    numbered: bool = False
    stars: bool = False
    labels: tuple[Axis, ...] = ()
    notes: tuple[str, ...] = ()
    spare: bool = False


def layout_of(record: Record, asked: TableLayout) -> Layout:
    """Return the layout of a table that the spec asks for."""
    columns = _keys(record, asked.columns, COLUMNS)
    rows = _keys(record, asked.rows, ROWS)
    panels = tuple(_panel(record, one, columns, rows) for one in asked.panels)
    named = columns[0].axis == "statistic"
    return Layout(
        asked.id,
        asked.title or asked.id.replace("_", " "),
        columns,
        panels or (Panel("", columns, rows),),
        None,
        () if named else asked.below,
        () if named and asked.footer == _default("footer") else asked.footer,
        asked.numbered,
        asked.stars,
        notes=(asked.notes,) if asked.notes else (),
    )


def _default(name: str) -> object:
    return TableLayout.model_fields[name].default


def _panel(
    record: Record, asked: str | PanelLayout, columns: tuple[Key, ...], rows: tuple[Key, ...]
) -> Panel:
    if isinstance(asked, str):
        key = key_of(record.spec, asked, PANELS)
        if key is None:
            raise ValueError(f"panel {asked!r} names no model and no outcome")
        if key.axis == "model":
            return Panel(asked, columns, rows, models=(asked,))
        return Panel(outcome_name(record, asked), columns, rows, outcomes=(asked,))
    own = _keys(record, asked.columns, COLUMNS)
    return Panel(
        asked.title,
        own or columns,
        _keys(record, asked.rows, ROWS) or rows,
        asked.models,
        asked.outcomes,
        asked.footer,
    )


def _keys(
    record: Record,
    entries: tuple[str | ColumnLayout, ...] | tuple[str, ...],
    axes: tuple[Axis, ...],
) -> tuple[Key, ...]:
    found = (key_of(record.spec, one, axes) for one in entries)
    return tuple(key for key in found if key is not None)


def outcome_name(record: Record, name: str) -> str:
    """Return the label of an outcome as the spec's text names it, of all its horizons."""
    if name in record.spec.outcomes:
        return outcome_label(record.spec, name)
    own = next((one for one in record.spec.outcomes if parted(one)[0] == name), name)
    return outcome_label(record.spec, own).rsplit(",", 1)[0]
