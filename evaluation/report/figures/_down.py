"""Estimates with intervals down a list of names."""

from __future__ import annotations

from typing import Any

from evaluation.report.figures._axes import number_axis
from evaluation.report.figures._estimates import BESIDE, MODEL, REFUSED, drawn_rows
from evaluation.report.figures.style import (
    BLUE,
    COLUMN,
    GREY,
    HAIRLINE,
    HEIGHT,
    INK,
    ORANGE,
    canvas,
    marker_size,
    titled,
    wrapped,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable

# Names drawn one under another; more have a picture without names.
NAMED_AT_MOST = 60
NAME_WIDTH = 34
ROW = 0.52


def draw_down(
    points: PointTable,
    words: Language,
    *,
    title: str,
    across: str,
    p_values: str = "",
    decimals: int = 3,
    width: float = COLUMN,
) -> Any:
    """Draw estimates down a list of names, the first on top.

    Parameters
    ----------
    points
        As ``COLUMNS``; those marked as the model's are drawn in ink.
    words
        Language of numbers.
    title, across
        Of the panel and of the horizontal axis.
    p_values
        Heading of the p-values at the right edge; empty for none.
    decimals
        Of the p-values.
    width
        In centimetres.
    """
    rows = [row for row in drawn_rows(points) if row["mark"] != REFUSED or row["label"]]
    height = max(HEIGHT * 0.6, 1.9 + ROW * min(len(rows), NAMED_AT_MOST))
    figure, axis = canvas(width, height)
    axis.axvline(0.0, zorder=1, **HAIRLINE)
    down_rows(axis, rows)
    name_rows(axis, rows)
    if p_values:
        axis.set_title(p_values, loc="right", fontweight="normal", fontsize=6.0)
        for at, row in enumerate(rows):
            text = words.p_value(row["p_value"], decimals)
            axis.annotate(
                text, (1.0, at), xycoords=("axes fraction", "data"), xytext=(3, 0),
                textcoords="offset points", va="center", fontsize=6.0, annotation_clip=False,
            )  # fmt: skip
    titled(axis, title, 58 if not p_values else 40)
    axis.set_xlabel(wrapped(across, 30))
    number_axis(axis.xaxis, words, ticks=4)
    return figure


def down_rows(axis: Any, rows: list[dict[str, Any]]) -> None:
    """Draw rows one under another: estimates with intervals, a cross where there is none."""
    size = marker_size(len(rows))
    for at, row in enumerate(rows):
        colour = {MODEL: INK, BESIDE: ORANGE}.get(row["mark"], BLUE)
        marker = {MODEL: "D", BESIDE: "s"}.get(row["mark"], "o")
        if row["conf_low"] is not None and row["conf_high"] is not None:
            axis.hlines([at], [row["conf_low"]], [row["conf_high"]], color=colour, linewidth=1.1,
                        zorder=3)  # fmt: skip
        if row["estimate"] is not None:
            axis.plot(
                [row["estimate"]], [at], linestyle="none", marker=marker, color=colour,
                markersize=size, markeredgecolor="white", markeredgewidth=0.3, zorder=4,
            )  # fmt: skip
        else:
            axis.plot([0.0], [at], "x", color=GREY, markersize=3, zorder=4)


def name_rows(axis: Any, rows: list[dict[str, Any]]) -> None:
    """Write the names of rows, top down, thinned where there is no room for all."""
    step = -(-len(rows) // NAMED_AT_MOST) or 1
    places = list(range(0, len(rows), step))
    axis.set_yticks(places, [wrapped(str(rows[at]["label"]), NAME_WIDTH) for at in places])
    axis.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
