"""A total and its parts: effects that add up, such as outside work and education by benefit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from evaluation.report.figures._axes import number_axis
from evaluation.report.figures._checked import headline
from evaluation.report.figures._down import ROW, down_rows, name_rows
from evaluation.report.figures._estimates import MODEL, REFUSED, VARIANT, drawn_rows, table
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.figures.style import BLUE, GREY, HAIRLINE, INK, PAGE, canvas, titled
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label
from evaluation.spec.sample import Identity

TITLE = "figure.partition.title"
SECTION = "main"
ORDER = 60


def plots(record: Record) -> tuple[Plot, ...]:
    """Return a figure of every identity and model that has numbers for total and parts."""
    found = []
    for identity in record.spec.identities:
        for model in record.spec.models:
            asked = record.spec.outcomes_of(model)
            if identity.total in asked and set(identity.parts) <= set(asked):
                points = table(_rows(record, identity, model.id))
                if any(row[3] is not None for row in points.rows):
                    found.append(_plot(record, identity, model.id, points))
    return tuple(found)


def _rows(record: Record, identity: Identity, model: str) -> Iterator[tuple[Value, ...]]:
    for name in (identity.total, *identity.parts):
        row = headline(record, model, name)
        series = "total" if name == identity.total else "part"
        label = outcome_label(record.spec, name)
        if row is None or row.estimate is None:
            yield (series, label, None, None, None, None, None, None, REFUSED)
            continue
        numbers = (row.estimate, row.std_error, row.conf_low, row.conf_high, row.p_value)
        yield (series, label, None, *numbers, MODEL if series == "total" else VARIANT)


def _plot(record: Record, identity: Identity, model: str, points: PointTable) -> Plot:
    words, numbers = record.words, record.numbers
    total = outcome_label(record.spec, identity.total)
    text = words.text("figure.partition.caption", total=total, model=model)
    told = [
        words.text(
            "figure.partition.one", outcome=row["label"], estimate=numbers.estimate(row["estimate"])
        )
        for row in drawn_rows(points)
    ]
    return Plot(
        name=plot_name("partition", model, identity.total),
        kind="partition",
        caption=text,
        alt=f"{text} {words.listed(told)}.",
        points=points,
        draw=partial(draw, title=total),
    )


def draw(points: PointTable, words: Language, *, title: str) -> Any:
    """Draw how parts add up to the total, and beside it every estimate with its interval."""
    rows = drawn_rows(points)
    # Every label here is of two lines at most.
    height = 2.6 + 1.35 * ROW * len(rows)
    figure, axes = canvas(PAGE * 0.8, height, rows=1, columns=2, share_y=True, widths=(1, 1))
    left, right = axes[0, 0], axes[0, 1]
    reached = 0.0
    for at, row in enumerate(rows):
        if row["estimate"] is None:
            left.plot([0.0], [at], "x", color=GREY, markersize=3)
            continue
        whole = row["series"] == "total"
        start = 0.0 if whole else reached
        left.barh([at], [row["estimate"]], 0.62, left=start, color=INK if whole else BLUE,
                  alpha=0.85 if whole else 0.6, linewidth=0)  # fmt: skip
        if not whole:
            reached += row["estimate"]
            if at + 1 < len(rows):
                left.plot([reached] * 2, [at - 0.31, at + 1.31], color=GREY, linewidth=0.5)
    for axis in (left, right):
        axis.axvline(0.0, zorder=1, **HAIRLINE)
    down_rows(right, rows)
    name_rows(left, rows)
    right.tick_params(axis="y", length=0)
    right.spines["left"].set_visible(False)
    titled(left, title, 44)
    left.set_xlabel(words.text("figure.partition.adds"))
    right.set_xlabel(words.text("figure.partition.apart"))
    for axis in (left, right):
        number_axis(axis.xaxis, words, ticks=4)
    return figure
