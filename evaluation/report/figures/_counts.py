"""Shares and numbers by value of a running variable, before the reform and after it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Any

from evaluation.report.figures._axes import number_axis
from evaluation.report.figures._running import in_years, running_axis, running_words
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.figures.style import (
    BLUE,
    COLUMN,
    GREY,
    HAIRLINE,
    canvas,
    legend,
    marker_size,
    titled,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.words import capital
from evaluation.spec.design import RdDesign

COLUMNS = ("series", "period", "x", "count", "rows", "share")
PERIODS = ("before", "after", "all")


def counted(
    record: Record, kind: str, series: str, caption: str, labels: tuple[str, str]
) -> tuple[Plot, ...]:
    """Return the figure of one series of counts, none where nothing was counted.

    Parameters
    ----------
    record
        Of a design with a cutoff.
    kind
        Of figure.
    series
        ``recipients`` or ``entries``; ``rows`` has no shares.
    caption
        What is drawn; ``running`` is filled in.
    labels
        Of the upper panel and of the lower.
    """
    observed, design = record.observed.get("counts"), record.spec.design
    if observed is None or not isinstance(design, RdDesign):
        return ()
    rows = tuple(_rows(observed, series))
    if not rows:
        return ()
    points, words = PointTable(COLUMNS, rows), record.words
    running = running_words(record)
    cutoff = float(design.cutoff)
    parts = [caption, words.text("figure.counts.cutoff", cutoff=words.plain(design.cutoff))]
    if len(set(points.column("period"))) > 1:
        key = "bars" if series == "rows" else "periods"
        parts.append(words.text(f"figure.counts.{key}"))
    alt = [_alt(record, points, period, running, cutoff) for period in _periods(points)]
    return (
        Plot(
            name=plot_name(kind),
            kind=kind,
            caption=" ".join(parts),
            alt=" ".join(alt),
            points=points,
            draw=partial(
                draw,
                title=words.text(f"figure.counts.title.{series}"),
                running=capital(running),
                labels=labels,
                cutoff=cutoff,
                years=in_years(record),
            ),
        ),
    )  # fmt: skip


def _rows(observed: PointTable, series: str) -> Iterator[tuple[Value, ...]]:
    for name, period, x, count, rows in observed.rows:
        if name == series:
            known = isinstance(count, int | float) and isinstance(rows, int | float) and rows > 0
            share = float(str(count)) / float(str(rows)) if known and series != "rows" else None
            yield (name, period, x, count, rows, share)


def _periods(points: PointTable) -> list[str]:
    found = set(points.column("period"))
    return [one for one in PERIODS if one in found]


def _alt(record: Record, points: PointTable, period: str, running: str, cutoff: float) -> str:
    words, rows = record.words, [row for row in points.rows if row[1] == period]
    below = [row for row in rows if float(str(row[2])) < cutoff]
    above = [row for row in rows if float(str(row[2])) >= cutoff]

    def told(row: tuple[Value, ...] | None) -> str:
        return words.count(None if row is None else row[3])

    return words.text(
        "figure.counts.alt",
        period=words.text(f"figure.counts.{period}"),
        count=words.count(sum(int(str(row[3])) for row in rows)),
        places=words.count(len(rows)),
        running=running,
        last=told(below[-1] if below else None),
        first=told(above[0] if above else None),
    )


def draw(
    points: PointTable,
    words: Language,
    *,
    title: str,
    running: str,
    labels: tuple[str, str],
    cutoff: float,
    years: bool = False,
) -> Any:
    """Draw shares as points and numbers as bars below; numbers alone where there are no shares."""
    shares = any(value is not None for value in points.column("share"))
    figure, axes = canvas(
        COLUMN, 6.6 if shares else 5.0, rows=2 if shares else 1, columns=1, share_x=True,
        heights=(2.2, 1.0) if shares else None,
    )  # fmt: skip
    upper, lower = (axes[0, 0], axes[1, 0]) if shares else (axes, axes)
    size = marker_size(len(points) // 2)
    handles = []
    for period in _periods(points):
        rows = [row for row in points.rows if row[1] == period]
        if shares:
            hollow = period == "before"
            (drawn,) = upper.plot(
                [row[2] for row in rows], [row[5] for row in rows], linestyle="none",
                marker="s" if hollow else "o", color=GREY if hollow else BLUE,
                markerfacecolor="white" if hollow else BLUE, markersize=size,
                markeredgewidth=0.6, zorder=3 if hollow else 4,
            )  # fmt: skip
            handles.append((drawn, words.text(f"figure.counts.{period}")))
    last = [row for row in points.rows if row[1] == _periods(points)[-1]]
    places = [float(str(row[2])) for row in last]
    width = min((b - a for a, b in pairwise(sorted(set(places)))), default=1.0)
    numbers = [row[3] if row[0] == "entries" else row[4] for row in last]
    lower.bar(places, numbers, 0.85 * width, color=BLUE, alpha=0.45, linewidth=0)
    for axis in {upper, lower}:
        axis.axvline(cutoff, linestyle=":", zorder=1, **HAIRLINE)
    if shares:
        upper.set_ylabel(labels[0])
        number_axis(upper.yaxis, words)
        upper.set_ylim(bottom=0)
    lower.set_ylabel(labels[1])
    number_axis(lower.yaxis, words, whole=True, ticks=3 if shares else 5)
    titled(upper, title)
    lower.set_xlabel(running)
    running_axis(lower.xaxis, words, years=years)
    if len(handles) > 1:
        legend(figure, handles)
    return figure
