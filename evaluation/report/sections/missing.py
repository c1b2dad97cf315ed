"""What was asked, what the design lacks and what would be enough: the page of a refusal."""

from __future__ import annotations

from dataclasses import dataclass

from evaluation.report.estimand_words import estimand_words
from evaluation.report.insufficient import NO_MODEL
from evaluation.report.missing_words import missing_words
from evaluation.report.phrases import message_words, said
from evaluation.report.record import Record
from evaluation.report.words import outcome_label
from evaluation.spec.missing import LACKS, MISSING, reason_of
from evaluation.spec.model import Model


@dataclass(frozen=True, slots=True)
class Absent:
    """One thing that is missing.

    Attributes
    ----------
    word
        What it is.
    enough
        What would be enough, one sentence.
    """

    word: str
    enough: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing is estimated.

    Attributes
    ----------
    asked
        What the spec asks, a sentence for every model, or one for the outcomes.
    found
        What the data show, one sentence each; empty where the spec says itself what is missing.
    absent
        What is missing.
    """

    asked: tuple[str, ...]
    found: tuple[str, ...]
    absent: tuple[Absent, ...]


def refused_of(record: Record) -> Refused | None:
    """Return why a run estimates nothing, ``None`` where it does."""
    if record.status != "insufficient":
        return None
    words = record.words
    absent = tuple(
        Absent(missing_words(one, words), said("message", LACKS[one].enough, words))
        for one in MISSING
        if one in record.missing
    )
    return Refused(_asked(record), _found(record), absent)


def _asked(record: Record) -> tuple[str, ...]:
    words, spec = record.words, record.spec
    if not spec.models:
        outcomes = words.listed(outcome_label(spec, name) for name in spec.outcomes)
        return (words.text("page.missing.asked", outcomes=outcomes),)
    return tuple(_of_model(record, model) for model in spec.models)


def _of_model(record: Record, model: Model) -> str:
    words, spec = record.words, record.spec
    estimand = estimand_words(spec, model)
    outcomes = words.listed(outcome_label(spec, name) for name in spec.outcomes_of(model))
    return words.text(
        "page.missing.asked_model", model=model.id, estimand=estimand, outcomes=outcomes
    )


def _found(record: Record) -> tuple[str, ...]:
    """Return what the data show, which stands before what is missing in the reason of a row."""
    stated = record.spec.design.kind == "none"
    found: dict[str, None] = {}
    for row in () if stated else record.estimates:
        lacks = (reason_of((one,)) for one in MISSING if one in record.missing)
        sentence = row.reason
        for lack in lacks:
            sentence = sentence.removesuffix(lack).removesuffix("; ")
        about = "" if row.model_id == NO_MODEL else f"{row.model_id}: "
        if row.status == "insufficient":
            found[message_words(sentence, record.words)] = None
        else:
            found[f"{about}{message_words(row.reason, record.words)}"] = None
    return tuple(found)
