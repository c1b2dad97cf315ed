"""Effects of every cohort in every period as a grid, those that differ from zero marked."""

from __future__ import annotations

from functools import partial
from typing import Any

from evaluation.report.figures._axes import named_ticks, number_axis
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.figures.style import COLUMN, INK, PAGE, SMALL, canvas, titled
from evaluation.report.language import Language
from evaluation.report.places import is_reference
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label
from evaluation.results import Estimate

TITLE = "figure.att_gt.title"
SECTION = "robustness"
ORDER = 10

COLUMNS = ("cohort", "period", "estimate", "conf_low", "conf_high", "excludes_zero", "after")
# Grids up to this many periods have a number in every cell.
NUMBERED = 12


def plots(record: Record) -> tuple[Plot, ...]:
    """Return a grid for every model and outcome that gives effects by cohort and period."""
    groups: dict[tuple[str, str], list[Estimate]] = {}
    for row in record.estimates:
        blocks = row.estimand == "att_gt" and row.cohort and row.period and not row.subgroup
        if blocks and row.estimate is not None and not is_reference(row):
            groups.setdefault((row.model_id, row.outcome), []).append(row)
    return tuple(_plot(record, *key, rows) for key, rows in groups.items())


def _plot(record: Record, model: str, outcome: str, rows: list[Estimate]) -> Plot:
    words, decimals = record.words, record.spec.rounding.estimate
    points = PointTable(COLUMNS, tuple(_point(row) for row in rows))
    label = outcome_label(record.spec, outcome)
    after = [row for row in points.rows if row[6]]
    values = [float(str(row[2])) for row in after] or [float(str(row[2])) for row in points.rows]
    return Plot(
        plot_name("att_gt", model, outcome),
        "att_gt",
        words.text("figure.att_gt.caption", outcome=label, model=model),
        words.text(
            "figure.att_gt.alt",
            outcome=label,
            number=words.count(len(points)),
            after=words.count(len(after)),
            interval=words.interval(min(values), max(values), decimals),
            excluding=words.count(sum(bool(row[5]) for row in after)),
            before=words.count(sum(bool(row[5]) for row in points.rows if not row[6])),
        ),
        points,
        partial(draw, label=label, decimals=min(decimals, 3)),
    )


def _point(row: Estimate) -> tuple[Value, ...]:
    low, high = row.conf_low, row.conf_high
    outside = None if low is None or high is None else int(low > 0 or high < 0)
    # Periods of one calendar have one form, so that text sorts as time does.
    after = int(_key(row.period) >= _key(row.cohort))
    return (row.cohort, row.period, row.estimate, low, high, outside, after)


def _key(text: object) -> tuple[int, str]:
    return len(str(text)), str(text)


def draw(points: PointTable, words: Language, *, label: str, decimals: int) -> Any:
    """Draw a cell for each cohort and period; the line parts time before from time after."""
    import numpy as np

    cohorts = sorted(set(points.column("cohort")), key=_key)
    periods = sorted(set(points.column("period")), key=_key)
    grid = np.full((len(cohorts), len(periods)), np.nan)
    for row in points.rows:
        grid[cohorts.index(row[0]), periods.index(row[1])] = row[2]
    limit = float(np.nanmax(np.abs(grid))) or 1.0
    wide = len(periods) > NUMBERED
    numbered = len(periods) <= NUMBERED and len(cohorts) <= 2 * NUMBERED
    height = 2.6 + min(14.0, (0.62 if numbered else 0.36) * max(4, len(cohorts)))
    figure, axis = canvas(PAGE if wide or len(periods) > 7 else COLUMN, height)
    shown = axis.imshow(grid, cmap="PuOr", vmin=-limit, vmax=limit, aspect="auto")
    for row in points.rows:
        x, y = periods.index(row[1]), cohorts.index(row[0])
        dark = abs(float(str(row[2]))) > 0.62 * limit
        ink = "white" if dark else INK
        if numbered:
            text = words.number(row[2], decimals)
            weight = "bold" if row[5] else "normal"
            mark = "•" if row[5] else ""
            axis.text(
                x,
                y,
                text + mark,
                ha="center",
                va="center",
                color=ink,
                fontsize=SMALL,
                weight=weight,
            )
        elif row[5]:
            axis.plot([x], [y], "o", color=ink, markersize=1.6)
    _steps(axis, points, cohorts, periods)
    titled(axis, label)
    named_ticks(axis.xaxis, [str(one) for one in periods], 14 if wide else 8)
    named_ticks(axis.yaxis, [str(one) for one in cohorts], 30)
    axis.set_xlabel(words.text("figure.att_gt.period"))
    axis.set_ylabel(words.text("figure.att_gt.cohort"))
    for side in ("left", "bottom"):
        axis.spines[side].set_visible(False)
    axis.tick_params(length=0)
    bar = figure.colorbar(shown, ax=axis, shrink=0.8, aspect=24, pad=0.01)
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)
    number_axis(bar.ax.yaxis, words, ticks=4)
    bar.set_label(words.text("figure.estimate"))
    return figure


def _steps(axis: Any, points: PointTable, cohorts: list[Any], periods: list[Any]) -> None:
    """Draw the line between time before and time after each cohort's adoption."""
    for at, cohort in enumerate(cohorts):
        after = [row[1] for row in points.rows if row[0] == cohort and row[6]]
        before = [row[1] for row in points.rows if row[0] == cohort and not row[6]]
        if after and before:
            x = periods.index(min(after, key=_key)) - 0.5
            axis.plot([x, x], [at - 0.5, at + 0.5], color=INK, linewidth=1.0)
