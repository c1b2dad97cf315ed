"""The p-ratio of amounts: how well the second largest can tell the largest.

The rest of the amount, all but the two largest, over the largest: what the second largest does not
know, as a share of what it would learn.
"""

from __future__ import annotations

from pydantic import Field

from evaluation.release.rules._dominance import missing, of_amount
from evaluation.release.rules.contract import Foreseen, Subject
from evaluation.results import Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "p_ratio"
TITLE = "all but the two largest units hold at least so much of what the largest holds"
STATISTICS = ("largest_share", "two_largest_share")


class Limits(Table):
    """The smallest ratio."""

    least: float = Field(gt=0, le=1)


def words(limits: Limits) -> str:
    """Return the limits in words."""
    return f"{limits.least:g}"


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge amounts."""
    if not of_amount(subject, *STATISTICS):
        return None
    largest, two = (subject.measured.get(name) for name in STATISTICS)
    if largest is None or two is None or largest <= 0:
        said = missing("the shares of the largest and the two largest")
        return subject.ruled(KEY, "review", said, None, limits.least)
    ratio = (1 - two) / largest
    said = f"all but the two largest hold {ratio:.3g} of what the largest holds"
    if ratio >= limits.least:
        return subject.ruled(KEY, "pass", said, ratio, limits.least)
    return subject.ruled(KEY, "fail", f"{said}, less than {limits.least:g}", ratio, limits.least)


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Say nothing beside what the rule of the two largest says."""
    del spec, limits
    return ()
