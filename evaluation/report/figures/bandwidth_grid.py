"""Estimates by bandwidth and order of the polynomial, beside the model's own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from evaluation.inference.intervals import interval
from evaluation.report.figures._along import draw_along
from evaluation.report.figures._checked import (
    Place,
    Variant,
    checked,
    headline,
    number,
    variants_of,
)
from evaluation.report.figures._estimates import MODEL, REFUSED, VARIANT, summary, table
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.point_table import PointTable, Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label

TITLE = "figure.bandwidth_grid.title"
SECTION = "robustness"
ORDER = 10

KIND = "bandwidth_grid"
LABEL = re.compile(r"(?P<width>[-+.e\d]+)(?:, order (?P<order>\d+))?")
AT = re.compile(r"robust_estimate_at_bandwidth_(?P<width>.+)")
WIDTHS = ("bandwidth", "bandwidth_below", "bandwidth_above")


def plots(record: Record) -> tuple[Plot, ...]:
    """Return a figure of every grid: of the check's, and of the model's own bandwidths."""
    found = []
    judged = set()
    for place, named in checked(record, KIND).items():
        rows = [_row(one) for one in variants_of(named, "bandwidth")]
        if rows:
            judged.add((place.model, place.outcome))
            found.append(_plot(record, place, rows))
    for model in record.spec.models:
        # Only models of kinks are asked for bandwidths beside their own.
        outcomes = record.spec.outcomes_of(model) if getattr(model.options, "grid", ()) else ()
        for outcome in outcomes:
            rows = list(_own_grid(record, model.id, outcome))
            if rows and (model.id, outcome) not in judged:
                found.append(_plot(record, Place("", model.id, outcome, ""), rows))
    return tuple(found)


def _row(one: Variant) -> tuple[Value, ...]:
    place = LABEL.fullmatch(one.label)
    width = float(place["width"]) if place else None
    order = place["order"] if place and place["order"] else "-"
    mark = REFUSED if one.estimate is None else VARIANT
    numbers = (one.estimate, one.std_error, one.low, one.high, one.p_value)
    return (order, one.label, width, *numbers, mark)


def _own_grid(record: Record, model: str, outcome: str) -> Iterator[tuple[Value, ...]]:
    """Yield the bandwidths that a model of kinks was asked for beside its own."""
    df = number(record.detail(model, outcome, "degrees_of_freedom"))
    order = record.detail(model, outcome, "order")
    for row in record.details:
        place = AT.fullmatch(row.name)
        if place is None or (row.model_id, row.outcome) != (model, outcome):
            continue
        at = place["width"]
        error = number(record.detail(model, outcome, f"robust_std_error_at_bandwidth_{at}"))
        centre = number(row.value)
        if centre is None or error is None:
            continue
        ends = interval(centre, error, df)
        estimate = number(record.detail(model, outcome, f"estimate_at_bandwidth_{at}"))
        plain = number(record.detail(model, outcome, f"std_error_at_bandwidth_{at}"))
        numbers = (estimate, plain, ends.low, ends.high, ends.p_value)
        yield (str(order), at, float(at), *numbers, VARIANT)


def _model(record: Record, model: str, outcome: str) -> Iterator[tuple[Value, ...]]:
    row = headline(record, model, outcome)
    if row is None or row.estimate is None:
        return
    widths = [number(record.detail(model, outcome, name)) for name in WIDTHS]
    width = max((one for one in widths if one is not None), default=None)
    order = record.detail(model, outcome, "order")
    numbers = (row.estimate, row.std_error, row.conf_low, row.conf_high, row.p_value)
    yield ("-" if order is None else str(order), model, width, *numbers, MODEL)


def _plot(record: Record, place: Place, rows: list[tuple[Value, ...]]) -> Plot:
    words, label = record.words, outcome_label(record.spec, place.outcome)
    points = table([*rows, *_model(record, place.model, place.outcome)])
    text = words.text("figure.bandwidth_grid.caption", outcome=label, model=place.model)
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
            along=words.text("figure.bandwidth_grid.along"),
            series=_series(record, points),
            model_name=words.text("figure.estimates.model"),
        ),
    )


def _series(record: Record, points: PointTable) -> tuple[str, ...]:
    keys = dict.fromkeys(row[0] for row in points.rows if row[8] != MODEL)
    return tuple(
        record.words.text("figure.bandwidth_grid.order", order=key)
        if key != "-"
        else record.words.text("figure.bandwidth_grid.fits")
        for key in keys
    )
