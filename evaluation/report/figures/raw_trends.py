"""Outcomes by period for the groups that the design compares, as they were observed."""

from __future__ import annotations

from evaluation.report.figures._lines import line_plot, lines_alt, shared_start
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.record import Record
from evaluation.report.words import outcome_label

TITLE = "figure.raw_trends.title"
SECTION = "design"
ORDER = 10
PREFIX = "trends_"


def plots(record: Record) -> tuple[Plot, ...]:
    """Return the trends of every outcome that was observed by group and period."""
    return tuple(
        _plot(record, name.removeprefix(PREFIX))
        for name in record.observed
        if name.startswith(PREFIX)
    )


def _plot(record: Record, outcome: str) -> Plot:
    words, points = record.words, record.observed[f"{PREFIX}{outcome}"]
    label, gaps = outcome_label(record.spec, outcome), bool(record.spec.sample.drop_periods)
    caption = words.text("figure.raw_trends.caption", outcome=label)
    left_out = words.text("figure.raw_trends.left_out") if gaps else ""
    begins = words.text("figure.raw_trends.begins") if shared_start(points) is not None else ""
    return Plot(
        plot_name("raw_trends", outcome),
        "raw_trends",
        " ".join(filter(None, (caption, begins, left_out))),
        f"{label}: {lines_alt(record, points)}",
        points,
        line_plot(label, words.text("figure.mean"), gaps),
    )
