"""Events and non-events: a group in which all or none have it tells of everybody in it."""

from __future__ import annotations

from pydantic import Field

from evaluation.release.rules._least import at_least, worst
from evaluation.release.rules.contract import Foreseen, Subject
from evaluation.results import Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "events"
TITLE = "a binary outcome has at least so many units with and without the event behind a number"
JUDGED = frozenset({"estimate", "mean"})


class Limits(Table):
    """Units with the event, and units without it."""

    events: int = Field(ge=1)
    non_events: int = Field(ge=1)


def words(limits: Limits) -> str:
    """Return the limits in words."""
    if limits.events == limits.non_events:
        return f"{limits.events} of each"
    return f"{limits.events} with, {limits.non_events} without"


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge estimates and means of binary outcomes, and whatever else counts events.

    A unit may have many rows: too few of these are too few units, enough of them may not be.
    """
    known = any(name.startswith(("event", "non_event")) for name in subject.measured)
    asked = subject.outcome == "binary" and subject.nature in JUDGED
    if not subject.is_number or not (asked or known):
        return None
    needed = (
        ("event_units", "events", limits.events, "with the event"),
        ("non_event_units", "non_events", limits.non_events, "without the event"),
    )
    return worst(_one(subject, *one) for one in needed)


def _one(subject: Subject, units: str, rows: str, least: int, what: str) -> Ruling:
    counted = subject.measured.get(rows)
    if units not in subject.measured and counted is not None and counted < least:
        said = f"{counted:g} rows {what}, fewer than {least}"
        return subject.ruled(KEY, "fail", said, counted, least)
    found = at_least(subject, KEY, ((units, least, f"units {what}"),))
    return subject.ruled(KEY, "review", "no evidence") if found is None else found


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Name the binary outcomes."""
    names = [name for name, outcome in spec.outcomes.items() if outcome.kind == "binary"]
    if not names:
        return ()
    least = max(limits.events, limits.non_events)
    return (Foreseen("policy.events", {"outcomes": ", ".join(names), "least": least}),)
