"""Estimates of every specification of a universe, sorted, and the choices below them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any

from evaluation.report.figures._axes import number_axis
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.figures.style import (
    BLUE,
    GREY,
    HAIRLINE,
    INK,
    ORANGE,
    PAGE,
    SMALL,
    canvas,
    legend,
    wrapped,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label, spaced
from evaluation.results import Specification
from evaluation.spec.digest import canonical_json

TITLE = "figure.specification_curve.title"
SECTION = "robustness"
ORDER = 5

COLUMNS = ("place", "number", "declared", "estimate", "conf_low", "conf_high", "status")
FIXED = len(COLUMNS)
# Name of an axis, and of its values, by path.
Names = Mapping[str, tuple[str, Mapping[str, str]]]
# Values of choices that have room below each other.
TALLEST = 22.0


def plots(record: Record) -> tuple[Plot, ...]:
    """Return one curve for each model and outcome of a declared universe."""
    groups: dict[tuple[str, str], list[Specification]] = {}
    for row in record.specifications:
        groups.setdefault((row.model_id, row.outcome), []).append(row)
    return tuple(
        _plot(record, *key, rows)
        for key, rows in groups.items()
        if any(row.estimate is not None for row in rows)
    )


def _plot(record: Record, model: str, outcome: str, rows: list[Specification]) -> Plot:
    words, decimals = record.words, record.spec.rounding.estimate
    points = _points(rows)
    label = outcome_label(record.spec, outcome)
    known = [row for row in points.rows if row[3] is not None]
    middle = known[len(known) // 2], known[(len(known) - 1) // 2]
    spanned = [row for row in known if row[4] is not None and row[5] is not None]
    outside = sum(float(str(row[4])) > 0 or float(str(row[5])) < 0 for row in spanned)
    alt = words.plural(
        "figure.specification_curve.alt",
        len(known),
        outcome=label,
        interval=words.interval(known[0][3], known[-1][3], decimals),
        median=words.number(sum(float(str(row[3])) for row in middle) / 2, decimals),
        excluding=words.count(outside),
    )
    own = next((row for row in known if row[2]), None)
    declared = (
        ""
        if own is None
        else words.text(
            "figure.specification_curve.own",
            estimate=words.number(own[3], decimals),
            place=words.count(own[0]),
        )
    )
    failed = len(points) - len(known)
    left = words.plural("figure.specification_curve.failed", failed) if failed else ""
    caption = words.text("figure.specification_curve.caption", outcome=label, model=model)
    return Plot(
        plot_name("specification_curve", model, outcome),
        "specification_curve",
        " ".join(filter(None, (caption, left))),
        " ".join(filter(None, (alt, declared))),
        points,
        partial(draw, label=label, names=_names(record)),
    )


def _points(rows: list[Specification]) -> PointTable:
    """Return specifications by estimate, a column for each axis; failed ones stand last."""
    choices = [json.loads(row.choices) if row.choices else {} for row in rows]
    axes = tuple(dict.fromkeys(path for one in choices for path in one))
    paired = sorted(
        zip(rows, choices, strict=True),
        key=lambda pair: (pair[0].estimate is None, pair[0].estimate or 0.0, pair[0].number),
    )
    return PointTable(
        (*COLUMNS, *axes),
        tuple(
            (
                at + 1 if row.estimate is not None else None,
                row.number,
                int(row.declared),
                row.estimate,
                row.conf_low,
                row.conf_high,
                row.status,
                *(_value(chosen[path]) if path in chosen else None for path in axes),
            )
            for at, (row, chosen) in enumerate(paired)
        ),
    )


def _value(value: object) -> str:
    """Return a choice as its row of the grid is called."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _names(record: Record) -> Names:
    """Return what the spec calls its axes, and the values of those that have labels."""
    return {
        axis.path: (
            axis.label or "",
            {
                _value(json.loads(canonical_json(value))): label
                for value, label in zip(axis.values, axis.labels, strict=False)
            },
        )
        for axis in record.spec.vary
    }


def draw(points: PointTable, words: Language, *, label: str, names: Names | None = None) -> Any:
    """Draw the sorted estimates above, and a mark for each choice of each one below."""
    known = [row for row in points.rows if row[3] is not None]
    grid = _grid(points)
    lines = sum(len(values) for _, values in grid) + len(grid)
    below = min(TALLEST - 6.0, 0.34 * lines + 0.4)
    figure, axes = canvas(
        PAGE, 6.0 + below, rows=2 if grid else 1, share_x="col",
        heights=(5.0, below) if grid else None,
    )  # fmt: skip
    upper = axes[0, 0] if grid else axes
    handles = _curve(upper, known, words)
    upper.set_title(wrapped(label, 80))
    upper.set_ylabel(words.text("figure.estimate"))
    number_axis(upper.yaxis, words)
    if grid:
        upper.tick_params(axis="x", length=0)
        upper.spines["bottom"].set_visible(False)
        _choices(axes[1, 0], known, grid, names or {}, words)
    bottom = axes[1, 0] if grid else upper
    bottom.set_xlabel(words.text("figure.specification_curve.place"))
    number_axis(bottom.xaxis, words, whole=True, ticks=10)
    bottom.set_xlim(0.5 - 0.01 * len(known), len(known) + 0.5 + 0.01 * len(known))
    legend(figure, handles, columns=4)
    return figure


def _curve(axis: Any, known: list[Any], words: Language) -> list[tuple[Any, str]]:
    """Draw estimates and intervals: filled where these exclude zero, the declared one apart."""
    axis.axhline(0.0, zorder=1, **HAIRLINE)
    thin = 0.9 if len(known) <= 120 else max(0.15, 100 / len(known))
    size = 3.2 if len(known) <= 60 else max(0.8, 3.2 * (60 / len(known)) ** 0.5)
    spanned = [row for row in known if row[4] is not None and row[5] is not None]
    outside = {row[0] for row in spanned if row[4] > 0 or row[5] < 0}
    axis.vlines(
        [row[0] for row in spanned], [row[4] for row in spanned], [row[5] for row in spanned],
        color=[BLUE if row[0] in outside else GREY for row in spanned],
        linewidth=thin, alpha=0.6, zorder=2,
    )  # fmt: skip
    handles = []
    for key, chosen, face, edge in (
        ("excludes", [row for row in known if row[0] in outside], BLUE, BLUE),
        ("includes", [row for row in known if row[0] not in outside], "white", INK),
    ):
        (drawn,) = axis.plot(
            [row[0] for row in chosen], [row[3] for row in chosen], linestyle="none", marker="o",
            markersize=size, markerfacecolor=face, markeredgecolor=edge,
            markeredgewidth=min(0.6, size / 4), zorder=3,
        )  # fmt: skip
        if chosen:
            handles.append((drawn, words.text(f"figure.specification_curve.{key}")))
    own = [row for row in known if row[2]]
    if own:
        (drawn,) = axis.plot(
            [row[0] for row in own], [row[3] for row in own], linestyle="none", marker="D",
            color=ORANGE, markersize=5, zorder=4,
        )  # fmt: skip
        handles.append((drawn, words.text("figure.specification_curve.declared")))
    return handles


def _grid(points: PointTable) -> list[tuple[str, list[Value]]]:
    """Return every axis and its values, each once, in the order in which they first stand."""
    ordered = sorted(points.rows, key=lambda row: int(str(row[1])))
    found: list[tuple[str, list[Value]]] = []
    for at, path in enumerate(points.columns[FIXED:], FIXED):
        values = list(dict.fromkeys(row[at] for row in ordered if row[at] is not None))
        found.append((path, values))
    return found


def _choices(
    axis: Any, known: list[Any], grid: list[tuple[str, list[Value]]], names: Names, words: Language
) -> None:
    """Draw a mark where a specification takes a value; axes are headed by their own name."""
    ticks: list[tuple[float, str, bool]] = []
    y = 0.0
    for row in known:
        if row[2]:
            axis.axvline(row[0], color=ORANGE, linewidth=0.6, alpha=0.7, zorder=0)
    mark = 3.0 if len(known) <= 120 else max(0.6, 3.0 * 120 / len(known))
    for at, (path, values) in enumerate(grid, FIXED):
        title, labels = names.get(path, ("", {}))
        title = title or _short(path, [one for one, _ in grid])
        ticks.append((y, wrapped(title, 34, 1), True))
        for value in values:
            y += 1.0
            own = [row[0] for row in known if row[at] == value]
            axis.plot(
                own, [y] * len(own), linestyle="none", marker="|", color=INK,
                markersize=min(5.0, 4 + mark / 3), markeredgewidth=min(1.2, mark / 2.5),
            )  # fmt: skip
            ticks.append(
                (y, wrapped(labels.get(str(value)) or _shown(str(value), words), 34, 1), False)
            )
        y += 1.4
    axis.set_yticks([y for y, _, _ in ticks], labels=[name for _, name, _ in ticks])
    for drawn, (_, _, heads) in zip(axis.get_yticklabels(), ticks, strict=True):
        drawn.set_fontweight("bold" if heads else "normal")
        drawn.set_fontsize(SMALL)
    axis.tick_params(axis="y", length=0)
    axis.spines["left"].set_visible(False)
    axis.set_ylim(y - 0.6, -0.8)


def _shown(value: str, words: Language) -> str:
    """Return a choice without the marks of JSON: lists with commas."""
    try:
        found = json.loads(value)
    except json.JSONDecodeError:
        return value
    if isinstance(found, list):
        return ", ".join(map(str, found)) or words.text("figure.specification_curve.nothing")
    if isinstance(found, bool):
        return words.text(f"list.{'yes' if found else 'no'}")
    return words.plain(found) if isinstance(found, int | float) else value


def _short(path: str, paths: list[str]) -> str:
    """Return the last part of an axis' path where that tells it from the others."""
    last = path.rpartition(".")[2]
    alone = sum(one.rpartition(".")[2] == last for one in paths) == 1
    return spaced(last) if alone else path
