"""What the data say, outcome by outcome: the estimate and the verdict on every bound, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.checks.judging import EQUIVALENCE
from evaluation.report.bound_words import beyond_words, interval_words, scale_words
from evaluation.report.missing_words import missing_words
from evaluation.report.numbers import Numbers
from evaluation.report.phrases import message_words
from evaluation.report.places import is_headline
from evaluation.report.record import Record
from evaluation.report.sizes import attainable_words, size_sentences, uninformative_words
from evaluation.report.words import capital, outcome_label, status_words, verdict_words
from evaluation.results import Check, Estimate
from evaluation.spec.extras import SmallestEffect

JUDGED = frozenset({"ruled_out", "not_ruled_out", "effect_found"})


@dataclass(frozen=True)
class Finding:
    """What is said of one outcome.

    Attributes
    ----------
    label
        The outcome as people call it.
    sentences
        Estimate with interval, then one sentence for every bound.
    """

    label: str
    sentences: tuple[str, ...]


def findings_of(record: Record) -> tuple[Finding, ...]:
    """Return one finding for every outcome, in spec order."""
    return tuple(
        Finding(outcome_label(record.spec, name), tuple(_sentences(record, name)))
        for name in record.spec.outcomes
    )


def _sentences(record: Record, outcome: str) -> Iterator[str]:
    verdicts = [row for row in record.checks if row.check == EQUIVALENCE and row.outcome == outcome]
    judged = next((row.model_id for row in verdicts if row.model_id), None)
    yield _estimate(record, outcome, judged)
    yield from size_sentences(record, outcome, verdicts[0] if verdicts else None)
    for row in verdicts:
        yield _verdict(record, row)


def _estimate(record: Record, outcome: str, judged: str | None) -> str:
    words = record.words
    rows = [row for row in record.estimates if row.outcome == outcome and is_headline(row)]
    chosen = [row for row in rows if row.model_id == judged] or rows
    if not chosen:
        return words.text("finding.no_number")
    row = chosen[0]
    which = words.text("finding.which", model=row.model_id) if len(rows) > 1 else ""
    if row.status == "insufficient":
        return _insufficient(record, row)
    if row.estimate is None:
        status = status_words(row.status, words)
        reason = message_words(row.reason, words)
        return words.text("finding.without", status=capital(status), which=which, reason=reason)
    unit = words.text("finding.per_person") if _bounds(record, outcome) else ""
    shown = _with_interval(row, record.numbers)
    return words.text("finding.estimate", estimate=shown, unit=unit, which=which)


def _insufficient(record: Record, row: Estimate) -> str:
    """Return that nothing is estimated, and what is missing for it."""
    found = record.detail(row.model_id, row.outcome, "missing")
    missing = (missing_words(one, record.words) for one in str(found).split(", "))
    return record.words.text("finding.insufficient", missing=record.words.listed(missing))


def _with_interval(row: Estimate, numbers: Numbers) -> str:
    words, estimate = numbers.words, numbers.estimate(row.estimate)
    if row.conf_low is None and row.p_value is not None:
        p_value = numbers.p_value(row.p_value)
        return words.text("finding.estimate_p", estimate=estimate, p_value=p_value)
    low, high = numbers.estimate(row.conf_low), numbers.estimate(row.conf_high)
    return words.text("finding.estimate_interval", estimate=estimate, low=low, high=high)


def _verdict(record: Record, row: Check) -> str:
    words = record.words
    effect = next((one for one in _bounds(record, row.outcome) if one.unit == row.term), None)
    if effect is None:
        return words.text("finding.no_bound")
    low, high, units, attainable = (
        record.detail(row.model_id, row.outcome, name, row.term)
        for name in ("equivalence_low", "equivalence_high", "units_per_person", "attainable_effect")
    )
    most = attainable_words(record, attainable)
    if row.verdict == "uninformative" and (said := uninformative_words(record, row, effect)):
        return said
    if row.verdict not in JUDGED or not isinstance(low, float) or not isinstance(high, float):
        verdict = capital(verdict_words(row.verdict, words))
        message = message_words(row.message, words)
        return words.text("finding.other", verdict=verdict, message=message)
    known = units if isinstance(units, float) else None
    interval = interval_words(effect, low, high, words) + scale_words(effect, known, words)
    beyond = beyond_words(effect, words)
    return words.text(f"finding.{row.verdict}", beyond=beyond, interval=interval) + most


def _bounds(record: Record, outcome: str) -> list[SmallestEffect]:
    return [one for one in record.spec.smallest_effect_of_interest if one.outcome == outcome]
