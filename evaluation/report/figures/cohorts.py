"""Cohorts before anyone adopts: the mean of every outcome, and how large each cohort is."""

from __future__ import annotations

from functools import partial
from typing import Any

from evaluation.report.figures._axes import dashed, number_axis
from evaluation.report.figures.plot import Plot
from evaluation.report.figures.style import (
    BLUE,
    COLUMN,
    GREY,
    HAIRLINE,
    ORANGE,
    PAGE,
    canvas,
    wrapped,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable
from evaluation.report.record import Record
from evaluation.report.words import outcome_label

TITLE = "figure.cohorts.title"
SECTION = "description"
ORDER = 10
PANELS = 4


def plots(record: Record) -> tuple[Plot, ...]:
    """Return the means of outcomes by cohort, four outcomes a figure."""
    points = record.observed.get("cohorts")
    if points is None:
        return ()
    names = list(dict.fromkeys(map(str, points.column("outcome"))))
    parts = [names[at : at + PANELS] for at in range(0, len(names), PANELS)]
    return tuple(_plot(record, points, part, at, len(parts)) for at, part in enumerate(parts))


def _plot(record: Record, points: PointTable, names: list[str], at: int, parts: int) -> Plot:
    words, decimals = record.words, record.spec.rounding.estimate
    chosen = PointTable(points.columns, tuple(row for row in points.rows if row[0] in names))
    labels = {name: outcome_label(record.spec, name) for name in names}
    told = []
    for name, label in labels.items():
        rows = [row for row in chosen.rows if row[0] == name]
        lowest, highest = (pick(rows, key=lambda row: float(str(row[3]))) for pick in (min, max))
        told.append(
            words.plural(
                "figure.cohorts.alt",
                len(rows),
                outcome=label,
                low=words.number(lowest[3], decimals),
                lowest=_cohort(words, lowest[1]),
                high=words.number(highest[3], decimals),
                highest=_cohort(words, highest[1]),
            )
        )
    first, last = chosen.rows[0][6], chosen.rows[0][7]
    return Plot(
        "cohorts" if parts == 1 else f"cohorts_{at + 1}",
        "cohorts",
        words.text("figure.cohorts.caption", periods=_span_words(words, first, last)),
        " ".join(told),
        chosen,
        partial(draw, labels=labels),
    )


def _span_words(words: Language, first: object, last: object) -> str:
    if first == last:
        return dashed(first)
    return words.text("numbers.interval", low=dashed(first), high=dashed(last))


def _cohort(words: Language, cohort: object) -> str:
    return words.text("figure.cohorts.never") if cohort == "never" else dashed(cohort)


def draw(points: PointTable, words: Language, *, labels: dict[str, str]) -> Any:
    """Draw a dot a cohort and outcome; its area is the cohort's rows."""
    names = list(labels)
    cohorts = list(dict.fromkeys(points.column("cohort")))
    order = sorted(cohorts, key=lambda one: (one == "never", str(one)))
    place = {cohort: at for at, cohort in enumerate(order)}
    height = 2.2 + min(16.0, 0.34 * max(4, len(order)))
    figure, axes = canvas(
        COLUMN if len(names) < 3 else PAGE, height, columns=len(names), share_y=True
    )
    panels = [axes] if len(names) == 1 else list(axes[0])
    for panel, name in zip(panels, names, strict=True):
        rows = [row for row in points.rows if row[0] == name]
        largest = max(float(str(row[4])) for row in rows)
        never = [float(str(row[3])) for row in rows if row[1] == "never"]
        if never:
            panel.axvline(never[0], linestyle=":", **HAIRLINE)
        panel.hlines(range(len(order)), *_span(rows), color=GREY, linewidth=0.25, zorder=1)
        for mark, colour, kind in (("o", BLUE, False), ("s", ORANGE, True)):
            own = [row for row in rows if (row[1] == "never") == kind]
            panel.scatter(
                [row[3] for row in own], [place[row[1]] for row in own],
                s=[4 + 26 * float(str(row[4])) / largest for row in own],
                color=colour, marker=mark, linewidth=0, zorder=2,
            )  # fmt: skip
        panel.set_title(wrapped(labels[name], (76 if len(names) > 2 else 40) // len(names)))
        panel.set_xlabel(words.text("figure.mean"))
        number_axis(panel.xaxis, words, ticks=4)
    step = -(-len(order) // 45)
    ticks = range(0, len(order), step)
    panels[0].set_yticks(ticks, labels=[_cohort(words, order[at]) for at in ticks])
    panels[0].set_ylim(len(order) - 0.4, -0.6)
    panels[0].set_ylabel(words.text("figure.cohorts.cohort"))
    return figure


def _span(rows: list[Any]) -> tuple[float, float]:
    values = [float(str(row[3])) for row in rows]
    return min(values), max(values)
