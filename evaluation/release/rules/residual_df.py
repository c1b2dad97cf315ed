"""Residual degrees of freedom: rows less parameters."""

from __future__ import annotations

from pydantic import Field

from evaluation.release.rules._least import at_least
from evaluation.release.rules.contract import Foreseen, Subject
from evaluation.results import Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "residual_df"
TITLE = "a fit leaves at least so many residual degrees of freedom"


class Limits(Table):
    """Rows less parameters, as many as must be left."""

    least: int = Field(ge=1)


def words(limits: Limits) -> str:
    """Return the limits in words."""
    return f"{limits.least}"


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge estimates, and whatever else has degrees of freedom."""
    if not subject.is_number:
        return None
    if subject.nature != "estimate" and "residual_df" not in subject.measured:
        return None
    return at_least(subject, KEY, (("residual_df", limits.least, "residual degrees of freedom"),))


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Say nothing: rows are in the data."""
    del spec, limits
    return ()
