"""Estimates with intervals as points of a figure, and what a picture of them shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from evaluation.report.language import Language
from evaluation.report.point_table import PointTable, Value

COLUMNS = (
    "series", "label", "x", "estimate", "std_error", "conf_low", "conf_high", "p_value", "mark",
)  # fmt: skip
# Marks: what varies, the model itself, a number beside the others, and one that gave nothing.
VARIANT, MODEL, BESIDE, REFUSED = "variant", "model", "beside", "refused"


def table(rows: Iterable[tuple[Value, ...]]) -> PointTable:
    """Return rows in the order of ``COLUMNS`` as points."""
    return PointTable(COLUMNS, tuple(rows))


def drawn_rows(points: PointTable) -> list[dict[str, Any]]:
    """Return the rows of points by column."""
    return [dict(zip(points.columns, row, strict=True)) for row in points.rows]


def summary(points: PointTable, words: Language, decimals: int) -> str:
    """Return what a picture of estimates shows: how many, their range, and the model's own."""
    rows = drawn_rows(points)
    values = [
        row["estimate"] for row in rows if row["mark"] != MODEL and row["estimate"] is not None
    ]
    refused = sum(row["mark"] == REFUSED for row in rows)
    parts = []
    if values:
        parts.append(
            words.plural(
                "figure.estimates.range", len(values),
                range=words.interval(min(values), max(values), decimals),
            )
        )  # fmt: skip
    for row in rows:
        if row["mark"] == MODEL and row["estimate"] is not None:
            parts.append(words.text("figure.estimates.own", estimate=_told(row, words, decimals)))
            break
    if refused:
        parts.append(words.plural("figure.estimates.refused", refused))
    return " ".join(parts)


def _told(row: dict[str, Any], words: Language, decimals: int) -> str:
    estimate = words.number(row["estimate"], decimals)
    if row["conf_low"] is None or row["conf_high"] is None:
        return estimate
    interval = words.interval(row["conf_low"], row["conf_high"], decimals)
    return words.text("figure.estimates.with_interval", estimate=estimate, interval=interval)
