"""Rounding of counts: judged as they would leave."""

from __future__ import annotations

import math
from typing import Literal

from pydantic import Field

from evaluation.release.rules.contract import Foreseen, Subject
from evaluation.results import Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "rounding"
TITLE = "counts are rounded"


class Limits(Table):
    """Base, and whether counts go to its nearest multiple or to the midpoint between two.

    The midpoint of 6 turns 1 to 6 into 3 and 7 to 12 into 9, so that no count is zero or below
    another class by rounding.
    """

    base: int = Field(ge=2)
    to: Literal["nearest", "midpoint"] = "nearest"

    def rounded(self, count: int) -> int:
        """Return a count as it may leave; halves go up."""
        if self.to == "midpoint":
            return 0 if count == 0 else math.ceil(count / self.base) * self.base - self.base // 2
        return (2 * count + self.base) // (2 * self.base) * self.base


def words(limits: Limits) -> str:
    """Return the limits in words."""
    return f"{limits.to} {limits.base}"


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge counts as they would leave."""
    if subject.nature != "count" or not subject.released or subject.value is None:
        return None
    if subject.value == limits.rounded(int(subject.value)):
        return subject.ruled(KEY, "pass", "is rounded", subject.value, limits.base)
    said = f"{subject.value:g} is not rounded to the {limits.to} of {limits.base}"
    return subject.ruled(KEY, "fail", said, subject.value, limits.base)


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Say that counts are rounded, so that numbers are not recomputed exactly."""
    del spec
    return (Foreseen("policy.rounding", {"base": limits.base}),)
