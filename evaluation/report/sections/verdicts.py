"""Checks grouped by the assumption that they speak to, each verdict with its tone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from evaluation.checks.registry import check, check_names
from evaluation.report.phrases import message_words, said
from evaluation.report.record import Record
from evaluation.report.sections.tones import MARKS, TONES, Tone, tone_of
from evaluation.report.words import outcome_label, verdict_words
from evaluation.results import Check, text_of

# Kinds that vary a model or its inference; the others speak to what identifies it.
ROBUSTNESS = frozenset(
    {
        "agreement",
        "bandwidth_grid",
        "cluster_bootstrap",
        "date_error",
        "donut",
        "effective_clusters",
        "families",
        "heterogeneity",
        "leave_one_out",
        "randomisation",
        "specification_curve",
        "wild_bootstrap",
    }
)

# Kinds of verdict on no assumption, by the key of what stands over them.
OTHERS = {"families": "families", "heterogeneity": "heterogeneity"}


@dataclass(frozen=True)
class Judged:
    """One verdict as it is printed.

    Attributes
    ----------
    number
        Its row in ``checks.csv``, counted from 1.
    statistic, p_value
        As printed; a dash for none.
    values
        The same as the result file holds them, empty for none.
    mark, tone
        What the verdict means to a reader.
    """

    number: int
    check: str
    model: str
    outcome: str
    term: str
    statistic: str
    p_value: str
    values: tuple[str, str]
    tone: Tone
    mark: str
    verdict: str
    message: str


@dataclass(frozen=True)
class Group:
    """Verdicts on one assumption.

    Attributes
    ----------
    assumption
        What is assumed, in words; empty for verdicts on none.
    about
        Key of what stands over them.
    """

    assumption: str
    about: str
    rows: tuple[Judged, ...]


def groups_of(record: Record, *, robustness: bool) -> tuple[Group, ...]:
    """Return verdicts by assumption, in the order in which the spec asks for them.

    Parameters
    ----------
    record
        The run.
    robustness
        Whether to return those of models that were varied, else those of assumptions.
    """
    kinds = _kinds(record)
    held: dict[tuple[str, str], list[Judged]] = {}
    for number, row in enumerate(record.checks, start=1):
        kind = kinds.get(row.check, row.check)
        if (kind in ROBUSTNESS) == robustness:
            held.setdefault(_heading(kind), []).append(_judged(record, number, row))
    return tuple(
        Group(said("assumption", assumption, record.words), about, tuple(rows))
        for (assumption, about), rows in held.items()
    )


def tally(groups: Iterable[Group]) -> tuple[tuple[Tone, str, int], ...]:
    """Return ``(tone, mark, how many verdicts)`` for every tone that occurs."""
    count = Counter(row.tone for group in groups for row in group.rows)
    return tuple((tone, MARKS[tone], count[tone]) for tone in TONES if count[tone])


def _kinds(record: Record) -> dict[str, str]:
    """Return the kind of check by the name under which its rows stand."""
    families = {one.id: "families" for one in record.spec.families}
    return families | {one.name: one.kind for one in record.spec.checks}


def _heading(kind: str) -> tuple[str, str]:
    """Return the assumption that a kind speaks to, and the key of what stands over its rows."""
    if kind in check_names():
        return check(kind).ASSUMPTION, "assumption"
    return "", OTHERS.get(kind, "other")


def _judged(record: Record, number: int, row: Check) -> Judged:
    tone = tone_of(row)
    # The unit of a smallest effect stands in its message.
    term = "" if row.check == "equivalence" else said("term", row.term, record.words)
    return Judged(
        number,
        row.check,
        row.model_id,
        outcome_label(record.spec, row.outcome) if row.outcome else "",
        term,
        record.numbers.estimate(row.statistic),
        record.numbers.p_value(row.p_value),
        (text_of(row.statistic), text_of(row.p_value)),
        tone,
        MARKS[tone],
        verdict_words(row.verdict, record.words),
        message_words(row.message, record.words),
    )
