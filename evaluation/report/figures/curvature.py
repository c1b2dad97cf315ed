"""How estimate and bias-aware interval move with the bound on curvature."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from evaluation.estimators._honest.curvature import SENSITIVITY
from evaluation.report.figures._along import draw_along
from evaluation.report.figures._checked import number
from evaluation.report.figures._estimates import MODEL, VARIANT, summary, table
from evaluation.report.figures.plot import Plot, plot_name
from evaluation.report.point_table import Value
from evaluation.report.record import Record
from evaluation.report.words import outcome_label

TITLE = "figure.curvature.title"
SECTION = "robustness"
ORDER = 30

KIND = "curvature"


def plots(record: Record) -> tuple[Plot, ...]:
    """Return a figure of every bias-aware fit whose details repeat it at other bounds."""
    found = []
    for model in record.spec.models:
        for outcome in record.spec.outcomes_of(model):
            rows = list(_rows(record, model.id, outcome))
            if rows:
                found.append(_plot(record, model.id, outcome, rows))
    return tuple(found)


def _rows(record: Record, model: str, outcome: str) -> Iterator[tuple[Value, ...]]:
    for at, (multiple, name) in enumerate(SENSITIVITY):
        estimate, low, high = (
            number(record.detail(model, outcome, f"{key}_at_{name}"))
            for key in ("estimate", "conf_low", "conf_high")
        )
        if estimate is None:
            continue
        mark = MODEL if multiple == 1 else VARIANT
        yield (KIND, f"{multiple:g}", float(at), estimate, None, low, high, None, mark)


def _plot(record: Record, model: str, outcome: str, rows: list[tuple[Value, ...]]) -> Plot:
    words, label = record.words, outcome_label(record.spec, outcome)
    points = table(rows)
    bound = number(record.detail(model, outcome, "curvature_bound"))
    widths = {record.detail(model, outcome, f"bandwidth_at_{name}") for _, name in SENSITIVITY}
    at = words.text(f"figure.curvature.{'fixed' if len(widths) == 1 else 'best'}")
    text = words.text("figure.curvature.caption", outcome=label, model=model, at=at)
    if bound is not None:
        text = f"{text} {words.text('figure.curvature.bound', bound=words.plain(bound, 3))}"
    calibrated = record.detail(model, outcome, "curvature_calibrated")
    if calibrated is True or calibrated == "true":
        text = f"{text} {words.text('figure.curvature.calibrated')}"
    told = summary(points, words, record.spec.rounding.estimate)
    names = {
        float(at): words.text("figure.curvature.times", multiple=words.plain(multiple))
        for at, (multiple, _) in enumerate(SENSITIVITY)
    }
    return Plot(
        name=plot_name(KIND, model, outcome),
        kind=KIND,
        caption=text,
        alt=f"{text} {told}",
        points=points,
        draw=partial(
            draw_along,
            title=label,
            along=words.text("figure.curvature.along"),
            names=names,
            series=(words.text("figure.curvature.others"),),
            model_name=words.text("figure.estimates.model"),
        ),
    )
