"""Dominance of the two largest: the (n, k) rule of amounts, with n = 2."""

from __future__ import annotations

from pydantic import Field

from evaluation.release.rules._dominance import amounts_of, missing, of_amount
from evaluation.release.rules.contract import Foreseen, Subject
from evaluation.results import Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "nk"
TITLE = "the two largest units hold at most so much of an amount"
STATISTIC = "two_largest_share"


class Limits(Table):
    """Number of the largest units, of which two are known, and their largest share."""

    n: int = Field(ge=2, le=2)
    share: float = Field(gt=0, lt=1)


def words(limits: Limits) -> str:
    """Return the limits in words."""
    return f"({limits.n}, {limits.share:g})"


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge amounts."""
    if not of_amount(subject, STATISTIC):
        return None
    share = subject.measured.get(STATISTIC)
    if share is None:
        said = missing("the share of the two largest")
        return subject.ruled(KEY, "review", said, None, limits.share)
    said = f"the two largest hold {share:.3g} of the amount"
    if share <= limits.share:
        return subject.ruled(KEY, "pass", said, share, limits.share)
    return subject.ruled(KEY, "fail", f"{said}, more than {limits.share:g}", share, limits.share)


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Name the outcomes that are amounts."""
    del limits
    return amounts_of(spec, "policy.dominance")
