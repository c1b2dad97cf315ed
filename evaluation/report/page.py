"""The one-file page of a run: readable anywhere, no network, no script."""

from __future__ import annotations

import base64
from functools import partial
from importlib.resources import files

from evaluation.report.centred import centre_notes
from evaluation.report.design_words import design_lines
from evaluation.report.figures.choice import pictures_of
from evaluation.report.findings import findings_of
from evaluation.report.further import further_of, subgroups_shown
from evaluation.report.numbers import Numbers
from evaluation.report.places import is_headline, is_reference, shown_place
from evaluation.report.record import Record
from evaluation.report.statements import statements_of
from evaluation.report.truths import truth_text
from evaluation.report.words import outcome_label


def page(record: Record) -> str:
    """Return the HTML of a record: answer, design, flow, threats, numbers, figure, checks."""
    import jinja2

    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    source = (files("evaluation.report") / "templates" / "page.html").read_text(encoding="utf-8")
    numbers = Numbers(record.spec.rounding)
    return environment.from_string(source).render(
        record=record,
        spec=record.spec,
        findings=findings_of(record),
        design=design_lines(record.spec),
        statements=statements_of(record),
        headline=[row for row in record.estimates if is_headline(row)],
        centred=centre_notes(record),
        further=further_of(record.estimates),
        subgroups=subgroups_shown(record.estimates),
        label=partial(outcome_label, record.spec),
        number=numbers.estimate,
        p_value=numbers.p_value,
        count=numbers.count,
        truth=lambda row: truth_text(record, row, numbers),
        synthetic=record.spec.panel.source == "synthetic",
        place=shown_place,
        is_reference=is_reference,
        figure=_first_figure(record),
    )


def _first_figure(record: Record) -> dict[str, str] | None:
    for picture in pictures_of(record):
        data = base64.b64encode(picture.draw()).decode("ascii")
        return {"caption": picture.caption, "alt": picture.alt, "data": data}
    return None


__all__ = ["page"]
