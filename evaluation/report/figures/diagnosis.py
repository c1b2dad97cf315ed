"""Bias and coverage of every model over synthetic worlds, with Monte Carlo intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

from evaluation.report.diagnosed import FAILING, number_words
from evaluation.report.figures._axes import number_axis
from evaluation.report.figures.plot import Plot
from evaluation.report.figures.style import (
    COLOURS,
    HAIRLINE,
    MARKERS,
    PAGE,
    PALE,
    canvas,
    legend,
    titled,
    wrapped,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.results import Diagnosis

TITLE = "figure.diagnosis.title"
SECTION: Literal["checks"] = "checks"
ORDER = 90
COLUMNS = (
    "world", "model", "number", "replications", "bias", "bias_low", "bias_high", "coverage",
    "coverage_low", "coverage_high",
)  # fmt: skip
NORMAL = 1.959963984540054
SMALL, CONFIDENCE = 0.15, 0.95
# More lines than this cannot be read at the height of a page.
MOST = 60


def plots(record: Record) -> tuple[Plot, ...]:
    """Return the figure where the spec's design was diagnosed."""
    return diagnosis_plots(record.diagnoses, record.words)


def diagnosis_plots(rows: Sequence[Diagnosis], words: Language) -> tuple[Plot, ...]:
    """Return the figure of diagnoses; none where no number has a truth to be judged by."""
    judged = [row for row in rows if row.bias_in_std_errors is not None]
    shown = [row for row in judged if not row.term] or judged
    shown = shown[:MOST]
    if not shown:
        return ()
    points = PointTable(COLUMNS, tuple(_point(row, words) for row in shown))
    worlds = words.listed(dict.fromkeys(row.world for row in shown))
    caption = words.text("figure.diagnosis.caption", worlds=worlds)
    return (Plot("diagnosis", "diagnosis", caption, _alt(shown, caption, words), points, draw),)


def _point(row: Diagnosis, words: Language) -> tuple[Value, ...]:
    bias, half = row.bias_in_std_errors or 0.0, NORMAL * (row.bias_in_std_errors_error or 0.0)
    used = row.replications - row.failed
    low, high = wilson(row.coverage, used)
    return (
        row.world, row.model_id, number_words(row, words), used, bias, bias - half, bias + half,
        row.coverage, low, high,
    )  # fmt: skip


def wilson(share: float | None, count: int) -> tuple[float | None, float | None]:
    """Return Wilson's 95 per cent interval of a share of ``count``."""
    if share is None or count == 0:
        return None, None
    square = NORMAL**2 / count
    centre = (share + square / 2.0) / (1.0 + square)
    half = math.sqrt(share * (1.0 - share) * square + square**2 / 4.0) / (1.0 + square)
    return max(centre - half, 0.0), min(centre + half, 1.0)


def _alt(shown: Sequence[Diagnosis], caption: str, words: Language) -> str:
    failing = [row for row in shown if row.verdict in FAILING]
    told = words.plural(
        "figure.diagnosis.failing", len(failing), all=words.count(len(shown)),
    )  # fmt: skip
    worst = max(shown, key=lambda row: abs(row.bias_in_std_errors or 0.0))
    largest = words.text(
        "figure.diagnosis.largest",
        bias=words.signed(worst.bias_in_std_errors or 0.0, 2),
        model=worst.model_id,
        number=number_words(worst, words),
        world=worst.world,
    )
    return f"{caption} {told} {largest}"


def draw(points: PointTable, words: Language) -> Any:
    """Draw bias on the left and coverage on the right, one line for each model and number."""
    lines = list(dict.fromkeys(zip(points.column("model"), points.column("number"), strict=True)))
    worlds = list(dict.fromkeys(points.column("world")))
    height = min(2.6 + len(lines) * (0.45 + 0.22 * len(worlds)), 22.0)
    figure, axes = canvas(PAGE, height, columns=2, share_y=True)
    left, right = axes[0]
    left.axvspan(-SMALL, SMALL, color=PALE, linewidth=0, zorder=0)
    left.axvline(0.0, zorder=1, **HAIRLINE)
    right.axvline(CONFIDENCE, zorder=1, **HAIRLINE)
    handles = []
    for at, world in enumerate(worlds):
        shift = 0.0 if len(worlds) == 1 else 0.6 * (at / (len(worlds) - 1) - 0.5)
        rows = [row for row in points.rows if row[0] == world]
        places = [lines.index((row[1], row[2])) + shift for row in rows]
        handles.append((_series(left, rows, places, 4, at), str(world)))
        _series(right, rows, places, 7, at)
    names = [wrapped(f"{model}: {number}", 28) for model, number in lines]
    left.set_yticks(range(len(lines)), labels=names)
    left.set_ylim(len(lines) - 0.5, -0.5)
    titled(left, words.text("figure.diagnosis.bias"))
    titled(right, words.text("figure.diagnosis.coverage"))
    left.set_xlabel(words.text("figure.diagnosis.bias_axis"))
    right.set_xlabel(words.text("figure.diagnosis.coverage_axis"))
    number_axis(left.xaxis, words)
    number_axis(right.xaxis, words)
    legend(figure, handles)
    return figure


def _series(axis: Any, rows: list[Any], places: list[float], first: int, at: int) -> Any:
    """Draw one world's points and Monte Carlo intervals, from three columns of the table."""
    colour = COLOURS[at % len(COLOURS)]
    known = [
        (row, place) for row, place in zip(rows, places, strict=True) if row[first] is not None
    ]
    axis.hlines(
        [place for _, place in known],
        [row[first + 1] for row, _ in known],
        [row[first + 2] for row, _ in known],
        color=colour, linewidth=1.2, zorder=3,
    )  # fmt: skip
    (handle,) = axis.plot(
        [row[first] for row, _ in known], [place for _, place in known],
        linestyle="none", marker=MARKERS[at % len(MARKERS)], color=colour,
        markeredgecolor="white", markeredgewidth=0.3, zorder=4,
    )  # fmt: skip
    return handle
