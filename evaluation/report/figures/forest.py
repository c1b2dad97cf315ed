"""Estimates by level of a column, beside the estimate of everyone."""

from __future__ import annotations

from evaluation.report.figures._checked import headline
from evaluation.report.figures._rows import COLUMNS, row_plot, shown_interval
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label, spaced
from evaluation.results import Estimate

TITLE = "figure.forest.title"
SECTION = "robustness"
ORDER = 20

KIND = "heterogeneity"
MARK = " = "


def plots(record: Record) -> tuple[Plot, ...]:
    """Return one figure for each model and outcome whose levels were compared."""
    groups: dict[tuple[str, str], list[Estimate]] = {}
    for row in record.estimates:
        placed = row.term or row.cohort or row.period
        apart = row.event_time is not None or row.quantile is not None
        if row.subgroup and not (placed or apart):
            groups.setdefault((row.model_id, row.outcome), []).append(row)
    return tuple(_plot(record, *key, rows) for key, rows in groups.items())


def _plot(record: Record, model: str, outcome: str, levels: list[Estimate]) -> Plot:
    words = record.words
    own = headline(record, model, outcome)
    rows: list[tuple[Value, ...]] = []
    if own is not None:
        everyone = words.text("figure.forest.everyone")
        rows.append(("", everyone, own.estimate, own.conf_low, own.conf_high, 1))
    for row in levels:
        column = row.subgroup.partition(MARK)[0]
        name = spaced(row.subgroup)
        rows.append((column, name, row.estimate, row.conf_low, row.conf_high, 0))
    points = PointTable(COLUMNS, tuple(rows))
    label = outcome_label(record.spec, outcome)
    told = [f"{row[1]} {shown_interval(record, row)}" for row in rows]
    tests = [
        words.text(
            "figure.forest.test",
            column=spaced(row.term),
            p=words.p_value(row.p_value, record.spec.rounding.p_value),
        )
        for row in record.checks
        if (row.check, row.model_id, row.outcome) == (KIND, model, outcome)
        and row.p_value is not None
    ]
    caption = words.text("figure.forest.caption", outcome=label, model=model)
    absent = sum(row[2] is None for row in rows)
    left = words.plural("figure.forest.absent", absent) if absent else ""
    return Plot(
        plot_name("forest", model, outcome),
        "forest",
        " ".join(filter(None, (caption, *tests, left))),
        f"{label}: {'; '.join(told)}.",
        points,
        row_plot(label, words.text("figure.estimate")),
    )
