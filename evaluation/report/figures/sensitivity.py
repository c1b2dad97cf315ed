"""Intervals that allow for violations of parallel trends, by the size of the violation."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import isfinite
from typing import Any

from evaluation.report.figures._axes import number_axis
from evaluation.report.figures._checked import checked, number
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.figures.style import (
    BLUE,
    HAIRLINE,
    INK,
    ORANGE,
    SMALL,
    canvas,
    titled,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label

TITLE = "figure.sensitivity.title"
SECTION = "checks"
ORDER = 5

KIND = "trend_sensitivity"
COLUMNS = ("kind", "size", "estimate", "conf_low", "conf_high")
BREAKDOWN = "breakdown"
# Between the symbol of a size and its value in a term: ``M = 0.5``.
SAYS = " = "
NORMAL = 1.959963984540054
Terms = dict[str, dict[str, object]]


def plots(record: Record) -> tuple[Plot, ...]:
    """Return one figure for each model and outcome whose trend may be violated."""
    places: dict[tuple[str, str, str], Terms] = {}
    for place, named in checked(record, KIND).items():
        key = (place.check, place.model, place.outcome)
        places.setdefault(key, {})[place.term] = named
    found = (_plot(record, *key, terms) for key, terms in places.items())
    return tuple(plot for plot in found if plot is not None)


def _plot(record: Record, name: str, model: str, outcome: str, terms: Terms) -> Plot | None:
    words, decimals = record.words, record.spec.rounding.estimate
    rows = tuple(_rows(terms))
    robust = [row for row in rows if row[0] == "robust"]
    if not robust:
        return None
    symbol = next(term for term in terms if SAYS in term).partition(SAYS)[0]
    label = outcome_label(record.spec, outcome)
    told = [
        words.text(
            "figure.sensitivity.at",
            symbol=symbol,
            size=words.plain(float(str(row[1]))),
            interval=words.interval(row[3], row[4], decimals),
        )
        for row in robust
    ]
    kind = str(terms.get(BREAKDOWN, {}).get("restriction", "smoothness"))
    caption = words.text(f"figure.sensitivity.{kind}", outcome=label, model=model, symbol=symbol)
    return Plot(
        plot_name("sensitivity", name if name != KIND else "", model, outcome),
        "sensitivity",
        f"{caption} {words.text('figure.sensitivity.lines')}",
        f"{label}: {'; '.join(told)}. {_ending(words, rows, symbol)}",
        PointTable(COLUMNS, rows),
        partial(draw, label=label, symbol=symbol),
    )


def _rows(terms: Terms) -> Iterator[tuple[Value, ...]]:
    """Yield the usual interval, one for each size, and the largest size that excludes zero."""
    sized = [term for term in terms if SAYS in term]
    if sized:
        estimate, error = (number(terms[sized[0]].get(key)) for key in ("estimate", "std_error"))
        if estimate is not None and error is not None:
            yield ("original", None, estimate, estimate - NORMAL * error, estimate + NORMAL * error)
    for term in sized:
        ends = (_finite(terms[term].get(end)) for end in ("conf_low", "conf_high"))
        yield ("robust", float(term.partition(SAYS)[2]), None, *ends)
    largest = _finite(terms.get(BREAKDOWN, {}).get(BREAKDOWN))
    if largest is not None:
        yield (BREAKDOWN, largest, None, None, None)


def _ending(words: Language, rows: tuple[tuple[Value, ...], ...], symbol: str) -> str:
    """Return up to which size intervals exclude zero."""
    largest = next((float(str(row[1])) for row in rows if row[0] == BREAKDOWN), None)
    if largest is not None:
        size = words.plain(largest, 4)
        return words.text("figure.sensitivity.breakdown", symbol=symbol, size=size)
    robust: list[Any] = [row for row in rows if row[0] == "robust"]
    known = all(row[3] is not None and row[4] is not None for row in robust)
    outside = known and all(row[3] > 0 or row[4] < 0 for row in robust)
    return words.text(f"figure.sensitivity.{'every' if outside else 'none'}", symbol=symbol)


def _finite(value: object) -> float | None:
    found = number(value)
    return found if found is not None and isfinite(found) else None


def draw(points: PointTable, words: Language, *, label: str, symbol: str) -> Any:
    """Draw the usual interval, then one for each size of violation, evenly spaced."""
    figure, axis = canvas()
    axis.axhline(0.0, zorder=1, **HAIRLINE)
    shown: list[Any] = [row for row in points.rows if row[0] != BREAKDOWN]
    sizes = [float(str(row[1])) for row in shown if row[1] is not None]
    names = []
    for at, row in enumerate(shown):
        own = row[0] == "original"
        colour = ORANGE if own else BLUE
        if row[3] is not None and row[4] is not None:
            axis.errorbar(
                [at], [(row[3] + row[4]) / 2], yerr=[(row[4] - row[3]) / 2], fmt="none",
                ecolor=colour, elinewidth=1.3, capsize=2.5, capthick=1.0, zorder=2,
            )  # fmt: skip
        if row[2] is not None:
            axis.plot([at], [row[2]], "D", color=colour, markersize=3.8, zorder=3)
        usual = words.text("figure.sensitivity.original")
        names.append(usual if own else words.plain(float(str(row[1])), 4))
    largest = [float(str(row[1])) for row in points.rows if row[0] == BREAKDOWN]
    shift = len(shown) - len(sizes)
    if largest and sizes and sizes[0] <= largest[0] <= sizes[-1] and sorted(sizes) == sizes:
        import numpy as np

        x = float(np.interp(largest[0], sizes, range(len(sizes)))) + shift
        axis.axvline(x, color=INK, linewidth=0.8, linestyle="--", zorder=1)
        axis.annotate(
            words.text("figure.sensitivity.breakdown_short", size=words.plain(largest[0], 3)),
            (x, 1.0), xycoords=("data", "axes fraction"), xytext=(3, -2),
            textcoords="offset points", va="top", fontsize=SMALL,
        )  # fmt: skip
    step = -(-len(names) // 12)
    axis.set_xticks(range(0, len(names), step), labels=names[::step])
    axis.set_xlim(-0.6, len(names) - 0.4)
    titled(axis, label)
    axis.set_xlabel(words.text("figure.sensitivity.size", symbol=symbol))
    axis.set_ylabel(words.text("figure.estimate"))
    number_axis(axis.yaxis, words)
    return figure
