"""How far the estimates move without one cluster, in their standard errors."""

from __future__ import annotations

from functools import partial
from typing import Any

from evaluation.report.figures._axes import number_axis
from evaluation.report.figures._checked import checked, headline, number
from evaluation.report.figures._rows import NAMED, TALLEST
from evaluation.report.figures.plot import Plot
from evaluation.report.figures.style import (
    BLUE,
    COLUMN,
    HAIRLINE,
    INK,
    ORANGE,
    PALE,
    canvas,
    legend,
    wrapped,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label

TITLE = "figure.leave_one_out.title"
SECTION = "robustness"
ORDER = 30

KIND = "leave_one_out"
COLUMNS = (
    "model", "outcome", "estimate", "std_error", "lowest", "highest",
    "lowest_in_errors", "highest_in_errors", "zero_in_errors",
)  # fmt: skip


def plots(record: Record) -> tuple[Plot, ...]:
    """Return the figure of what leaving out one cluster does, all models in one."""
    rows: list[tuple[Value, ...]] = []
    for place, named in checked(record, KIND).items():
        own = headline(record, place.model, place.outcome)
        low, high = (number(named.get(f"leave_one_out_{end}")) for end in ("low", "high"))
        if own is None or own.estimate is None or not own.std_error or low is None or high is None:
            continue
        moved = [(end - own.estimate) / own.std_error for end in (low, high, 0.0)]
        who = (place.model, place.outcome)
        rows.append((*who, own.estimate, own.std_error, low, high, *moved))
    if not rows:
        return ()
    points = PointTable(COLUMNS, tuple(rows))
    words, decimals = record.words, record.spec.rounding.estimate
    told = [
        words.text(
            "figure.leave_one_out.alt",
            outcome=outcome_label(record.spec, str(row[1])),
            model=row[0],
            estimate=words.number(row[2], decimals),
            interval=words.interval(row[4], row[5], decimals),
        )
        for row in points.rows
    ]
    labels = {str(row[1]): outcome_label(record.spec, str(row[1])) for row in points.rows}
    return (
        Plot(
            "leave_one_out",
            "leave_one_out",
            words.text("figure.leave_one_out.caption"),
            " ".join(told),
            points,
            partial(draw, labels=labels),
        ),
    )


def draw(points: PointTable, words: Language, *, labels: dict[str, str]) -> Any:
    """Draw a range a model and outcome, about the estimate at zero."""
    several = len(set(points.column("model"))) > 1
    count = len(points)
    figure, axis = canvas(COLUMN, min(TALLEST, 2.9 + 0.45 * count))
    axis.axvspan(-1, 1, color=PALE, linewidth=0, zorder=0)
    axis.axvline(0.0, zorder=1, **HAIRLINE)
    places = range(count)
    ends = points.column("lowest_in_errors"), points.column("highest_in_errors")
    ranges = axis.hlines(places, *ends, color=BLUE, linewidth=2.2, zorder=2)
    (zero,) = axis.plot(
        points.column("zero_in_errors"), places, "x", color=ORANGE, markersize=4, zorder=3
    )
    (own,) = axis.plot([0.0] * count, places, "|", color=INK, markersize=6, zorder=3)
    names = [
        f"{labels[str(row[1])]}, {row[0]}" if several else labels[str(row[1])]
        for row in points.rows
    ]
    step = -(-count // NAMED)
    axis.set_yticks(places[::step], labels=[wrapped(name, 30) for name in names[::step]])
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    axis.set_ylim(count - 0.3, -0.7)
    axis.set_xlabel(words.text("figure.leave_one_out.errors"))
    number_axis(axis.xaxis, words)
    keys = ("estimate", "range", "zero")
    drawn = zip((own, ranges, zero), keys, strict=True)
    legend(figure, [(one, words.text(f"figure.leave_one_out.{key}")) for one, key in drawn])
    return figure
