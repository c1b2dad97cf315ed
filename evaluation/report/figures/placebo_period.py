"""The model at its own cutoff before the reform, all together and year by year."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from evaluation.checks.placebo_period import BEFORE
from evaluation.report.figures._along import draw_along
from evaluation.report.figures._checked import Place, Variant, checked, variants_of
from evaluation.report.figures._estimates import BESIDE, REFUSED, VARIANT, summary, table
from evaluation.report.figures.placebo_cutoff import own_row, rank_words
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.point_table import Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label

TITLE = "figure.placebo_period.title"
SECTION = "checks"
ORDER = 30

KIND = "placebo_period"


def plots(record: Record) -> tuple[Plot, ...]:
    """Return a figure of every check of placebo periods, an outcome each."""
    return tuple(
        _plot(record, place, named, variants)
        for place, named in checked(record, KIND).items()
        for variants in (variants_of(named, "placebo"),)
        if variants
    )


def _plot(
    record: Record, place: Place, named: Mapping[str, object], variants: tuple[Variant, ...]
) -> Plot:
    words, label = record.words, outcome_label(record.spec, place.outcome)
    names: dict[float, str] = {}
    rows: list[tuple[Value, ...]] = []
    ordered = sorted(variants, key=lambda one: (one.label == BEFORE, one.label))
    for at, one in enumerate(ordered):
        whole = one.label == BEFORE
        names[float(at)] = words.text("figure.placebo_period.before") if whole else one.label
        mark = REFUSED if one.estimate is None else BESIDE if whole else VARIANT
        numbers = (one.estimate, one.std_error, one.low, one.high, one.p_value)
        rows.append((BEFORE if whole else "year", one.label, float(at), *numbers, mark))
    last = float(len(ordered))
    names[last] = words.text("figure.placebo_period.after")
    rows += own_row(named, "model", "after the reform", last)
    points = table(rows)
    text = words.text("figure.placebo_period.caption", outcome=label, model=place.model)
    told = summary(points, words, record.spec.rounding.estimate)
    rank = rank_words(record, named, KIND)
    return Plot(
        name=plot_name(KIND, place.check.removeprefix(KIND), place.model, place.outcome),
        kind=KIND,
        caption=f"{text} {rank} {words.text('figure.estimates.intervals')}",
        alt=f"{text} {told} {rank}".rstrip(),
        points=points,
        draw=partial(
            draw_along,
            title=label,
            along="",
            names=names,
            series=tuple(
                words.text(f"figure.placebo_period.{'whole' if key == BEFORE else 'years'}")
                for key in dict.fromkeys(str(row[0]) for row in rows if row[0] != "model")
            ),
            model_name=words.text("figure.placebo_period.model"),
            dodge=False,
        ),
    )
