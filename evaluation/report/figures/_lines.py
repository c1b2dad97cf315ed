"""Means by period as lines, one a group: raw trends and first stages."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

from evaluation.report.figures._axes import dashed, number_axis, period_ticks
from evaluation.report.figures.style import (
    COLOURS,
    DASHES,
    HAIRLINE,
    MARKERS,
    PALE,
    canvas,
    legend,
    marker_size,
    titled,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable
from evaluation.report.record import Record

Lines = dict[str, list[tuple[Any, ...]]]


def line_name(words: Language, group: object, first: object, last: object) -> str:
    """Return a group as its legend has it: ``Adopt 2014Q1 to 2015Q2``."""
    if first is None:
        return words.text(f"figure.group.{group}")
    if first == last:
        return words.text("figure.group.date", date=dashed(first))
    return words.text("figure.group.wave", first=dashed(first), last=dashed(last))


def lines_of(points: PointTable, words: Language) -> Lines:
    """Return rows by the name of their line, in the order of the points."""
    found: Lines = {}
    for row in points.rows:
        found.setdefault(line_name(words, *row[:3]), []).append(row)
    return found


def lines_alt(record: Record, points: PointTable) -> str:
    """Return every line's first and last mean."""
    words, decimals = record.words, record.spec.rounding.estimate
    return " ".join(
        words.text(
            "figure.lines.alt",
            group=name,
            first=words.number(rows[0][5], decimals),
            start=words.period(dashed(rows[0][3])),
            last=words.number(rows[-1][5], decimals),
            end=words.period(dashed(rows[-1][3])),
        )
        for name, rows in lines_of(points, words).items()
    )


def line_plot(label: str, value: str, gaps: bool) -> partial[Any]:
    """Return what draws lines under a title; ``gaps`` says whether periods were left out."""
    return partial(draw_lines, label=label, value=value, gaps=gaps)


def draw_lines(points: PointTable, words: Language, *, label: str, value: str, gaps: bool) -> Any:
    """Draw every group's means; a dotted line stands before the first treated period."""
    figure, axis = canvas()
    names = {int(str(row[4])): str(row[3]) for row in points.rows}
    places = sorted(names)
    if gaps:
        _shade(axis, places)
    begins = shared_start(points)
    if begins is not None:
        axis.axvline(begins - 0.5, linestyle=":", **HAIRLINE)
    handles = []
    for at, (name, rows) in enumerate(lines_of(points, words).items()):
        colour, dash, marker = (kinds[at % len(kinds)] for kinds in (COLOURS, DASHES, MARKERS))
        x, y = _broken([(int(row[4]), float(row[5])) for row in rows])
        size = marker_size(len(rows)) * 0.75
        (line,) = axis.plot(
            x, y, color=colour, linestyle=dash, marker=marker, markersize=size, linewidth=1.0,
            markevery=max(1, len(x) // 24),
        )  # fmt: skip
        handles.append((line, name))
    titled(axis, label)
    axis.set_ylabel(value)
    period_ticks(axis.xaxis, names)
    number_axis(axis.yaxis, words)
    legend(figure, handles, columns=2)
    return figure


def shared_start(points: PointTable) -> int | None:
    """Return the first treated period, ``None`` where groups begin at different ones."""
    if any(value is not None for value in points.column("first")):
        return None
    return min((int(str(row[4])) for row in points.rows if row[7]), default=None)


def _shade(axis: Any, places: list[int]) -> None:
    """Shade the periods that were left out."""
    for before, after in pairwise(places):
        if after - before > 1:
            axis.axvspan(before + 0.5, after - 0.5, color=PALE, linewidth=0, zorder=0)


def _broken(points: list[tuple[int, float]]) -> tuple[list[float], list[float]]:
    """Return x and y with a break where periods are missing."""
    step = min((b[0] - a[0] for a, b in pairwise(points)), default=1)
    x: list[float] = []
    y: list[float] = []
    for at, (place, value) in enumerate(points):
        if at and place - points[at - 1][0] > step:
            x.append(place - step / 2)
            y.append(float("nan"))
        x.append(place)
        y.append(value)
    return x, y
