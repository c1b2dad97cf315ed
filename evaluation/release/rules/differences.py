"""Differencing: two samples that differ by few persons tell of these by subtraction."""

from __future__ import annotations

from pydantic import Field

from evaluation.release.rules._least import at_least
from evaluation.release.rules.contract import Foreseen, Subject
from evaluation.results import Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "differences"
TITLE = "two samples whose numbers are released differ in at least so many units, or in none"
# Checks that print what is left without one cluster.
LEAVING_OUT = frozenset({"leave_one_out"})


class Limits(Table):
    """Units in which two samples must differ."""

    units: int = Field(ge=1)


def words(limits: Limits) -> str:
    """Return the limits in words."""
    return f"{limits.units} units"


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge numbers that compare samples; samples that are the same tell nothing."""
    known = "difference_units" in subject.measured
    if not subject.is_number or not (known or subject.nature == "difference"):
        return None
    needed = (("difference_units", limits.units, "units between the samples compared"),)
    return at_least(subject, KEY, needed, zeros=True)


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Name the checks that leave out a cluster."""
    names = [check.name for check in spec.checks if check.kind in LEAVING_OUT]
    values = {"checks": ", ".join(names), "least": limits.units}
    return (Foreseen("policy.differences", values),) if names else ()
