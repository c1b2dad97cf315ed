"""Estimates by event time with pointwise intervals and uniform bands, several models overlaid."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from evaluation.estimators.contract import event_label
from evaluation.report.figures._axes import number_axis
from evaluation.report.figures._path import band_of, capital, references_of, rows_of, time_words
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.figures.style import (
    COLOURS,
    COLUMN,
    HAIRLINE,
    INK,
    MARKERS,
    PAGE,
    PALE,
    canvas,
    legend,
    marker_size,
    titled,
)
from evaluation.report.language import Language
from evaluation.report.places import is_reference
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label
from evaluation.spec.design import SingleUnitDesign

TITLE = "figure.event_study.title"
SECTION = "main"
ORDER = 10

COLUMNS = (
    "model", "event_time", "estimate", "std_error", "conf_low", "conf_high",
    "uniform_low", "uniform_high", "reference", "truth",
)  # fmt: skip
TOGETHER = len(COLOURS) - 1
# More points than this have no room beside each other in one column.
CROWDED = 36


def plots(record: Record) -> tuple[Plot, ...]:
    """Return one figure an outcome; models that count time alike stand in one."""
    groups: dict[tuple[str, str], list[str]] = {}
    places = dict.fromkeys(
        (row.model_id, row.outcome)
        for row in record.estimates
        if row.estimand == "att_by_event_time" and row.event_time is not None
    )
    for model, outcome in places:
        if _has_path(record, model, outcome):
            groups.setdefault((outcome, time_words(record, model)), []).append(model)
    found: list[Plot] = []
    for (outcome, time), models in groups.items():
        for first in range(0, len(models), TOGETHER):
            chosen = models[first : first + TOGETHER]
            alone = sum(key[0] == outcome for key in groups) == 1 and len(models) <= TOGETHER
            found.append(_plot(record, outcome, time, chosen, "" if alone else chosen[0]))
    return tuple(found)


def _has_path(record: Record, model_id: str, outcome: str) -> bool:
    # One treated unit has a figure of its own, with its placebos.
    if isinstance(record.spec.design, SingleUnitDesign):
        return False
    return any(not is_reference(row) for row in rows_of(record, model_id, outcome))


def _plot(record: Record, outcome: str, time: str, models: list[str], mark: str) -> Plot:
    points = PointTable(
        COLUMNS, tuple(row for model in models for row in _rows(record, model, outcome))
    )
    label = outcome_label(record.spec, outcome)
    return Plot(
        name=plot_name("event_study", mark, outcome),
        kind="event_study",
        caption=_caption(record, label, time, models, points),
        alt=_alt(record, label, time, models, points),
        points=points,
        draw=partial(draw, label=label, time=capital(time)),
    )


def _rows(record: Record, model: str, outcome: str) -> Iterator[tuple[Value, ...]]:
    references = references_of(record, model, outcome)
    rows = {
        row.event_time: row for row in rows_of(record, model, outcome) if row.event_time is not None
    }
    for at in sorted({*rows, *references}):
        row = rows.get(at)
        if at in references or row is None:
            yield (model, at, 0.0, None, None, None, None, None, 1, None)
            continue
        low, high = band_of(record, row) or (None, None)
        truth = record.detail(model, outcome, "truth", event_label(at))
        ends = (row.estimate, row.std_error, row.conf_low, row.conf_high)
        yield (model, at, *ends, low, high, 0, truth if isinstance(truth, float) else None)


def _caption(record: Record, label: str, time: str, models: list[str], points: PointTable) -> str:
    words = record.words
    parts = [words.plural("figure.event_study.models", len(models), models=words.listed(models))]
    if any(value is not None for value in points.column("uniform_low")):
        parts.append(words.text("figure.event_study.bands"))
    else:
        parts.append(words.text("figure.event_study.intervals"))
    stated = sorted({int(str(row[1])) for row in points.rows if row[8]})
    if stated:
        times = words.listed([words.plain(one) for one in stated])
        parts.append(words.text("figure.event_study.reference", times=times))
    if _shows_truth(points):
        parts.append(words.text("figure.event_study.truth"))
    first = words.text("figure.event_study.caption", outcome=label, time=time)
    return " ".join((first, *parts))


def _alt(record: Record, label: str, time: str, models: list[str], points: PointTable) -> str:
    words, decimals = record.words, record.spec.rounding.estimate
    parts = [words.text("figure.event_study.caption", outcome=label, time=time)]
    for model in models:
        rows = [row for row in points.rows if row[0] == model and not row[8]]
        ends = [
            words.text(
                "figure.event_study.at",
                estimate=words.number(row[2], decimals),
                interval=words.interval(row[4], row[5], decimals),
                time=words.plain(int(str(row[1]))),
            )
            for row in (rows[0], rows[-1])
        ]
        parts.append(
            words.plural(
                "figure.event_study.alt", len(rows), model=model, first=ends[0], last=ends[1]
            )
        )
    return " ".join(parts)


def _shows_truth(points: PointTable) -> bool:
    alone = len(set(points.column("model"))) == 1
    return alone and any(value is not None for value in points.column("truth"))


def draw(points: PointTable, words: Language, *, label: str, time: str) -> Any:
    """Draw estimates by event time: thick lines are pointwise, thin ones uniform."""
    models = list(dict.fromkeys(points.column("model")))
    figure, axis = canvas(PAGE if len(models) > 1 and len(points) > CROWDED else COLUMN)
    times = [int(str(one)) for one in points.column("event_time")]
    if min(times) < 0:
        axis.axvspan(min(times) - 0.6, -0.5, color=PALE, linewidth=0, zorder=0)
    axis.axhline(0.0, zorder=1, **HAIRLINE)
    axis.axvline(-0.5, linestyle=":", zorder=1, **HAIRLINE)
    size = marker_size(len(set(times)) * (1 + len(models)) // 4)
    handles = []
    for at, model in enumerate(models):
        rows = [row for row in points.rows if row[0] == model]
        shift = 0.0 if len(models) == 1 else 0.64 * (at / (len(models) - 1) - 0.5)
        thick = 1.7 if len(models) == 1 else 1.2
        handles.append((_series(axis, rows, at, shift, size, thick), str(model)))
    if _shows_truth(points):
        known = [(row[1], row[9]) for row in points.rows if row[9] is not None]
        (drawn,) = axis.plot(
            *zip(*known, strict=True), "_", color=INK, markersize=6, markeredgewidth=0.9, zorder=5
        )
        handles.append((drawn, words.text("figure.event_study.truth_short")))
    axis.set_xlim(min(times) - 0.6, max(times) + 0.6)
    titled(axis, label)
    axis.set_xlabel(time)
    axis.set_ylabel(words.text("figure.estimate"))
    number_axis(axis.xaxis, words, whole=True, ticks=10)
    number_axis(axis.yaxis, words)
    if len(handles) > 1:
        legend(figure, handles, columns=6 if len(points) > CROWDED else 3)
    return figure


def _series(axis: Any, rows: list[Any], at: int, shift: float, size: float, thick: float) -> Any:
    """Draw one model's bands, intervals and points, the reference hollow."""
    colour, marker = COLOURS[at], MARKERS[at]
    for low, high, width in ((6, 7, 0.5), (4, 5, thick)):
        known = [row for row in rows if row[low] is not None and row[high] is not None]
        places = [row[1] + shift for row in known]
        ends = [row[low] for row in known], [row[high] for row in known]
        axis.vlines(places, *ends, color=colour, linewidth=width * min(1.0, size / 3), zorder=3)
    shown = [row for row in rows if not row[8]]
    (handle,) = axis.plot(
        [row[1] + shift for row in shown], [row[2] for row in shown],
        linestyle="none", marker=marker, color=colour, markersize=size,
        markeredgecolor="white", markeredgewidth=0.3, zorder=4,
    )  # fmt: skip
    hollow = [row for row in rows if row[8]]
    axis.plot(
        [row[1] + shift for row in hollow], [row[2] for row in hollow],
        linestyle="none", marker=marker, markerfacecolor="white", markeredgecolor=colour,
        markersize=size, markeredgewidth=0.8, zorder=4,
    )  # fmt: skip
    return handle
