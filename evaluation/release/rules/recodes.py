"""Recoded columns: a recode that touches few is a filter for them."""

from __future__ import annotations

from pydantic import Field

from evaluation.release.rules._least import at_least
from evaluation.release.rules.contract import Foreseen, Subject
from evaluation.results import Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "recodes"
TITLE = "a recode touches at least so many units"
OPERATIONS = frozenset({"cut", "recode"})


class Limits(Table):
    """Units in the smallest class that a recode makes."""

    units: int = Field(ge=1)


def words(limits: Limits) -> str:
    """Return the limits in words."""
    return f"{limits.units} units"


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge recoded columns."""
    if subject.nature != "recode":
        return None
    return at_least(subject, KEY, (("units", limits.units, "units in the smallest class"),))


def recoded(spec: Spec) -> tuple[str, ...]:
    """Return the columns that a spec recodes."""
    return tuple(name for name, one in spec.derive.items() if one.op in OPERATIONS)


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Name the columns."""
    names = recoded(spec)
    values = {"columns": ", ".join(names), "least": limits.units}
    return (Foreseen("policy.recodes", values),) if names else ()
