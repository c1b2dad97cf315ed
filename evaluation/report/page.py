"""The one-file page of a run: readable anywhere, no network, no script."""

from __future__ import annotations

import base64
from importlib.resources import files

from evaluation.estimators.contract import label_of
from evaluation.report.figures.choice import figures_of
from evaluation.report.numbers import Numbers
from evaluation.report.record import Record
from evaluation.report.statements import Statement, statements_of
from evaluation.results import Estimate


def page(record: Record) -> str:
    """Return the HTML of a record: answer, design, flow, threats, numbers, figure, checks."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    source = (files("evaluation.report") / "templates" / "page.html").read_text(encoding="utf-8")
    numbers = Numbers(record.spec.rounding)
    return environment.from_string(source).render(
        record=record,
        spec=record.spec,
        statements=statements_of(record),
        headline=[row for row in record.estimates if is_headline(row)],
        further=[row for row in record.estimates if not is_headline(row)],
        number=numbers.estimate,
        p_value=numbers.p_value,
        count=numbers.count,
        truth=lambda row: record.detail(row.model_id, row.outcome, "truth"),
        synthetic=record.spec.panel.source == "synthetic",
        place=place_of,
        figure=_first_figure(record),
    )


def is_headline(row: Estimate) -> bool:
    """Whether a row is its model's single number, or says why there is none."""
    return not (row.term or row.cohort or row.period) and row.event_time is None


def place_of(row: Estimate) -> str:
    """Return a row's name inside its fit, as details know it; empty for a headline."""
    return label_of(row.estimand, row.term, row.cohort, row.period, row.event_time)


def _first_figure(record: Record) -> dict[str, str] | None:
    for name, draw in figures_of(record).items():
        picture = base64.b64encode(draw()).decode("ascii")
        return {"name": name, "alt": name.replace("_", " "), "data": picture}
    return None


__all__ = ["Statement", "is_headline", "page"]
