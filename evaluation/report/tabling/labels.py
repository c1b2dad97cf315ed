"""What rows and columns are called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.report.tabling.answers import Answers
from evaluation.report.tabling.layout import LABELS, Layout, Panel, outcome_name
from evaluation.report.tabling.pivot import Pivot, RowId
from evaluation.report.tabling.places import place_kind, place_label
from evaluation.report.tabling.statistics import TEXTS
from evaluation.report.tabular import Column
from evaluation.report.words import outcome_label
from evaluation.spec.horizons import parted
from evaluation.spec.table_axes import Axis, Key

Drawn = Sequence[tuple[Panel, Pivot]]


@dataclass(frozen=True)
class Labels:
    """The labels of a table's rows.

    Attributes
    ----------
    answers
        The record.
    axes
        What rows are labelled by, in the order of the label columns.
    kind
        What all places are, such as ``event_time``; ``place`` where they differ.
    """

    answers: Answers
    axes: tuple[Axis, ...]
    kind: str

    def of(self, panel: Panel, found: Pivot, row: RowId) -> tuple[str, ...]:
        """Return the labels of a row, one a label column."""
        return tuple(self._label(panel, found, row, axis) for axis in self.axes)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The headings over the labels."""
        words = self.answers.words
        names = (self.kind if axis == "place" else axis for axis in self.axes)
        return tuple(Column(words.text(f"table.label.{name}"), is_text=True) for name in names)

    def _label(self, panel: Panel, found: Pivot, row: RowId, axis: Axis) -> str:
        if axis not in found.axes:
            return ""
        own, words = found.first(row).row, self.answers.words
        said = {(key.axis, key.name): key.label for key in panel.rows}
        if axis == "model":
            return said.get((axis, own.model_id)) or own.model_id
        if axis == "outcome":
            name, months = parted(own.outcome)
            label = said.get((axis, name)) if months is None else None
            return label or outcome_label(self.answers.record.spec, own.outcome)
        place = row[found.axes.index("place")]
        months = place[-2] if isinstance(place, tuple) else None
        parts = [place_label(own, words, self.kind)]
        if isinstance(months, int):
            parts.append(words.text("table.place.horizon", months=words.count(months)))
        return ", ".join(part for part in parts if part)


def labels_of(answers: Answers, layout: Layout, drawn: Drawn) -> Labels:
    """Return what rows are labelled by: what tells them apart, or what they name."""
    order = drawn[0][1].axes if drawn else LABELS
    named = {key.axis for panel, _ in drawn for key in panel.rows} | set(layout.labels)
    kept = tuple(
        axis
        for axis in order
        if axis in named or any(found.varies(axis) for _, found in drawn if axis in found.axes)
    )
    kinds = {
        place_kind(entry.row)
        for _, found in drawn
        for entry in found.cells.values()
        if entry.row.estimate is not None
    }
    return Labels(answers, kept or order[:1], kinds.pop() if len(kinds) == 1 else "place")


def heading(answers: Answers, layout: Layout, at: int, key: Key) -> Column:
    """Return the heading of a column: its own label, else the name of what it holds."""
    label = (
        key.label
        or {
            "model": lambda: key.name,
            "outcome": lambda: outcome_name(answers.record, key.name),
            "statistic": lambda: answers.words.text(f"table.statistic.{key.name}"),
        }[key.axis]()
    )
    label = f"({at + 1}) {label}" if layout.numbered else label
    return Column(label, key.group, key.axis == "statistic" and key.name in TEXTS)
