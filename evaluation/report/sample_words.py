"""Which rows enter, in words."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.report.language import Language, language_of
from evaluation.report.words import condition_words, date_words
from evaluation.spec.sample import GroupedRows
from evaluation.spec.spec import Spec


def sample_words(spec: Spec) -> Iterator[tuple[str, str]]:
    """Return ``(what, in words)`` for the window, the rows and the filters of a sample."""
    words = language_of(spec.lang)
    for what, line in _lines(spec, words):
        yield words.text(f"sample.what.{what}"), line


def _lines(spec: Spec, words: Language) -> Iterator[tuple[str, str]]:
    sample, panel = spec.sample, spec.panel
    if panel.window is not None:
        yield "window", _span(panel.window[0], panel.window[1], words)
    if panel.period is not None:
        yield "period", words.text(f"sample.period.{panel.period}")
    if isinstance(sample.rows, GroupedRows):
        columns = words.listed(sample.rows.by)
        yield "rows", words.text("sample.grouped", columns=columns)
    else:
        yield "rows", words.text(f"sample.rows.{sample.rows}")
    yield "population", words.text(f"sample.denominator.{sample.denominator}")
    for keep in sample.keep:
        condition = condition_words(keep, words)
        yield "kept", words.text("filter.rows_with", condition=condition)
    for drop in sample.drop:
        condition = condition_words(drop, words)
        yield "dropped", words.text("filter.rows_with", condition=condition)
    for first, last in sample.drop_periods:
        yield "periods_left_out", _span(first, last, words)


def _span(first: object, last: object, words: Language) -> str:
    ends = {"first": date_words(first, words), "last": date_words(last, words)}
    return words.text("sample.span", **ends)
