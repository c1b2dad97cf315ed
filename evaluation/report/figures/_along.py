"""Estimates with intervals along a number, the model's own among them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from evaluation.report.figures._axes import number_axis
from evaluation.report.figures._estimates import BESIDE, MODEL, REFUSED, VARIANT, drawn_rows
from evaluation.report.figures._running import running_axis
from evaluation.report.figures.style import (
    COLOURS,
    GREY,
    HAIRLINE,
    INK,
    MARKERS,
    PALE,
    canvas,
    legend,
    marker_size,
    titled,
    wrapped,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable

# Characters of a legend in one line.
LEGEND_WIDTH = 42


def draw_along(
    points: PointTable,
    words: Language,
    *,
    title: str,
    along: str,
    series: Sequence[str] = (),
    breaks: Sequence[float] = (),
    names: dict[float, str] | None = None,
    model_name: str = "",
    whole: bool = False,
    years: bool = False,
    dodge: bool = True,
) -> Any:
    """Draw estimates along a number, the model's own among them.

    Parameters
    ----------
    points
        As ``COLUMNS``; a series is dodged beside the others.
    words
        Language of numbers.
    title, along
        Of the panel and of the horizontal axis.
    series
        Names of series in the legend, in the order of the points; none where there is one.
    breaks
        Where dotted lines stand.
    names
        Names of places of the horizontal axis, in the place of numbers.
    model_name
        Of the model's own number in the legend.
    whole
        Whether the horizontal axis has whole numbers alone.
    years
        Whether they are months of age, with ticks at birthdays.
    dodge
        Whether series stand beside each other at one place.
    """
    figure, axis = canvas()
    rows = drawn_rows(points)
    keys = list(dict.fromkeys(row["series"] for row in rows if row["mark"] != MODEL))
    places = sorted({row["x"] for row in rows if row["x"] is not None})
    varied = sorted({row["x"] for row in rows if row["x"] is not None and row["mark"] != MODEL})
    step = min((b - a for a, b in pairwise(varied)), default=1.0)
    size = marker_size(len(rows))
    axis.axhline(0.0, zorder=1, **HAIRLINE)
    for one in breaks:
        axis.axvline(one, linestyle=":", zorder=1, **HAIRLINE)
    handles = []
    for at, key in enumerate(keys):
        shift = 0.0 if len(keys) == 1 or not dodge else step * 0.4 * (at / (len(keys) - 1) - 0.5)
        own = [row for row in rows if row["series"] == key and row["mark"] in (VARIANT, BESIDE)]
        drawn = _dots(axis, own, shift, COLOURS[at % 7], MARKERS[at % 7], size)
        handles.append((drawn, series[at] if at < len(series) else str(key)))
    model = [row for row in rows if row["mark"] == MODEL]
    if model:
        handles.append((_model(axis, model[0], size), model_name))
    _refused(axis, [row for row in rows if row["mark"] == REFUSED])
    if places:
        margin = max(0.6 * step, 0.03 * (places[-1] - places[0]))
        axis.set_xlim(places[0] - margin, places[-1] + margin)
    titled(axis, title)
    axis.set_xlabel(along)
    axis.set_ylabel(words.text("figure.estimate"))
    number_axis(axis.yaxis, words)
    if names is None and years:
        running_axis(axis.xaxis, words, years=True)
    elif names is None:
        number_axis(axis.xaxis, words, whole=whole, ticks=8)
    else:
        shown = list(names.items())[:: -(-len(names) // 12)]
        axis.set_xticks([place for place, _ in shown], [wrapped(name, 14) for _, name in shown])
    if len(handles) > 1:
        long = sum(len(name) for _, name in handles) > LEGEND_WIDTH
        legend(figure, handles, 2 if long else 3)
    return figure


def _dots(
    axis: Any, rows: list[dict[str, Any]], shift: float, colour: str, marker: str, size: float
) -> Any:
    known = [row for row in rows if row["conf_low"] is not None and row["conf_high"] is not None]
    axis.vlines(
        [row["x"] + shift for row in known], [row["conf_low"] for row in known],
        [row["conf_high"] for row in known], color=colour, linewidth=1.1 * min(1.0, size / 3),
        zorder=3,
    )  # fmt: skip
    shown = [row for row in rows if row["estimate"] is not None]
    (handle,) = axis.plot(
        [row["x"] + shift for row in shown], [row["estimate"] for row in shown],
        linestyle="none", marker=marker, color=colour, markersize=size, markeredgecolor="white",
        markeredgewidth=0.3, zorder=4,
    )  # fmt: skip
    return handle


def _model(axis: Any, row: dict[str, Any], size: float) -> Any:
    """Draw the model's own number: a band across, and a mark where it has a place."""
    if row["conf_low"] is not None and row["conf_high"] is not None:
        axis.axhspan(row["conf_low"], row["conf_high"], color=PALE, linewidth=0, zorder=0)
    if row["x"] is None:
        return axis.axhline(row["estimate"], color=INK, linewidth=0.9, zorder=2)
    axis.axhline(row["estimate"], color=INK, linewidth=0.6, linestyle=(0, (4, 2)), zorder=2)
    if row["conf_low"] is not None and row["conf_high"] is not None:
        axis.vlines(
            [row["x"]], [row["conf_low"]], [row["conf_high"]], color=INK, linewidth=1.1, zorder=5
        )
    (handle,) = axis.plot(
        [row["x"]], [row["estimate"]], linestyle="none", marker="D", color=INK,
        markersize=size * 1.15, markeredgecolor="white", markeredgewidth=0.3, zorder=6,
    )  # fmt: skip
    return handle


def _refused(axis: Any, rows: list[dict[str, Any]]) -> None:
    """Mark places that gave no number on the horizontal axis."""
    places = [row["x"] for row in rows if row["x"] is not None]
    if places:
        axis.plot(
            places, [0.0] * len(places), "x", color=GREY, markersize=3, clip_on=False,
            transform=axis.get_xaxis_transform(), zorder=4,
        )  # fmt: skip
