"""Small words that pages, figures and ``explain`` share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from evaluation.report.language import DEFAULT, Language, language_of
from evaluation.report.phrases import said
from evaluation.spec.filters import Filter
from evaluation.spec.horizons import parted
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

ENGLISH = language_of(DEFAULT)
MINUS = ENGLISH.texts["numbers.minus"]


def outcome_label(spec: Spec, name: str) -> str:
    """Return what pages call an outcome: its label, its column's name, or its own with spaces.

    Columns that the language knows are named in it where the outcome has no name of its own.
    """
    words, outcome = language_of(spec.lang), spec.outcomes.get(name)
    own, months = parted(name)
    label = None if outcome is None else outcome.label_in(spec.lang)
    if not label:
        known = outcome is not None and outcome.column == own and f"column.{own}" in words
        label = words.text(f"column.{own}") if known else spaced(own)
    if months is None:
        return label
    return words.text("horizon.ahead", outcome=label, months=words.count(months))


def spaced(name: str) -> str:
    """Return a name with spaces for underscores."""
    return name.replace("_", " ")


def capital(text: str) -> str:
    """Return a text with a capital first letter, the others as they are."""
    return text[:1].upper() + text[1:]


def keyword(name: str, words: Language = ENGLISH) -> str:
    """Return a word of the grammar as people read it; one without a text stands with spaces."""
    key = f"option.{name}"
    return words.text(key) if key in words else spaced(name)


def status_words(status: str, words: Language = ENGLISH) -> str:
    """Return the state of a row or of a run in words."""
    key = f"status.{status}"
    return words.text(key) if key in words else spaced(status)


def verdict_words(verdict: str, words: Language = ENGLISH) -> str:
    """Return a verdict in words."""
    return said("verdict", spaced(verdict), words)


def listed(items: Iterable[str], last: str = "and", words: Language = ENGLISH) -> str:
    """Return items as people list them: ``a, b and c``."""
    return words.listed(items, last)


def date_words(value: object, words: Language = ENGLISH) -> str:
    """Return a date as people write it, and any other value of a column as it stands."""
    return words.date(value) if isinstance(value, dt.date) else _literal(value, words)


def condition_words(condition: Filter, words: Language = ENGLISH) -> str:
    """Return a filter in words, as in ``age_months at least 300 and below 420``."""
    parts = [_condition(name, value, words) for name, value in condition.conditions.items()]
    return f"{condition.column} {words.listed(parts)}" if parts else condition.column


def value_words(value: Any, words: Language = ENGLISH) -> str:
    """Return a setting's value in words: tables by their set keys, sequences with commas."""
    if isinstance(value, Table):
        return ", ".join(
            f"{keyword(name, words)} {value_words(getattr(value, name), words)}"
            for name in type(value).model_fields
            if name in value.model_fields_set
        )
    if isinstance(value, tuple):
        return ", ".join(value_words(item, words) for item in value)
    if isinstance(value, bool):
        return words.text("list.yes" if value else "list.no")
    if isinstance(value, int | float):
        return words.plain(value)
    return keyword(value, words) if isinstance(value, str) else date_words(value, words)


def _literal(value: Any, words: Language) -> str:
    """Return a value of a column as it stands: names keep their underscores."""
    if isinstance(value, tuple):
        return words.listed([_literal(item, words) for item in value], "or")
    if isinstance(value, str) or not isinstance(value, bool | int | float | dt.date):
        return str(value)
    return value_words(value, words)


def _condition(name: str, value: Any, words: Language) -> str:
    if name == "missing":
        return words.text("filter.missing" if value else "filter.not_missing")
    return words.text(f"filter.{name}", value=_literal(value, words))
