"""Means on either side of a cutoff with the curves that a model fits to them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Any

from evaluation.report.figures._axes import number_axis
from evaluation.report.figures._checked import headline
from evaluation.report.figures._running import in_years, running_axis, running_words
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.figures.style import (
    BLUE,
    COLUMN,
    GREY,
    HAIRLINE,
    INK,
    ORANGE,
    PAGE,
    PALE,
    SMALL,
    canvas,
    marker_size,
    titled,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.words import capital, outcome_label, spaced
from evaluation.results import Estimate
from evaluation.spec.design import RdDesign
from evaluation.spec.model import Model

TITLE = "figure.rd_plot.title"
SECTION = "main"
ORDER = 30

COLUMNS = ("part", "series", "side", "x", "y", "rows")
SIDES = (("below", BLUE, "o"), ("above", ORANGE, "s"))
KINKS = frozenset({"kink_at_cutoff", "change_in_kink_at_cutoff"})
RATIO = "late_at_cutoff"
BARS_AT_MOST = 300
# Mean and rows by part and place.
Means = dict[tuple[Value, ...], tuple[Value, ...]]


def plots(record: Record) -> tuple[Plot, ...]:
    """Return one figure an outcome of every model whose means no earlier one shows already."""
    observed = record.observed.get("cutoff")
    if observed is None or not isinstance(record.spec.design, RdDesign):
        return ()
    groups: dict[tuple[str, str, str], list[tuple[Value, ...]]] = {}
    edges: dict[tuple[str, str], list[tuple[Value, ...]]] = {}
    for model, outcome, part, variable, *point in observed.rows:
        if variable == "all":
            edges.setdefault((str(model), str(outcome)), []).append((part, *point))
        else:
            groups.setdefault((str(model), str(outcome), str(variable)), []).append((part, *point))
    found: list[Plot] = []
    seen: dict[tuple[str, str], list[Means]] = {}
    models = {model.id: model for model in record.spec.models}
    for (model, outcome, variable), rows in groups.items():
        means = {row[0:4:3]: row[4:] for row in rows if row[1] == "mean"}
        # The treatment of all outcomes is one, but for rows that lack some of them.
        before = seen.setdefault(("" if variable == "treatment" else outcome, variable), [])
        if model not in models or any(_alike(means, other) for other in before):
            continue
        before.append(means)
        points = PointTable(COLUMNS, (*edges.get((model, outcome), ()), *rows))
        found.append(_plot(record, record.spec.design, models[model], outcome, variable, points))
    return tuple(found)


def _alike(means: Means, other: Means) -> bool:
    """Whether means are the same wherever both windows reach."""
    shared = means.keys() & other.keys()
    return bool(shared) and all(means[place] == other[place] for place in shared)


def _plot(
    record: Record, design: RdDesign, model: Model, outcome: str, variable: str, points: PointTable
) -> Plot:
    words = record.words
    label = outcome_label(record.spec, outcome)
    if variable == "treatment":
        column = design.treatment.column if design.treatment is not None else variable
        label = capital(outcome_label(record.spec, column))
    parts = {
        str(part): words.text(f"figure.rd_plot.part.{part}") if part != "all" else ""
        for part in points.column("part")
    }
    return Plot(
        name=plot_name("rd", model.id, outcome, variable if variable == "treatment" else ""),
        kind="rd_plot",
        caption=" ".join(_caption(record, design, model, outcome, variable, label, points)),
        alt=_alt(record, label, parts, points),
        points=points,
        draw=partial(
            draw,
            label=capital(label),
            running=capital(running_words(record)),
            parts=parts,
            sides=_side_names(design, words),
            years=in_years(record),
        ),
    )  # fmt: skip


def _side_names(design: RdDesign, words: Language) -> dict[str, str]:
    treated, other = (words.text(f"figure.cutoff.{one}") for one in ("treated", "untreated"))
    below = design.treated_side == "below"
    return {"below": treated if below else other, "above": other if below else treated}


def _caption(
    record: Record, design: RdDesign, model: Model, outcome: str, variable: str, label: str,
    points: PointTable,
) -> Iterator[str]:  # fmt: skip
    words = record.words
    yield words.text(
        "figure.rd_plot.means" if design.running_variable.discrete else "figure.rd_plot.bins",
        outcome=label,
        running=running_words(record),
        cutoff=words.plain(design.cutoff),
    )
    if model.controls:
        yield words.text(
            "figure.rd_plot.controls", controls=words.listed(map(spaced, model.controls))
        )
    edges = {str(row[2]): row[3] for row in points.rows if row[1] == "bandwidth"}
    widths = [abs(float(str(edges[side])) - design.cutoff) for side in ("below", "above")]
    key = "figure.rd_plot.curves" if widths[0] == widths[1] else "figure.rd_plot.curves_apart"
    shown = [words.plain(round(one, 1)) for one in widths]
    yield words.text(key, model=model.id, below=shown[0], above=shown[1])
    yield _reading(record, model, outcome, variable)
    if any(row[1] == "donut" for row in points.rows):
        yield words.text("figure.rd_plot.donut")
    if any(row[2] == "partly" for row in points.rows):
        yield words.text("figure.rd_plot.partly")


def _reading(record: Record, model: Model, outcome: str, variable: str) -> str:
    """Say which number of the estimates is what in the picture."""
    row, words = headline(record, model.id, outcome), record.words
    if row is None:
        return words.text("figure.rd_plot.none")
    told = _told(record, row)
    if model.estimand == RATIO:
        return words.text(f"figure.rd_plot.ratio_{variable}", estimate=told)
    if model.estimand.startswith("change_in"):
        key = "figure.rd_plot.kinks" if model.estimand in KINKS else "figure.rd_plot.gaps"
    else:
        key = "figure.rd_plot.kink" if model.estimand in KINKS else "figure.rd_plot.gap"
    return words.text(key, estimate=told)


def _told(record: Record, row: Estimate) -> str:
    numbers = record.numbers
    if row.conf_low is None or row.conf_high is None:
        return numbers.estimate(row.estimate)
    return record.words.text(
        "figure.estimates.with_interval",
        estimate=numbers.estimate(row.estimate),
        interval=numbers.interval(row.conf_low, row.conf_high),
    )


def _alt(record: Record, label: str, parts: dict[str, str], points: PointTable) -> str:
    words, numbers = record.words, record.numbers
    told = []
    for part, name in parts.items():
        means = [row for row in points.rows if row[0] == part and row[1] == "mean"]
        if not means:
            continue
        sides = {side: [row for row in means if row[2] == side] for side in ("below", "above")}
        ends = {
            side: numbers.estimate(row[4])
            for side, row in (
                ("below", sides["below"][-1] if sides["below"] else None),
                ("above", sides["above"][0] if sides["above"] else None),
            )
            if row is not None
        }
        text = words.text(
            "figure.rd_plot.alt",
            outcome=label,
            below=words.count(len(sides["below"])),
            above=words.count(len(sides["above"])),
            last=ends.get("below", numbers.estimate(None)),
            first=ends.get("above", numbers.estimate(None)),
        )
        told.append(f"{name}: {text}" if name else text)
    return " ".join(told)


def draw(
    points: PointTable,
    words: Language,
    *,
    label: str,
    running: str,
    parts: dict[str, str],
    sides: dict[str, str],
    years: bool = False,
) -> Any:
    """Draw means and curves, a panel for every part, with the rows behind each mean below."""
    shown = [part for part in parts if any(r[0] == part and r[1] == "mean" for r in points.rows)]
    count = max(len(shown), 1)
    figure, axes = canvas(
        COLUMN if count == 1 else PAGE, 6.8 if count < 3 else 7.2, rows=2, columns=count,
        share_x=True, share_y="row", heights=(3.6, 1.0),
    )  # fmt: skip
    for at, part in enumerate(shown):
        upper, lower = axes[0, at], axes[1, at]
        _edges(upper, points)
        _means(upper, [row for row in points.rows if row[0] == part])
        upper.margins(y=0.1)
        _counts(lower, [row for row in points.rows if row[0] == part and row[1] == "mean"])
        name = capital(parts[part])
        titled(upper, name if count > 1 else label, 58 if count < 3 else 22)
        for side, place, align in (("below", 0.02, "left"), ("above", 0.98, "right")):
            upper.annotate(
                sides[side], (place, 1.0), xycoords="axes fraction", ha=align, va="top",
                fontsize=SMALL, color=GREY,
            )  # fmt: skip
        lower.set_xlabel(running)
        running_axis(lower.xaxis, words, years=years, ticks=8 if count == 1 else 5)
        if at == 0:
            upper.set_ylabel(label if count > 1 else words.text("figure.mean"))
            lower.set_ylabel(words.text("figure.cutoff.rows"))
            number_axis(upper.yaxis, words)
            number_axis(lower.yaxis, words, whole=True, ticks=2)
    return figure


def _edges(axis: Any, points: PointTable) -> None:
    """Draw the cutoff, shade the bandwidth, and hatch the donut."""
    found: dict[str, list[float]] = {}
    for row in points.rows:
        if row[1] in ("cutoff", "bandwidth", "donut"):
            found.setdefault(str(row[1]), []).append(float(str(row[3])))
    if "bandwidth" in found:
        axis.axvspan(min(found["bandwidth"]), max(found["bandwidth"]), color=PALE, linewidth=0,
                     zorder=0)  # fmt: skip
    if "donut" in found and max(found["donut"]) > min(found["donut"]):
        axis.axvspan(min(found["donut"]), max(found["donut"]), facecolor="white",
                     edgecolor=GREY, hatch="//////", linewidth=0, zorder=0.5)  # fmt: skip
    for one in found.get("cutoff", ()):
        axis.axvline(one, linestyle=":", zorder=1, **HAIRLINE)


def _means(axis: Any, rows: list[tuple[Value, ...]]) -> None:
    means = [row for row in rows if row[1] == "mean"]
    size = marker_size(len(means) // 2)
    for side, colour, marker in SIDES:
        own = [row for row in means if row[2] == side]
        axis.plot(
            [row[3] for row in own], [row[4] for row in own], linestyle="none", marker=marker,
            color=colour, markersize=size, markeredgewidth=0, alpha=0.6, zorder=3,
        )  # fmt: skip
        curve = [row for row in rows if row[1] == "fit" and row[2] == side]
        axis.plot([row[3] for row in curve], [row[4] for row in curve], color=colour,
                  linestyle="-" if side == "below" else (0, (5, 1.2)), linewidth=1.5,
                  zorder=4)  # fmt: skip
    partly = [row for row in means if row[2] == "partly"]
    axis.plot(
        [row[3] for row in partly], [row[4] for row in partly], linestyle="none", marker="D",
        markerfacecolor="white", markeredgecolor=INK, markersize=size, markeredgewidth=0.7,
        zorder=5,
    )  # fmt: skip


def _counts(axis: Any, means: list[tuple[Value, ...]]) -> None:
    places = [float(str(row[3])) for row in means]
    gaps = [b - a for a, b in pairwise(sorted(places)) if b > a]
    width = 0.85 * min(gaps, default=1.0)
    colours = {"below": BLUE, "above": ORANGE}
    shown = [colours.get(str(row[2]), GREY) for row in means]
    if len(places) > BARS_AT_MOST:
        # A patch for each of very many bars takes seconds to draw.
        axis.vlines(places, 0, [row[5] for row in means], colors=shown, alpha=0.45, linewidth=0.5)
    else:
        axis.bar(places, [row[5] for row in means], width, linewidth=0, alpha=0.45, color=shown)
