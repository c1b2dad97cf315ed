"""Estimates without the values nearest the cutoff."""

from __future__ import annotations

from functools import partial

from evaluation.report.figures._along import draw_along
from evaluation.report.figures._checked import Place, Variant, checked, headline, variants_of
from evaluation.report.figures._estimates import MODEL, REFUSED, VARIANT, summary, table
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.point_table import Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label

TITLE = "figure.donut.title"
SECTION = "robustness"
ORDER = 20

KIND = "donut"


def plots(record: Record) -> tuple[Plot, ...]:
    """Return a figure of every check of donuts, an outcome each."""
    found = []
    for place, named in checked(record, KIND).items():
        variants = variants_of(named, KIND)
        if variants:
            found.append(_plot(record, place, variants))
    return tuple(found)


def _plot(record: Record, place: Place, variants: tuple[Variant, ...]) -> Plot:
    words, label = record.words, outcome_label(record.spec, place.outcome)
    rows: list[tuple[Value, ...]] = [
        (
            KIND, one.label, float(one.label), one.estimate, one.std_error, one.low, one.high,
            one.p_value, REFUSED if one.estimate is None else VARIANT,
        )
        for one in variants
    ]  # fmt: skip
    own = headline(record, place.model, place.outcome)
    if own is not None and own.estimate is not None:
        at = float(getattr(record.spec.design, "donut", None) or 0)
        numbers = (own.estimate, own.std_error, own.conf_low, own.conf_high, own.p_value)
        rows.append((KIND, place.model, at, *numbers, MODEL))
    points = table(rows)
    text = words.text("figure.donut.caption", outcome=label, model=place.model)
    told = summary(points, words, record.spec.rounding.estimate)
    return Plot(
        name=plot_name(KIND, place.check.removeprefix(KIND), place.model, place.outcome),
        kind=KIND,
        caption=f"{text} {words.text('figure.estimates.intervals')}",
        alt=f"{text} {told}",
        points=points,
        draw=partial(
            draw_along,
            title=label,
            along=words.text("figure.donut.along"),
            series=(words.text("figure.donut.fits"),),
            model_name=words.text("figure.estimates.model"),
            whole=True,
        ),
    )
