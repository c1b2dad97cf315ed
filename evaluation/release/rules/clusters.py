"""Clusters behind a number."""

from __future__ import annotations

from pydantic import Field

from evaluation.release.rules._least import at_least
from evaluation.release.rules.contract import Foreseen, Subject
from evaluation.results import Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "clusters"
TITLE = "a number with clustered errors rests on at least so many clusters"


class Limits(Table):
    """Clusters, as many as there must be."""

    least: int = Field(ge=1)


def words(limits: Limits) -> str:
    """Return the limits in words."""
    return f"{limits.least}"


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge numbers that have clusters; those without have none to show."""
    if not subject.is_number or "clusters" not in subject.measured:
        return None
    return at_least(subject, KEY, (("clusters", limits.least, "clusters"),))


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Say nothing: how many clusters there are is in the data."""
    del spec, limits
    return ()
