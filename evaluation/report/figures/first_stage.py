"""What the reform gave, by period and group: conditions, their kinds and their hours."""

from __future__ import annotations

from evaluation.report.figures._lines import line_plot, lines_alt
from evaluation.report.figures._path import capital
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.record import Record
from evaluation.report.words import outcome_label, spaced
from evaluation.spec.horizons import parted

TITLE = "figure.first_stage.title"
SECTION = "design"
ORDER = 20
PREFIX = "first_stage_"


def plots(record: Record) -> tuple[Plot, ...]:
    """Return the trends of every column that counts what the reform gives."""
    return tuple(
        _plot(record, name.removeprefix(PREFIX))
        for name in record.observed
        if name.startswith(PREFIX)
    )


def _plot(record: Record, column: str) -> Plot:
    words, points = record.words, record.observed[f"{PREFIX}{column}"]
    label, gaps = capital(_label(record, column)), bool(record.spec.sample.drop_periods)
    left_out = words.text("figure.raw_trends.left_out") if gaps else ""
    caption = words.text("figure.first_stage.caption", column=label)
    return Plot(
        plot_name("first_stage", column),
        "first_stage",
        " ".join(filter(None, (caption, left_out))),
        f"{label}: {lines_alt(record, points)}",
        points,
        line_plot(label, words.text("figure.mean"), gaps),
    )


def _label(record: Record, column: str) -> str:
    """Return what pages call an outcome of this column, else the column."""
    spec, words = record.spec, record.words
    for name, one in spec.outcomes.items():
        if one.column == column and parted(name)[1] is None:
            return outcome_label(spec, name)
    return words.text(f"column.{column}") if f"column.{column}" in words else spaced(column)
