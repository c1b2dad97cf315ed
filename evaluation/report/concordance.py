"""Whether two specs say the same, from their estimates alone."""

from __future__ import annotations

from dataclasses import dataclass
from math import hypot

from evaluation.checks.contract import Verdict
from evaluation.inference.equivalence import minimum_detectable_effect
from evaluation.inference.intervals import interval

LEVEL = 0.05
SIDE_BY_SIDE, DIFFER, NONE = "side by side", "differ", "no difference detected"


@dataclass(frozen=True, slots=True)
class Reported:
    """One printed number of a spec, with what it is of.

    Attributes
    ----------
    spec_id, model_id, estimand
        Where it stands.
    outcome
        Column that is measured, with its kind.
    months_after
        Months from a row to its outcome.
    unit
        What the number counts: per person, per condition; and over whom.
    estimate, std_error
        As printed; ``None`` where there is none.
    world
        Synthetic world that the rows are of; empty for delivered data.
    """

    spec_id: str
    model_id: str
    estimand: str
    outcome: str
    months_after: int
    unit: str
    estimate: float | None
    std_error: float | None
    world: str = ""

    @property
    def place(self) -> str:
        """Spec and model."""
        return f"{self.spec_id}, {self.model_id}"


def concordance(own: Reported, other: Reported) -> Verdict:
    """Compare two numbers on one axis where outcome, unit and world are the same, else not at all.

    A difference in who is compared remains, and is named: an effect at a cutoff is of persons
    there, a difference-in-differences of all whom the policy touches. The standard error takes the
    two for independent; where they share rows it may be too large or too small, and the message
    says so. Otherwise the numbers stand side by side with the reason, and there is no test: two
    worlds have two truths.

    Parameters
    ----------
    own, other
        The numbers; the difference is ``own`` less ``other``.
    """
    details = (
        ("own_estimate", own.estimate),
        ("own_std_error", own.std_error),
        ("own_estimand", own.estimand),
        ("other_estimate", other.estimate),
        ("other_std_error", other.std_error),
        ("other_estimand", other.estimand),
    )
    term = f"{own.place} and {other.place}"
    reason = _apart(own, other)
    if own.estimate is None or other.estimate is None:
        lacking = own.place if own.estimate is None else other.place
        reason = f"{lacking} gives no number"
    if own.estimate is None or other.estimate is None or reason:
        message = f"{_numbers(own, other)}; no test: {reason}"
        return Verdict(own.outcome, None, None, SIDE_BY_SIDE, message, term=term, details=details)
    difference = own.estimate - other.estimate
    if not own.std_error or not other.std_error:
        message = f"{_numbers(own, other)}; no test: a standard error is missing"
        return Verdict(own.outcome, None, None, SIDE_BY_SIDE, message, term=term, details=details)
    error = hypot(own.std_error, other.std_error)
    p_value = interval(difference, error).p_value
    found = p_value is not None and p_value < LEVEL
    who = "" if own.estimand == other.estimand else f"; {own.estimand} against {other.estimand}"
    return Verdict(
        own.outcome,
        difference / error,
        p_value,
        DIFFER if found else NONE,
        f"{_numbers(own, other)}: {difference:+.4g} apart (standard error {error:.4g}, the two "
        f"taken for independent; power 80% against {minimum_detectable_effect(error):.2g}){who}",
        term=term,
        details=(*details, ("difference", difference), ("difference_std_error", error)),
    )


def _apart(own: Reported, other: Reported) -> str:
    """Return why two numbers do not share an axis, empty where they do."""
    pairs = (
        ("outcomes", own.outcome, other.outcome),
        ("months to the outcome", own.months_after, other.months_after),
        ("units", own.unit, other.unit),
        ("data", _data(own), _data(other)),
    )
    return "; ".join(f"{noun} differ, {one} and {two}" for noun, one, two in pairs if one != two)


def _data(one: Reported) -> str:
    return f"world {one.world}" if one.world else "delivered data"


def _numbers(own: Reported, other: Reported) -> str:
    return f"{_shown(own)} in {own.place}, {_shown(other)} in {other.place}"


def _shown(one: Reported) -> str:
    if one.estimate is None:
        return "no number"
    error = "" if one.std_error is None else f" ({one.std_error:.4g})"
    return f"{one.estimate:.4g}{error}"
