"""Amounts in summaries and plots, without their extremes; regressions keep theirs."""

from __future__ import annotations

from pydantic import Field

from evaluation.release.rules.contract import AMOUNTS, Foreseen, Subject
from evaluation.results import Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "winsorised"
TITLE = "means and plotted points of amounts are winsorised at these shares"


class Limits(Table):
    """Shares of the distribution below and above which values are moved in."""

    low: float = Field(gt=0, lt=0.5)
    high: float = Field(gt=0.5, lt=1)


def words(limits: Limits) -> str:
    """Return the limits in words."""
    return f"{limits.low:g} and {limits.high:g}"


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge means and points of amounts: nothing here is winsorised, so a person must look."""
    if subject.nature not in ("mean", "point") or subject.outcome not in AMOUNTS:
        return None
    said = f"is not winsorised at {limits.low:g} and {limits.high:g}; a person must look"
    return subject.ruled(KEY, "review", said, None, limits.high)


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Name the outcomes that are amounts."""
    del limits
    names = [name for name, outcome in spec.outcomes.items() if outcome.kind in AMOUNTS]
    return (Foreseen("policy.winsorised", {"outcomes": ", ".join(names)}),) if names else ()
