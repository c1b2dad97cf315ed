"""Numbers of one model and outcome apart: by event time, cohort, period, term, quantile, level."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from evaluation.report.language import DEFAULT, Language, language_of
from evaluation.report.places import is_headline
from evaluation.report.words import spaced
from evaluation.results import Estimate

PlaceKey = tuple[str, float, str, str, str, float]
NO_TIME = float("-inf")

PICKED: Mapping[str, Callable[[Estimate], bool]] = {
    "headline": is_headline,
    "event_time": lambda row: row.event_time is not None and not row.subgroup,
    "cohort": lambda row: bool(row.cohort) and not (row.period or row.subgroup),
    "period": lambda row: bool(row.period) and not (row.cohort or row.subgroup),
    "cohort_period": lambda row: bool(row.cohort) and bool(row.period) and not row.subgroup,
    "term": lambda row: bool(row.term) and not row.subgroup,
    "quantile": lambda row: row.quantile is not None and not row.subgroup,
    "subgroup": lambda row: bool(row.subgroup) and row.event_time is None,
}


def key_of_place(row: Estimate) -> PlaceKey:
    """Return where a row stands among the numbers of its model and outcome."""
    return (
        row.subgroup,
        NO_TIME if row.quantile is None else row.quantile,
        row.term,
        row.cohort,
        row.period,
        NO_TIME if row.event_time is None else float(row.event_time),
    )


def place_kind(row: Estimate) -> str:
    """Return what a row's place is: one of event time, cohort, ..., else ``place``."""
    names = tuple(_named(row, language_of(DEFAULT)))
    return names[0][0] if len(names) == 1 else "place"


def place_label(row: Estimate, words: Language, kind: str = "place") -> str:
    """Return a row's place as people read it; empty for a model's single number.

    Parameters
    ----------
    kind
        What all places of the table are, which its heading says then.
    """
    return ", ".join(
        value
        if name in (kind, "subgroup", "term")
        else words.text(f"table.place.{name}", value=value)
        for name, value in _named(row, words)
    )


def _named(row: Estimate, words: Language) -> Iterator[tuple[str, str]]:
    if row.subgroup:
        yield "subgroup", row.subgroup
    if row.quantile is not None:
        yield "quantile", words.plain(row.quantile)
    if row.term:
        yield "term", spaced(row.term)
    if row.cohort:
        yield "cohort", words.period(row.cohort)
    if row.period:
        yield "period", words.period(row.period)
    if row.event_time is not None and not (row.cohort and row.period):
        yield "event_time", words.plain(row.event_time)
