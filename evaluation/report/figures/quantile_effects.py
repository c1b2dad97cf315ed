"""Effects along the distribution of an outcome, one a quantile."""

from __future__ import annotations

from functools import partial
from typing import Any

from evaluation.report.figures._axes import number_axis
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.figures.style import BLUE, HAIRLINE, canvas, marker_size, titled
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label

TITLE = "figure.quantile_effects.title"
SECTION = "main"
ORDER = 40

COLUMNS = ("quantile", "estimate", "conf_low", "conf_high")


def plots(record: Record) -> tuple[Plot, ...]:
    """Return one figure for each model and outcome with effects by quantile."""
    groups: dict[tuple[str, str], list[tuple[Value, ...]]] = {}
    for row in record.estimates:
        if row.quantile is not None and row.estimate is not None and not row.subgroup:
            point = (row.quantile, row.estimate, row.conf_low, row.conf_high)
            groups.setdefault((row.model_id, row.outcome), []).append(point)
    return tuple(_plot(record, *key, rows) for key, rows in groups.items())


def _plot(record: Record, model: str, outcome: str, rows: list[tuple[Value, ...]]) -> Plot:
    words, decimals = record.words, record.spec.rounding.estimate
    points = PointTable(COLUMNS, tuple(sorted(rows, key=lambda row: float(str(row[0])))))
    label = outcome_label(record.spec, outcome)
    told = [
        words.text(
            "figure.quantile_effects.at",
            quantile=words.plain(float(str(row[0]))),
            estimate=words.number(row[1], decimals),
            interval=words.interval(row[2], row[3], decimals),
        )
        for row in points.rows
    ]
    return Plot(
        plot_name("quantile_effects", model, outcome),
        "quantile_effects",
        words.text("figure.quantile_effects.caption", outcome=label, model=model),
        f"{label}: {'; '.join(told)}.",
        points,
        partial(draw, label=label),
    )


def draw(points: PointTable, words: Language, *, label: str) -> Any:
    """Draw the effects along the quantiles with their pointwise intervals."""
    figure, axis = canvas()
    axis.axhline(0.0, zorder=1, **HAIRLINE)
    known = [row for row in points.rows if row[2] is not None and row[3] is not None]
    x = [float(str(row[0])) for row in known]
    axis.vlines(
        x, [row[2] for row in known], [row[3] for row in known],
        color=BLUE, linewidth=1.2, zorder=2,
    )  # fmt: skip
    axis.plot(
        points.column("quantile"), points.column("estimate"), "-o", color=BLUE, linewidth=0.6,
        markersize=marker_size(len(points)), zorder=3,
    )  # fmt: skip
    axis.set_xlim(0, 1)
    titled(axis, label)
    axis.set_xlabel(words.text("figure.quantile_effects.quantile"))
    axis.set_ylabel(words.text("figure.estimate"))
    number_axis(axis.xaxis, words, ticks=10)
    number_axis(axis.yaxis, words)
    return figure
