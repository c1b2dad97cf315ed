"""Which rows enter, in words."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.report.words import condition_words, listed
from evaluation.spec.sample import GroupedRows
from evaluation.spec.spec import Spec

ROWS = {
    "person_month": "as in the source",
    "person": "one a person",
    "first_of_year": "the first of each person in a calendar year",
    "entry": "entries: the first period of receipt",
    "at_risk_entry": "persons who did not receive in the period before",
    "at_risk_exit": "persons who received in the period before",
}
DENOMINATORS = {
    "population": "everyone in the source",
    "recipients": "recipients",
    "main_income": "persons with social assistance as main income",
    "no_other_benefit": "recipients without other benefits",
}


def sample_words(spec: Spec) -> Iterator[tuple[str, str]]:
    """Return ``(what, in words)`` for the window, the rows and the filters of a sample."""
    sample, panel = spec.sample, spec.panel
    if panel.window is not None:
        yield "window", f"{panel.window[0]} to {panel.window[1]}"
    if panel.period is not None:
        yield "period", panel.period
    if isinstance(sample.rows, GroupedRows):
        yield "rows", f"one a {listed(sample.rows.by)} and period: means, weighted by their rows"
    else:
        yield "rows", ROWS[sample.rows]
    yield "population", DENOMINATORS[sample.denominator]
    for keep in sample.keep:
        yield "kept", f"rows with {condition_words(keep)}"
    for drop in sample.drop:
        yield "dropped", f"rows with {condition_words(drop)}"
    for first, last in sample.drop_periods:
        yield "periods left out", f"{first} to {last}"
