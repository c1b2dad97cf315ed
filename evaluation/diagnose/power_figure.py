"""The picture of power: by effect, a line for each size, a panel for each headline number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from evaluation.diagnose.measuring import Law
from evaluation.diagnose.power import SIZES, Asked, Bound, bound_of, degrees_of_freedom
from evaluation.inference.detection import detection
from evaluation.inference.equivalence import minimum_detectable_effect
from evaluation.report.figures._axes import number_axis
from evaluation.report.figures.plot import Plot
from evaluation.report.figures.style import (
    COLOURS,
    DASHES,
    HAIRLINE,
    PAGE,
    canvas,
    legend,
    titled,
)
from evaluation.report.language import Language
from evaluation.report.point_table import PointTable, Value
from evaluation.spec.spec import Spec

COLUMNS = ("number", "persons", "clusters", "effect", "power", "minimum_detectable_effect", "bound",
           "attainable_effect")  # fmt: skip
STEPS = 41
# Panels beside each other, and all of them.
ACROSS, MOST = 2, 6
TARGET = 0.8


def power_plot(spec: Spec, laws: Sequence[Law], asked: Asked, words: Language) -> Plot:
    """Return the figure of the first headline numbers of a spec.

    Parameters
    ----------
    spec
        Whose bounds are marked.
    laws
        Of headline numbers, at least one.
    asked
        Sizes; effects go from zero to twice what the first number detects at its own size.
    words
        The language.
    """
    shown = laws[:MOST]
    points = PointTable(COLUMNS, tuple(row for law in shown for row in _points(spec, law, asked)))
    caption = words.text("figure.power.caption")
    alts = (
        words.text(
            "figure.power.alt",
            number=_name(law),
            persons=words.count(round(law.base.persons)),
            least=words.number(_least(law, law.base.persons, law.base.clusters), 4),
        )
        for law in shown
    )
    return Plot("power", "power", caption, " ".join((caption, *alts)), points, draw)


def _points(spec: Spec, law: Law, asked: Asked) -> Iterator[tuple[Value, ...]]:
    base, bound = law.base, bound_of(spec, law.base)
    end = 2.0 * _least(law, base.persons, base.clusters)
    sizes = asked.persons or tuple(round(base.persons * share) for share in SIZES)
    for persons in sizes:
        for clusters in asked.clusters or (base.clusters,):
            error = law.scaling.std_error(persons, clusters or None)
            df = degrees_of_freedom(base, clusters)
            least = _least(law, persons, clusters)
            for step in range(STEPS):
                effect = end * step / (STEPS - 1)
                power = detection(effect, error, df).power
                yield (
                    _name(law), persons, clusters, effect, power, least, _limit(bound),
                    None if bound is None else bound.attainable,
                )  # fmt: skip


def _least(law: Law, persons: float, clusters: float) -> float:
    error = law.scaling.std_error(persons, clusters or None)
    df = degrees_of_freedom(law.base, clusters)
    return minimum_detectable_effect(error, df, law.base.maximum_bias)


def _limit(bound: Bound | None) -> float | None:
    return None if bound is None or bound.high is None else bound.high or None


def _name(law: Law) -> str:
    return f"{law.base.model_id}: {law.base.outcome}"


def draw(points: PointTable, words: Language) -> Any:
    """Draw power by effect; a mark where it reaches 80 per cent is the detectable effect."""
    names = list(dict.fromkeys(str(one) for one in points.column("number")))
    across = min(len(names), ACROSS)
    down = -(-len(names) // across)
    figure, axes = canvas(PAGE if across > 1 else PAGE * 0.6, 5.6 * down + 1, rows=down,
                          columns=across, share_y=True)  # fmt: skip
    grid = [axes] if len(names) == 1 else list(axes.flat)
    sizes = list(dict.fromkeys((row[1], row[2]) for row in points.rows))
    handles: dict[Any, Any] = {}
    for axis, name in zip(grid, names, strict=False):
        axis.axhline(TARGET, zorder=1, **HAIRLINE)
        rows = [row for row in points.rows if row[0] == name]
        for row in rows[:1]:
            for at, style in ((6, (0, (1.5, 1.2))), (7, (0, (5, 1.5)))):
                if row[at] is not None and 0 < float(str(row[at])) <= float(str(rows[-1][3])):
                    axis.axvline(float(str(row[at])), zorder=1, **{**HAIRLINE, "linestyle": style})
        for size in sizes:
            own = [row for row in rows if (row[1], row[2]) == size]
            if own:
                place = sizes.index(size)
                (line,) = axis.plot(
                    [row[3] for row in own], [row[4] for row in own],
                    color=COLOURS[place % len(COLOURS)], linestyle=DASHES[place % len(DASHES)],
                )  # fmt: skip
                handles.setdefault(size, line)
        titled(axis, name, 40)
        axis.set_xlabel(words.text("figure.power.effect"))
        axis.set_ylim(0.0, 1.0)
        number_axis(axis.xaxis, words)
        number_axis(axis.yaxis, words)
    for axis in grid[len(names) :]:
        axis.set_visible(False)
    grid[0].set_ylabel(words.text("figure.power.power"))
    legend(figure, [(line, _size(size, words)) for size, line in handles.items()])
    return figure


def _size(size: Any, words: Language) -> str:
    persons, clusters = size
    if not clusters:
        return words.text("figure.power.persons", persons=words.count(round(persons)))
    return words.text(
        "figure.power.size",
        persons=words.count(round(persons)),
        clusters=words.count(round(clusters)),
    )
