"""Plotted points: each is a mean or a count of its own."""

from __future__ import annotations

from pydantic import Field

from evaluation.release.rules._least import at_least
from evaluation.release.rules.contract import Foreseen, Subject
from evaluation.results import Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "points"
TITLE = "a plotted point stands for at least so many"


class Limits(Table):
    """What one point stands for: units where they are known, else rows."""

    least: int = Field(ge=1)


def words(limits: Limits) -> str:
    """Return the limits in words."""
    return f"{limits.least}"


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge the points of figures, and whatever else counts what a point stands for."""
    if not subject.is_number:
        return None
    if "n_point" not in subject.measured and (subject.nature != "point" or _is_estimate(subject)):
        return None
    return at_least(
        subject, KEY, (("n_point", limits.least, "persons or rows behind a plotted point"),)
    )


def _is_estimate(subject: Subject) -> bool:
    """Whether a point is an estimate that is drawn: the rule of its smallest group speaks to it."""
    return any(name.startswith("support_") for name in subject.measured)


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Say how many a point of a figure must stand for."""
    del spec
    return (Foreseen("policy.points", {"least": limits.least}),)
