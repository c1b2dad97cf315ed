"""What every estimator is asked, in a line."""

from __future__ import annotations

from collections.abc import Iterable

from synthetic_worlds.cells import RELEASE, Adoption, AgeDid
from synthetic_worlds.questions import Question

_PERIODS = {3: "quarter", 6: "half year"}


def describe(asked: Iterable[Question]) -> list[tuple[str, str, str]]:
    """Return name, label and estimand of every estimator among questions, each once."""
    found = {question.name.split("/")[0]: question for question in asked}
    return [(name, question.label, _estimand(question)) for name, question in found.items()]


def _estimand(question: Question) -> str:
    design = question.design
    if isinstance(design, AgeDid):
        return _age_did(design, relative=question.relative)
    if isinstance(design, Adoption):
        return (
            f"`att`, actual against no adoption, ages 18-29, {_span(design.first, design.last)}, "
            f"{'all' if design.movers else 'those who live where they are counted'}: "
            f"effect on each cohort in each {_PERIODS[design.months]} from its adoption, "
            "weighted by cohort size"
        )
    return (
        f"`itt_at_cutoff`, duty against release in the month, {_span(design.first, design.last)}: "
        "difference over the year after 30, where release is what happened"
    )


def _age_did(design: AgeDid, *, relative: bool) -> str:
    young = f"{design.treated_from // 12}-{RELEASE // 12 - 1}"
    above = f"{_age(design.control_from)} to below {_age(design.control_below)}"
    name = "att_relative" if relative else "att"
    less = f"effect on ages {young} less that on ages {above}"
    what = less if relative else f"effect on ages {young}, controls {above}"
    late = ", those who live where they are counted, no adoption before the law there"
    where = late if design.late_only else ""
    out = "" if design.announced else ", without the second half of 2016"
    return (
        f"`{name}`, actual against no law, {_span(design.first, design.last)}{out}{where}: {what}, "
        "in months since the law"
    )


def _age(months: int) -> str:
    years, rest = divmod(months, 12)
    if not rest:
        return f"{years}"
    return f"{years} years and {rest} month{'s' if rest > 1 else ''}"


def _span(first: int, last: int) -> str:
    return f"{first // 100}-{last // 100}"
