"""Effects by how long after the row the outcome is measured: ITT, and 2SLS beside it."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

from evaluation.report.figures._axes import number_axis
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.figures.style import (
    COLOURS,
    COLUMN,
    HAIRLINE,
    HEIGHT,
    MARKERS,
    PAGE,
    canvas,
    legend,
    marker_size,
    titled,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label
from evaluation.results import Estimate
from evaluation.spec.horizons import parted

TITLE = "figure.horizons.title"
SECTION = "main"
ORDER = 30

COLUMNS = ("panel", "model", "months", "estimate", "conf_low", "conf_high")
LOCAL = frozenset({"late", "late_at_cutoff"})
REDUCED = "reduced form"
PANELS = ("itt", "late")


def plots(record: Record) -> tuple[Plot, ...]:
    """Return one figure for each outcome that is measured at several horizons."""
    groups: dict[str, list[tuple[Value, ...]]] = {}
    for row in record.estimates:
        name, months = parted(row.outcome)
        months = row.horizon if months is None else months
        if months is not None and row.estimate is not None and (panel := _panel(row)):
            point = (panel, row.model_id, months, row.estimate, row.conf_low, row.conf_high)
            groups.setdefault(name, []).append(point)
    found = {name: rows for name, rows in groups.items() if len({row[2] for row in rows}) > 1}
    return tuple(_plot(record, name, rows) for name, rows in found.items())


def _panel(row: Estimate) -> str:
    """Return where a row is drawn: ``itt``, ``late``, or nowhere."""
    placed = row.subgroup or row.cohort or row.period or row.event_time is not None
    if placed or row.quantile is not None or row.term not in ("", REDUCED):
        return ""
    return "late" if row.estimand in LOCAL and not row.term else "itt"


def _plot(record: Record, outcome: str, rows: list[tuple[Value, ...]]) -> Plot:
    words, decimals = record.words, record.spec.rounding.estimate
    ordered = sorted(rows, key=lambda row: (PANELS.index(str(row[0])), int(str(row[2]))))
    points = PointTable(COLUMNS, tuple(ordered))
    label = _label(record, outcome)
    told = [
        words.text(
            "figure.horizons.at",
            panel=words.text(f"figure.horizons.{row[0]}"),
            model=row[1],
            months=words.count(row[2]),
            estimate=words.number(row[3], decimals),
            interval=words.interval(row[4], row[5], decimals),
        )
        for row in ordered
    ]
    both = len({row[0] for row in ordered}) > 1
    return Plot(
        plot_name("horizons", outcome),
        "horizons",
        words.text(f"figure.horizons.caption_{'both' if both else 'one'}", outcome=label),
        f"{label}: {'; '.join(told)}.",
        points,
        partial(draw, label=label),
    )


def _label(record: Record, outcome: str) -> str:
    """Return the label of an outcome without its horizon."""
    spec = record.spec
    labels = (
        one.label_in(spec.lang) for name, one in spec.outcomes.items() if parted(name)[0] == outcome
    )
    return next(filter(None, labels), None) or outcome_label(spec, outcome)


def draw(points: PointTable, words: Language, *, label: str) -> Any:
    """Draw a panel for ITT and one for 2SLS, models beside each other at each horizon."""
    panels = [panel for panel in PANELS if panel in points.column("panel")]
    wide = len(panels) > 1
    figure, axes = canvas(PAGE if wide else COLUMN, HEIGHT, columns=len(panels))
    models = list(dict.fromkeys(points.column("model")))
    months = sorted({int(str(one)) for one in points.column("months")})
    gap = min((b - a for a, b in pairwise(months)), default=1)
    handles: dict[str, Any] = {}
    for axis, panel in zip(axes[0] if wide else [axes], panels, strict=True):
        axis.axhline(0.0, zorder=1, **HAIRLINE)
        own = [m for m in models if any(row[:2] == (panel, m) for row in points.rows)]
        for at, model in enumerate(models):
            rows = [row for row in points.rows if row[0] == panel and row[1] == model]
            if not rows:
                continue
            kind = at % len(COLOURS)
            many = len(own) - 1
            shift = 0.4 * gap * (own.index(model) / many - 0.5) if many else 0.0
            places = [float(str(row[2])) + shift for row in rows]
            spans = [(x, row) for x, row in zip(places, rows, strict=True) if row[4] is not None]
            axis.vlines(
                [x for x, _ in spans], [row[4] for _, row in spans], [row[5] for _, row in spans],
                color=COLOURS[kind], linewidth=1.1, zorder=2,
            )  # fmt: skip
            (drawn,) = axis.plot(
                places, [row[3] for row in rows], linestyle="none", marker=MARKERS[kind],
                color=COLOURS[kind], markersize=marker_size(len(rows)), zorder=3,
            )  # fmt: skip
            handles[str(model)] = drawn
        shown = f"{label}: {words.text(f'figure.horizons.{panel}')}" if wide else label
        titled(axis, shown, 44)
        axis.set_xticks(months if len(months) <= 12 else months[:: -(-len(months) // 12)])
        axis.set_xlim(months[0] - 0.5 * gap, months[-1] + 0.5 * gap)
        axis.set_xlabel(words.text("figure.horizons.months"))
        axis.set_ylabel(words.text("figure.estimate"))
        number_axis(axis.yaxis, words)
    if len(handles) > 1:
        legend(figure, [(drawn, name) for name, drawn in handles.items()])
    return figure
