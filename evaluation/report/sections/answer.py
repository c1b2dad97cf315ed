"""The answer first: each outcome in words, with its verdicts and, where known, the truth."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.checks.judging import EQUIVALENCE
from evaluation.report.findings import findings_of
from evaluation.report.places import is_headline
from evaluation.report.record import Record
from evaluation.report.truths import holds_truth, truth_text
from evaluation.report.words import verdict_words
from evaluation.results import Estimate


@dataclass(frozen=True)
class Answer:
    """What is said of one outcome.

    Attributes
    ----------
    label
        The outcome as people call it.
    verdicts
        ``(verdict, its words)`` on each smallest effect of interest.
    sentences
        Estimate with interval, then one sentence for every bound.
    truth
        What the synthetic world holds, and whether the interval does; empty elsewhere.
    exploratory
        Why its model is no confirmatory one; empty where it is.
    """

    label: str
    verdicts: tuple[tuple[str, str], ...]
    sentences: tuple[str, ...]
    truth: str
    exploratory: str


def answers_of(record: Record) -> tuple[Answer, ...]:
    """Return one answer for every outcome, in spec order."""
    names = record.spec.outcomes
    found = zip(names, findings_of(record), strict=True)
    return tuple(_answer(record, name, one.label, one.sentences) for name, one in found)


def _answer(record: Record, outcome: str, label: str, sentences: tuple[str, ...]) -> Answer:
    judged = [row for row in record.checks if (row.check, row.outcome) == (EQUIVALENCE, outcome)]
    row = _headline(record, outcome, next((one.model_id for one in judged if one.model_id), None))
    verdicts = dict.fromkeys(one.verdict for one in judged)
    return Answer(
        label,
        tuple((verdict, verdict_words(verdict, record.words)) for verdict in verdicts),
        sentences,
        "" if row is None else _truth(record, row),
        "" if row is None else record.exploratory.get(row.model_id, ""),
    )


def _headline(record: Record, outcome: str, judged: str | None) -> Estimate | None:
    rows = [row for row in record.estimates if row.outcome == outcome and is_headline(row)]
    chosen = [row for row in rows if row.model_id == judged] or rows
    return chosen[0] if chosen else None


def _truth(record: Record, row: Estimate) -> str:
    if row.estimate is None or record.detail(row.model_id, row.outcome, "truth") is None:
        return ""
    truth = truth_text(record, row, record.numbers)
    key = {True: "inside", False: "outside", None: "alone"}[holds_truth(record, row)]
    return record.words.text(f"page.truth.{key}", truth=truth)
