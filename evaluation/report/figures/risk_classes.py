"""Effects by class of predicted risk, such as its deciles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from evaluation.report.figures._along import draw_along
from evaluation.report.figures._checked import headline
from evaluation.report.figures._estimates import VARIANT, summary, table
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.point_table import Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label, spaced
from evaluation.results import Estimate

TITLE = "figure.risk_classes.title"
SECTION = "main"
ORDER = 70

CLASS = re.compile(r"class (?P<at>\d+) of (?P<count>\d+)")


def plots(record: Record) -> tuple[Plot, ...]:
    """Return one figure a model and outcome that has effects by class of a risk."""
    groups: dict[tuple[str, str], list[tuple[int, Estimate]]] = {}
    for row in record.estimates:
        place = CLASS.fullmatch(row.term)
        if place is not None and not row.subgroup and row.estimate is not None:
            groups.setdefault((row.model_id, row.outcome), []).append((int(place["at"]), row))
    return tuple(_plot(record, *key, rows) for key, rows in groups.items())


def _rows(rows: list[tuple[int, Estimate]]) -> Iterator[tuple[Value, ...]]:
    for at, row in sorted(rows, key=lambda one: one[0]):
        numbers = (row.estimate, row.std_error, row.conf_low, row.conf_high, row.p_value)
        yield ("class", row.term, float(at), *numbers, VARIANT)


def _plot(record: Record, model_id: str, outcome: str, rows: list[tuple[int, Estimate]]) -> Plot:
    words, label = record.words, outcome_label(record.spec, outcome)
    model = next(one for one in record.spec.models if one.id == model_id)
    risk = spaced(str(getattr(model.options, "risk", None) or ""))
    points = table(_rows(rows))
    text = words.text("figure.risk_classes.caption", outcome=label, model=model_id, risk=risk)
    row = headline(record, model_id, outcome)
    if row is not None and row.estimate is not None:
        told = words.text(
            "figure.estimates.with_interval",
            estimate=record.numbers.estimate(row.estimate),
            interval=record.numbers.interval(row.conf_low, row.conf_high),
        )
        text = f"{text} {words.text('figure.risk_classes.contrast', estimate=told)}"
    return Plot(
        name=plot_name("risk_classes", model_id, outcome),
        kind="risk_classes",
        caption=f"{text} {words.text('figure.estimates.intervals')}",
        alt=f"{text} {summary(points, words, record.spec.rounding.estimate)}",
        points=points,
        draw=partial(
            draw_along,
            title=label,
            along=words.text("figure.risk_classes.along", risk=risk),
            whole=True,
        ),
    )
