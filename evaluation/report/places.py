"""Where a row stands among the numbers of its model."""

from __future__ import annotations

from evaluation.estimators.contract import label_of
from evaluation.report.language import Language
from evaluation.report.words import ENGLISH
from evaluation.results import Estimate


def is_headline(row: Estimate) -> bool:
    """Whether a row is its model's single number, or says why there is none; of all rows."""
    return not (row.subgroup or row.term or row.cohort or row.period) and row.event_time is None


def place_of(row: Estimate) -> str:
    """Return a row's name inside its fit, as details know it; empty for a headline."""
    return label_of(row.estimand, row.term, row.cohort, row.period, row.event_time)


def shown_place(row: Estimate, words: Language = ENGLISH) -> str:
    """Return a row's place as it is printed in a language, dates in their short form."""
    if row.term:
        return words.text("place.term", estimand=row.estimand, term=row.term)
    if row.cohort or row.period:
        at = {"cohort": row.cohort, "period": row.period}
        return ", ".join(
            words.text(f"place.{name}", **{name: words.short_period(date)})
            for name, date in at.items()
            if date
        )
    if row.event_time is None:
        return ""
    return words.text("place.event_time", time=words.plain(row.event_time))


def is_reference(row: Estimate) -> bool:
    """Whether a row is zero by construction: the period that others are compared with."""
    return row.estimate == 0 and row.std_error is None and row.conf_low is None
