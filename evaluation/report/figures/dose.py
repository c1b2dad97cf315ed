"""The dose on either side of the cutoff: what age and month allow, and what was received."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from evaluation.checks._stated_dose import TERM
from evaluation.report.figures._axes import number_axis
from evaluation.report.figures._checked import Named, Place, checked, number
from evaluation.report.figures._running import in_years, running_axis, running_words
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.figures.style import (
    BLUE,
    COLUMN,
    HAIRLINE,
    ORANGE,
    PAGE,
    canvas,
    titled,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.words import capital, outcome_label
from evaluation.spec.design import RdDesign

TITLE = "figure.dose.title"
SECTION = "design"
ORDER = 40

KIND = "dose"
COLUMNS = ("dose", "source", "side", "x", "y", "std_error", "conf_low", "conf_high")
# How far lines are drawn, in months of age or steps of the running variable.
REACH = 12.0
STATED = re.compile(r"(?P<dose>current_duty|past_duty|window_duty_(?P<lead>\d+)): limit treated")
NORMAL = 1.959963984540054
PER_ROW = 3
# How far apart the two limits are drawn.
APART = 0.25


def plots(record: Record) -> tuple[Plot, ...]:
    """Return one figure a model; models with the same doses share one."""
    design = record.spec.design
    if not isinstance(design, RdDesign):
        return ()
    by_model: dict[str, list[tuple[Value, ...]]] = {}
    for place, named in checked(record, KIND).items():
        by_model.setdefault(place.model, []).extend(_rows(record, design, place, named))
    shared: dict[tuple[tuple[Value, ...], ...], list[str]] = {}
    for model, rows in by_model.items():
        if rows:
            shared.setdefault(tuple(rows), []).append(model)
    return tuple(_plot(record, design, models, rows) for rows, models in shared.items())


def _rows(
    record: Record, design: RdDesign, place: Place, named: Named
) -> Iterator[tuple[Value, ...]]:
    if place.term == TERM:
        for name in named:
            found = STATED.fullmatch(name)
            # Without a lead the window is the row's own month.
            if found and found["lead"] != "0":
                label = _stated(record.words, found["dose"], found["lead"])
                yield from _lines(design, named, label, "potential", f"{found['dose']}: ")
        return
    if number(named.get("limit treated")) is not None:
        column = outcome_label(record.spec, place.term)
        label = record.words.text("figure.dose.received", column=column)
        yield from _lines(design, named, capital(label), "realised", "")


def _stated(words: Language, dose: str, lead: str | None) -> str:
    if dose == "current_duty":
        return words.text("figure.dose.month")
    if dose == "past_duty":
        return words.text("figure.dose.past")
    return words.text("figure.dose.window", lead=lead)


def _lines(
    design: RdDesign, named: Named, label: str, source: str, prefix: str
) -> Iterator[tuple[Value, ...]]:
    """Yield the ends of both sides' lines, the cutoff's first."""
    for side, sign in (("below", -1.0), ("above", 1.0)):
        who = "treated" if side == design.treated_side else "untreated"
        limit = number(named.get(f"{prefix}limit {who}"))
        slope = number(named.get(f"{prefix}slope {who}"))
        error = number(named.get(f"{prefix}limit {who}: std_error"))
        if limit is None or slope is None:
            continue
        half = None if error is None else NORMAL * error
        ends = (None, None) if half is None else (limit - half, limit + half)
        yield (label, source, side, float(design.cutoff), limit, error, *ends)
        far = sign * REACH
        yield (label, source, side, design.cutoff + far, limit + slope * far, None, None, None)


def _plot(
    record: Record, design: RdDesign, models: list[str], rows: tuple[tuple[Value, ...], ...]
) -> Plot:
    words, points = record.words, PointTable(COLUMNS, rows)
    running = running_words(record)
    parts = [words.text("figure.dose.caption", model=models[0], running=running)]
    if len(models) > 1:
        parts.append(words.text("figure.dose.others", models=words.listed(models[1:])))
    for source in dict.fromkeys(points.column("source")):
        parts.append(words.text(f"figure.dose.{source}"))
    alt = [parts[0]]
    for dose in dict.fromkeys(points.column("dose")):
        own = {row[2]: row[4] for row in rows if row[0] == dose and row[3] == design.cutoff}
        other = "above" if design.treated_side == "below" else "below"
        alt.append(
            words.text(
                "figure.dose.alt",
                dose=dose,
                treated=record.numbers.estimate(own.get(design.treated_side)),
                untreated=record.numbers.estimate(own.get(other)),
            )
        )
    return Plot(
        name=plot_name(KIND, models[0]),
        kind=KIND,
        caption=" ".join(parts),
        alt=" ".join(alt),
        points=points,
        draw=partial(
            draw,
            running=capital(running),
            cutoff=float(design.cutoff),
            years=in_years(record),
        ),
    )


def draw(
    points: PointTable, words: Language, *, running: str, cutoff: float, years: bool = False
) -> Any:
    """Draw a panel for every dose."""
    doses = list(dict.fromkeys(points.column("dose")))
    columns = min(len(doses), PER_ROW)
    lines = -(-len(doses) // PER_ROW)
    width = COLUMN if columns == 1 else PAGE * (0.75 if columns == 2 else 1.0)
    figure, axes = canvas(width, 4.6 * lines, rows=lines, columns=columns, share_x=True)
    panels = [axes] if len(doses) == 1 else list(axes.flat)
    for axis in panels[len(doses) :]:
        axis.set_visible(False)
    for at, (axis, dose) in enumerate(zip(panels, doses, strict=False)):
        axis.axvline(cutoff, linestyle=":", zorder=1, **HAIRLINE)
        own = [row for row in points.rows if row[0] == dose]
        for side, colour, dash in (("below", BLUE, "-"), ("above", ORANGE, (0, (5, 1.2)))):
            line = [row for row in own if row[2] == side]
            axis.plot([row[3] for row in line], [row[4] for row in line], color=colour,
                      linestyle=dash, linewidth=1.4, zorder=3)  # fmt: skip
            for row in line:
                if row[6] is not None:
                    place = float(str(row[3])) + (-APART if side == "below" else APART)
                    axis.vlines([place], [row[6]], [row[7]], color=colour, linewidth=1.1, zorder=4)
                    axis.plot([place], [row[4]], "o" if side == "below" else "s", color=colour,
                              markersize=3.5, zorder=5)  # fmt: skip
        values = [float(str(row[4])) for row in own]
        if max(values) - min(values) < 1e-12:
            axis.set_ylim(values[0] - 0.5, values[0] + 0.5)
        titled(axis, str(dose), 30)
        number_axis(axis.yaxis, words, ticks=5)
        running_axis(axis.xaxis, words, years=years, ticks=5)
        if at + columns >= len(doses):
            axis.set_xlabel(running)
    return figure
