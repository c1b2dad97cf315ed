"""Numbers of several specs on one axis: what different designs say of one question."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from evaluation.inference.intervals import interval
from evaluation.report.across import Compared
from evaluation.report.concordance import SIDE_BY_SIDE, Reported
from evaluation.report.figures._axes import number_axis
from evaluation.report.figures._down import name_rows
from evaluation.report.figures._estimates import drawn_rows, table
from evaluation.report.figures.plot import Plot
from evaluation.report.figures.style import (
    BLUE,
    GREY,
    HAIRLINE,
    HEIGHT,
    ORANGE,
    PAGE,
    PALE,
    canvas,
    titled,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.words import capital, spaced, verdict_words

TITLE = "figure.concordance.title"
SECTION = "robustness"
ORDER = 90

DECIMALS = 4


def plots(record: Record) -> tuple[Plot, ...]:
    """Return nothing: one record has nothing to be compared with."""
    del record
    return ()


def concordance_plot(compared: Sequence[Compared], words: Language) -> Plot:
    """Return the figure of every comparison across specs.

    Parameters
    ----------
    compared
        Pairs of numbers with what was found, as ``across`` gives them.
    words
        The language of labels and numbers.
    """
    points = table(row for at, one in enumerate(compared) for row in _rows(at, one, words))
    text = words.text("figure.concordance.caption")
    told = [
        words.text(
            "figure.concordance.one", label=row["label"],
            estimate=words.number(row["estimate"], DECIMALS),
        )
        for row in drawn_rows(points)
    ]  # fmt: skip
    return Plot(
        name="concordance",
        kind="concordance",
        caption=text,
        alt=f"{words.listed(told)}." if told else words.text("figure.concordance.none"),
        points=points,
        draw=partial(
            draw,
            title=words.text(TITLE),
            verdicts={str(at): verdict_words(one.check.verdict, words)
                      for at, one in enumerate(compared)},
        ),
    )  # fmt: skip


def _rows(at: int, one: Compared, words: Language) -> Iterator[tuple[Value, ...]]:
    mark = "apart" if one.check.verdict == SIDE_BY_SIDE else "tested"
    outcome = _named(one.check.outcome, words)
    yield (str(at), *_number(one.own, outcome, words), one.check.p_value, mark)
    if one.other is None:
        label = words.text("figure.concordance.missing", outcome=outcome, place=one.check.term)
        yield (str(at), label, None, None, None, None, None, None, mark)
        return
    yield (str(at), *_number(one.other, outcome, words), one.check.p_value, mark)


def _named(outcome: str, words: Language) -> str:
    key = f"column.{outcome}"
    return capital(words.text(key) if key in words else spaced(outcome))


def _number(one: Reported, outcome: str, words: Language) -> tuple[Value, ...]:
    label = words.text(
        "figure.concordance.row",
        outcome=outcome,
        spec=one.spec_id,
        model=one.model_id,
        estimand=one.estimand,
    )
    ends: tuple[float | None, float | None] = (None, None)
    if one.estimate is not None and one.std_error:
        found = interval(one.estimate, one.std_error)
        ends = (found.low, found.high)
    return (label, None, one.estimate, one.std_error, *ends)


def draw(points: PointTable, words: Language, *, title: str, verdicts: dict[str, str]) -> Any:
    """Draw pairs one under another, shaded in turn; own numbers are round, others square."""
    rows = drawn_rows(points)
    figure, axis = canvas(PAGE * 0.85, max(HEIGHT * 0.7, 1.8 + 0.72 * len(rows)))
    axis.axvline(0.0, zorder=1, **HAIRLINE)
    pairs = list(dict.fromkeys(row["series"] for row in rows))
    for at, row in enumerate(rows):
        own = next(other for other in rows if other["series"] == row["series"]) is row
        colour = GREY if row["mark"] == "apart" else BLUE if own else ORANGE
        if row["conf_low"] is not None and row["conf_high"] is not None:
            axis.hlines([at], [row["conf_low"]], [row["conf_high"]], color=colour, linewidth=1.1,
                        zorder=3)  # fmt: skip
        if row["estimate"] is None:
            axis.plot([0.0], [at], "x", color=GREY, markersize=3, zorder=4)
        else:
            axis.plot([row["estimate"]], [at], linestyle="none", marker="o" if own else "s",
                      color=colour, markersize=3.5, zorder=4)  # fmt: skip
    for at, pair in enumerate(pairs):
        places = [place for place, row in enumerate(rows) if row["series"] == pair]
        if at % 2 == 0:
            axis.axhspan(places[0] - 0.5, places[-1] + 0.5, color=PALE, linewidth=0, zorder=0)
        text = verdicts.get(str(pair), "")
        p_value = rows[places[0]]["p_value"]
        if p_value is not None:
            text = f"{text} (p {words.p_value(p_value, 3)})"
        axis.annotate(
            text, (1.01, sum(places) / len(places)), xycoords=("axes fraction", "data"),
            va="center", fontsize=6.0, annotation_clip=False,
        )  # fmt: skip
    name_rows(axis, rows)
    titled(axis, title)
    axis.set_xlabel(words.text("figure.concordance.across"))
    number_axis(axis.xaxis, words, ticks=6)
    return figure
