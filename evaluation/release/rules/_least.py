"""At least so many: the form that most rules have."""

from __future__ import annotations

from collections.abc import Iterable

from evaluation.release.rules.contract import Subject
from evaluation.results import Ruling

# Ends the name of a statistic of which a lower bound is known.
AT_LEAST = "_at_least"
ORDER = {"pass": 0, "review": 1, "fail": 2}


def at_least(
    subject: Subject,
    rule: str,
    needed: Iterable[tuple[str, float | int | None, str]],
    *,
    zeros: bool = False,
) -> Ruling | None:
    """Return the worst of several minima, ``None`` where none is set.

    Parameters
    ----------
    subject
        What is judged.
    rule
        Key of the rule.
    needed
        Statistic, minimum and what is counted in words; a minimum of ``None`` is not set.
    zeros
        Whether a count of zero says nothing about anybody, and passes.
    """
    found = [
        _one(subject, rule, statistic, minimum, what, zeros)
        for statistic, minimum, what in needed
        if minimum is not None
    ]
    return worst(found) if found else None


def worst(rulings: Iterable[Ruling]) -> Ruling:
    """Return the first of the rulings with the severest verdict."""
    return max(rulings, key=lambda one: ORDER[one.verdict])


def _bounded(
    subject: Subject, rule: str, statistic: str, minimum: float | int, what: str
) -> Ruling:
    """Return the ruling where at most a lower bound is known: never a fail, for it may be more."""
    surely = subject.measured.get(f"{statistic}{AT_LEAST}")
    if surely is None:
        missing = f"no evidence of {what}, of which {minimum:g} are needed; a person must look"
        return subject.ruled(rule, "review", missing, None, minimum)
    if surely >= minimum:
        return subject.ruled(rule, "pass", f"at least {surely:g} {what}", surely, minimum)
    said = f"at least {surely:g} {what}, perhaps fewer than {minimum:g}; a person must look"
    return subject.ruled(rule, "review", said, surely, minimum)


def _one(
    subject: Subject, rule: str, statistic: str, minimum: float | int, what: str, zeros: bool
) -> Ruling:
    measured = subject.measured.get(statistic)
    if measured is None:
        return _bounded(subject, rule, statistic, minimum, what)
    if measured >= minimum or (zeros and measured == 0):
        return subject.ruled(rule, "pass", f"{measured:g} {what}", measured, minimum)
    found = f"{measured:g} {what}, fewer than {minimum:g}"
    return subject.ruled(rule, "fail", found, measured, minimum)
