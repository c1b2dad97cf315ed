"""Estimates with intervals on lines below each other, one name each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from evaluation.report.figures._axes import number_axis
from evaluation.report.figures.style import (
    BLUE,
    COLUMN,
    HAIRLINE,
    ORANGE,
    PALE,
    canvas,
    titled,
    wrapped,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record

# ``mark`` is 1 for what others are compared with; ``block`` parts groups of lines.
COLUMNS = ("block", "label", "estimate", "conf_low", "conf_high", "mark")
NAMED = 60
TALLEST = 21.0


def row_plot(title: str, value: str, zero: bool = True) -> partial[Any]:
    """Return what draws lines under a title; ``zero`` says whether zero is marked."""
    return partial(draw_rows, title=title, value=value, zero=zero)


def draw_rows(points: PointTable, words: Language, *, title: str, value: str, zero: bool) -> Any:
    """Draw a line for each row, in their order from the top; blocks are parted by space."""
    places = _places(points.column("block"))
    bottom = places[-1] if places else 0.0
    height = min(TALLEST, 2.3 + 0.42 * (bottom + 1))
    figure, axis = canvas(COLUMN, height)
    if zero:
        axis.axvline(0.0, zorder=1, **HAIRLINE)
    for kind, colour, marker in ((0, BLUE, "o"), (1, ORANGE, "D")):
        chosen = [(y, row) for y, row in zip(places, points.rows, strict=True) if row[5] == kind]
        spans = [(y, row) for y, row in chosen if row[3] is not None and row[4] is not None]
        axis.hlines(
            [y for y, _ in spans], [row[3] for _, row in spans], [row[4] for _, row in spans],
            color=colour, linewidth=1.0, zorder=2,
        )  # fmt: skip
        known = [(y, row[2]) for y, row in chosen if row[2] is not None]
        axis.plot(
            [x for _, x in known], [y for y, _ in known], linestyle="none", marker=marker,
            color=colour, markersize=3.8 if len(places) <= NAMED else 1.8, zorder=3,
        )  # fmt: skip
    for y, row in zip(places, points.rows, strict=True):
        if row[2] is None:
            axis.axhspan(y - 0.35, y + 0.35, color=PALE, linewidth=0, zorder=0)
    step = -(-len(places) // NAMED)
    axis.set_yticks(
        places[::step], labels=[wrapped(words.period(row[1]), 30) for row in points.rows[::step]]
    )
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    axis.set_ylim(bottom + 0.7, -0.7)
    titled(axis, title, 36)
    axis.set_xlabel(value)
    number_axis(axis.xaxis, words, ticks=5)
    return figure


def _places(blocks: Sequence[Value]) -> list[float]:
    """Return where lines stand: one apart, blocks a little more."""
    found: list[float] = []
    for at, block in enumerate(blocks):
        step = 1.0 if at and block == blocks[at - 1] else 1.6
        found.append(found[-1] + step if found else 0.0)
    return found


def shown_interval(record: Record, row: Sequence[Any]) -> str:
    """Return a point's estimate and interval as alt texts have them."""
    words, decimals = record.words, record.spec.rounding.estimate
    return words.text(
        "figure.with_interval.both",
        estimate=words.number(row[2], decimals),
        interval=words.interval(row[3], row[4], decimals),
    )
