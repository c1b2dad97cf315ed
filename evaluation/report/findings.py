"""What the data say, outcome by outcome: the estimate and the verdict on every bound, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.checks.judging import EQUIVALENCE
from evaluation.checks.smallest_effect import beyond_words, interval_words, scale_words
from evaluation.report.numbers import Numbers
from evaluation.report.places import is_headline
from evaluation.report.record import Record
from evaluation.report.words import outcome_label
from evaluation.results import Check, Estimate
from evaluation.spec.extras import SmallestEffect

SENTENCES = {
    "ruled_out": "Effects {beyond} are ruled out ({interval}).",
    "not_ruled_out": "Effects {beyond} are not ruled out ({interval}).",
    "effect_found": "An effect is found, and effects {beyond} are not ruled out ({interval}).",
}
NO_BOUND = "No smallest effect of interest is stated, so no effect is ruled out."


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
    for row in verdicts:
        yield _verdict(record, row)


def _estimate(record: Record, outcome: str, judged: str | None) -> str:
    rows = [row for row in record.estimates if row.outcome == outcome and is_headline(row)]
    chosen = [row for row in rows if row.model_id == judged] or rows
    if not chosen:
        return "No model gives a single number."
    row = chosen[0]
    which = f", model {row.model_id}" if len(rows) > 1 else ""
    if row.estimate is None:
        return f"{row.status.capitalize()}{which}: {row.reason}."
    unit = " per person" if _bounds(record, outcome) else ""
    return f"{_with_interval(row, Numbers(record.spec.rounding))}{unit}{which}."


def _with_interval(row: Estimate, numbers: Numbers) -> str:
    if row.conf_low is None and row.p_value is not None:
        return f"{numbers.estimate(row.estimate)} (p {numbers.p_value(row.p_value)}, no interval)"
    ends = f"{numbers.estimate(row.conf_low)} to {numbers.estimate(row.conf_high)}"
    return f"{numbers.estimate(row.estimate)} ({ends})"


def _verdict(record: Record, row: Check) -> str:
    effect = next((one for one in _bounds(record, row.outcome) if one.unit == row.term), None)
    if effect is None:
        return NO_BOUND
    low, high, attainable = (
        record.detail(row.model_id, row.outcome, name, row.term)
        for name in ("equivalence_low", "equivalence_high", "attainable_effect")
    )
    if row.verdict not in SENTENCES or not isinstance(low, float) or not isinstance(high, float):
        return f"{row.verdict.replace('_', ' ').capitalize()}: {row.message}."
    known = attainable if isinstance(attainable, float) else None
    interval = interval_words(effect, low, high) + scale_words(effect, known)
    return SENTENCES[row.verdict].format(beyond=beyond_words(effect), interval=interval)


def _bounds(record: Record, outcome: str) -> list[SmallestEffect]:
    return [one for one in record.spec.smallest_effect_of_interest if one.outcome == outcome]
