"""Numbers on few observations."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from evaluation.release.rules._least import at_least
from evaluation.release.rules.contract import Foreseen, Subject
from evaluation.results import Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "count"
TITLE = "a number rests on at least so many rows and units"


class Limits(Table):
    """Rows and units behind every number; whether a count of zero may be shown.

    Panels have many rows a person: ``rows`` alone says little of persons.
    """

    rows: int | None = Field(default=None, ge=1)
    units: int | None = Field(default=None, ge=1)
    zeros: Literal["allowed", "disclosive"]

    @model_validator(mode="after")
    def _one_of_two(self) -> Limits:
        if self.rows is None and self.units is None:
            raise ValueError("says neither rows nor units; give one or both")
        return self

    @property
    def smallest(self) -> int:
        """The smallest count that may be shown."""
        return max(self.rows or 0, self.units or 0)


def words(limits: Limits) -> str:
    """Return the limits in words."""
    parts = [f"{at} {what}" for what, at in (("rows", limits.rows), ("units", limits.units)) if at]
    return f"{', '.join(parts)}; zeros {limits.zeros}"


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge every number; what is text is for a person to read."""
    if subject.nature == "word":
        return subject.ruled(KEY, "review", "is text, not a number; a person must read it")
    if not subject.is_number:
        return None
    needed = (("rows", limits.rows, "rows"), ("units", limits.units, "units"))
    shown = subject.nature == "count" and limits.zeros == "allowed"
    return at_least(subject, KEY, needed, zeros=shown)


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Say the smallest count."""
    del spec
    return (Foreseen("policy.count", {"least": limits.smallest}),)
