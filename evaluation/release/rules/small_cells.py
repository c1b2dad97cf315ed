"""Tables in which many cells are small: the whole table is blocked."""

from __future__ import annotations

from pydantic import Field

from evaluation.release.rules.contract import Foreseen, Subject
from evaluation.results import Ruling
from evaluation.spec.options import Table
from evaluation.spec.spec import Spec

KEY = "small_cells"
TITLE = "at most so many per cent of a table's cells are small"


class Limits(Table):
    """Below which count a cell is small, and how many per cent of a table's may be."""

    below: int = Field(ge=2)
    per_cent: float = Field(ge=0, lt=100)


def words(limits: Limits) -> str:
    """Return the limits in words."""
    return f"{limits.per_cent:g} % below {limits.below}"


def judge(subject: Subject, limits: Limits) -> Ruling | None:
    """Judge whole artefacts that have counts."""
    if subject.nature != "part" or not subject.counts:
        return None
    small = sum(count < limits.below for count in subject.counts)
    share = 100 * small / len(subject.counts)
    said = f"{small} of {len(subject.counts)} counts are below {limits.below}"
    if share <= limits.per_cent:
        return subject.ruled(KEY, "pass", said, share, limits.per_cent)
    said = f"{said}, more than {limits.per_cent:g} %: all of it stays"
    return subject.ruled(KEY, "fail", said, share, limits.per_cent)


def foresee(spec: Spec, limits: Limits) -> tuple[Foreseen, ...]:
    """Say nothing: counts are in the data."""
    del spec, limits
    return ()
