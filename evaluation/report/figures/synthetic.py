"""One treated unit and its synthetic stand-in: both paths, and the gap among placebos."""

from __future__ import annotations

from functools import partial
from typing import Any

from evaluation.estimators.contract import event_label
from evaluation.report.figures._axes import number_axis
from evaluation.report.figures._path import capital, time_words
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.figures.style import (
    BLUE,
    DASHES,
    HAIRLINE,
    INK,
    ORANGE,
    canvas,
    legend,
    titled,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable
from evaluation.report.record import Record
from evaluation.report.words import outcome_label
from evaluation.spec.design import SingleUnitDesign

TITLE = "figure.synthetic.title"
SECTION = "main"
ORDER = 20

LABEL = event_label(0).removesuffix("0")
PATHS = ("treated", "synthetic")
BANDS = ("placebo_lowest", "placebo_highest", "placebo_low", "placebo_high")


def plots(record: Record) -> tuple[Plot, ...]:
    """Return the paths and the gap of every model and outcome with a synthetic unit."""
    if not isinstance(record.spec.design, SingleUnitDesign):
        return ()
    places = dict.fromkeys(
        (row.model_id, row.outcome) for row in record.details if row.name == "synthetic"
    )
    found: dict[tuple[str, PointTable], Plot] = {}
    for model, outcome in places:
        for plot in (_paths(record, model, outcome), _effects(record, model, outcome)):
            # A model asked for its path as well as for its average has one picture.
            found.setdefault((outcome, plot.points), plot)
    return tuple(found.values())


def _points(record: Record, model: str, outcome: str, names: tuple[str, ...]) -> PointTable:
    """Return named details of every event time, rising."""
    times = sorted(
        int(row.term.removeprefix(LABEL))
        for row in record.details
        if (row.model_id, row.outcome, row.name) == (model, outcome, "synthetic")
    )
    rows = []
    for time in times:
        values = [record.detail(model, outcome, name, event_label(time)) for name in names]
        rows.append(
            (time, *(float(one) if isinstance(one, int | float) else None for one in values))
        )
    return PointTable(("event_time", *names), tuple(rows))


def _paths(record: Record, model: str, outcome: str) -> Plot:
    points = _points(record, model, outcome, PATHS)
    words, decimals = record.words, record.spec.rounding.estimate
    label, time = outcome_label(record.spec, outcome), time_words(record, model)
    ends = [
        words.text(
            "figure.synthetic.both",
            treated=words.number(row[1], decimals),
            synthetic=words.number(row[2], decimals),
            time=words.plain(int(str(row[0]))),
        )
        for row in (points.rows[0], points.rows[-1])
    ]
    return Plot(
        plot_name("synthetic_path", model, outcome),
        "synthetic",
        words.text("figure.synthetic.paths", outcome=label, time=time, model=model),
        words.text("figure.synthetic.paths_alt", outcome=label, first=ends[0], last=ends[1]),
        points,
        partial(draw_paths, label=label, time=capital(time)),
    )


def _effects(record: Record, model: str, outcome: str) -> Plot:
    points = _points(record, model, outcome, ("effect", *BANDS))
    words, decimals = record.words, record.spec.rounding.estimate
    label, time = outcome_label(record.spec, outcome), time_words(record, model)
    donors = record.detail(model, outcome, "donors")
    last = points.rows[-1]
    return Plot(
        plot_name("synthetic_effects", model, outcome),
        "synthetic",
        words.text(
            "figure.synthetic.effects",
            outcome=label, time=time, model=model, donors=words.count(donors),
        ),
        words.plural(
            "figure.synthetic.effects_alt",
            len(points),
            outcome=label,
            time=time,
            last=words.number(last[1], decimals),
            interval=words.interval(last[2], last[3], decimals),
        ),
        points,
        partial(draw_effects, label=label, time=capital(time)),
    )  # fmt: skip


def draw_paths(points: PointTable, words: Language, *, label: str, time: str) -> Any:
    """Draw the treated unit and its synthetic stand-in."""
    figure, axis = canvas()
    axis.axvline(-0.5, linestyle=":", **HAIRLINE)
    times = points.column("event_time")
    looks = (("treated", INK, DASHES[0]), ("synthetic", ORANGE, DASHES[1]))
    handles = []
    for name, colour, dash in looks:
        (line,) = axis.plot(times, _floats(points, name), color=colour, linestyle=dash)
        handles.append((line, words.text(f"figure.synthetic.{name}")))
    axis.set_ylabel(words.text("figure.mean"))
    return _finished(figure, axis, words, handles, label, time)


def draw_effects(points: PointTable, words: Language, *, label: str, time: str) -> Any:
    """Draw the gap by event time, and the range of placebo gaps behind it."""
    figure, axis = canvas()
    axis.axhline(0.0, **HAIRLINE)
    axis.axvline(-0.5, linestyle=":", **HAIRLINE)
    times = points.column("event_time")
    (line,) = axis.plot(times, _floats(points, "effect"), color=INK, zorder=3)
    handles = [(line, words.text("figure.synthetic.treated"))]
    for low, high, shade, name in (
        ("placebo_low", "placebo_high", 0.32, "most"),
        ("placebo_lowest", "placebo_highest", 0.14, "all"),
    ):
        filled = axis.fill_between(
            times, _floats(points, low), _floats(points, high),
            color=BLUE, alpha=shade, linewidth=0, zorder=1,
        )  # fmt: skip
        handles.append((filled, words.text(f"figure.synthetic.{name}")))
    axis.set_ylabel(words.text("figure.synthetic.gap"))
    return _finished(figure, axis, words, handles, label, time)


def _floats(points: PointTable, name: str) -> list[float]:
    """Return a column as numbers, not a number where there is none."""
    return [float("nan") if value is None else float(value) for value in points.column(name)]


def _finished(
    figure: Any, axis: Any, words: Language, handles: list[Any], label: str, time: str
) -> Any:
    titled(axis, label)
    axis.set_xlabel(time)
    number_axis(axis.xaxis, words, whole=True, ticks=10)
    number_axis(axis.yaxis, words)
    legend(figure, handles)
    return figure
