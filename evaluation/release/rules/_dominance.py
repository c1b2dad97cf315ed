"""Which numbers are about amounts that one person can dominate."""

from __future__ import annotations

from evaluation.release.rules.contract import AMOUNTS, Foreseen, Subject
from evaluation.spec.spec import Spec

JUDGED = frozenset({"estimate", "mean"})


def of_amount(subject: Subject, *statistics: str) -> bool:
    """Whether a number is a mean or estimate of an amount, or has such shares recorded."""
    asked = subject.outcome in AMOUNTS and subject.nature in JUDGED
    return subject.is_number and (asked or any(one in subject.measured for one in statistics))


def missing(what: str) -> str:
    """Return what is said where shares are not known."""
    return f"no evidence of {what}; a person must look"


def amounts_of(spec: Spec, key: str) -> tuple[Foreseen, ...]:
    """Name the outcomes that are amounts."""
    names = [name for name, outcome in spec.outcomes.items() if outcome.kind in AMOUNTS]
    return (Foreseen(key, {"outcomes": ", ".join(names)}),) if names else ()
