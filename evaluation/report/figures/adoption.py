"""When units adopt: how many at each date, and the intervals of dates that are half known."""

from __future__ import annotations

from functools import partial
from typing import Any

from evaluation.report.figures._axes import dashed, number_axis, period_ticks
from evaluation.report.figures.plot import Plot
from evaluation.report.figures.style import BLUE, FONT, INK, ORANGE, SMALL, canvas
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable
from evaluation.report.record import Record

TITLE = "figure.adoption.title"
SECTION = "design"
ORDER = 5
# Up to so many lines have their number of units beside them.
NUMBERED = 30


def plots(record: Record) -> tuple[Plot, ...]:
    """Return the figure of adoption dates under staggered adoption."""
    points = record.observed.get("adoption")
    if points is None or not any(row[2] is not None for row in points.rows):
        return ()
    words = record.words
    counted = "units" if all(row[4] is not None for row in points.rows) else "rows"
    certain, half, never = (
        sum(int(str(row[_at(counted)])) for row in rows)
        for rows in (
            [row for row in points.rows if row[2] is not None and row[2] == row[3]],
            [row for row in points.rows if row[2] is not None and row[2] != row[3]],
            [row for row in points.rows if row[2] is None],
        )
    )
    dated = [row for row in points.rows if row[0] is not None]
    alt = words.text(
        f"figure.adoption.alt_{counted}",
        number=words.count(certain),
        half=words.count(half),
        never=words.count(never),
        first=dashed(dated[0][0]),
        last=dashed(max((row[0] for row in dated), key=str)),
    )
    caption = words.text(f"figure.adoption.caption_{counted}")
    intervals = words.text("figure.adoption.intervals") if half else ""
    cohort = getattr(record.spec.design, "cohort", None)
    earlier = words.text("figure.adoption.before") if getattr(cohort, "before_window", None) else ""
    return (
        Plot(
            "adoption",
            "adoption",
            " ".join(filter(None, (caption, earlier, intervals))),
            alt,
            points,
            partial(draw, counted=counted),
        ),
    )


def _at(counted: str) -> int:
    return 4 if counted == "units" else 5


def draw(points: PointTable, words: Language, *, counted: str) -> Any:
    """Draw a bar a date, and below a line from the earliest to the latest of half-known dates."""
    at = _at(counted)
    known = [row for row in points.rows if row[2] is not None and row[2] == row[3]]
    half = [row for row in points.rows if row[2] is not None and row[2] != row[3]]
    lines = 1.2 if not half else min(14.0, 1.2 + 0.36 * len(half))
    figure, axes = canvas(
        height=4.6 + lines,
        rows=2 if half else 1,
        share_x="col",
        heights=(4.0, lines) if half else None,
    )
    upper = axes[0, 0] if half else axes
    names = _names(points)
    first = min(names)
    upper.bar([row[2] for row in known], [row[at] for row in known], width=0.8, color=BLUE)
    upper.set_ylabel(words.text(f"figure.adoption.{counted}"))
    number_axis(upper.yaxis, words, whole=True)
    if not known:
        upper.set_ylim(0, 1)
    if half:
        lower = axes[1, 0]
        for place, row in enumerate(half):
            end = max(names) + 0.5 if row[3] is None else row[3]
            lower.plot([row[2], end], [place, place], color=ORANGE, linewidth=1.4)
            ends = [row[2]] if row[3] is None else [row[2], row[3]]
            lower.plot(ends, [place] * len(ends), "|", color=INK, markersize=4)
            if len(half) <= NUMBERED:
                lower.annotate(
                    words.count(row[at]), (row[2], place), xytext=(-4, 0), ha="right",
                    va="center", textcoords="offset points", fontsize=SMALL,
                )  # fmt: skip
        lower.set_yticks([])
        lower.set_ylim(len(half) - 0.4, -0.6)
        lower.set_title(
            words.text("figure.adoption.half_known"), fontsize=FONT, fontweight="normal"
        )
    bottom = axes[1, 0] if half else axes
    period_ticks(bottom.xaxis, names)
    bottom.set_xlim(first - 0.8, max(names) + 0.8)
    bottom.set_xlabel(words.text("figure.adoption.date"))
    return figure


def _names(points: PointTable) -> dict[int, str]:
    """Return the printed date by period index."""
    pairs = [(row[2], row[0]) for row in points.rows] + [(row[3], row[1]) for row in points.rows]
    return {int(str(at)): str(name) for at, name in pairs if at is not None}
