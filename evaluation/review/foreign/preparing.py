"""From the rows to what models are fitted on, in another language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from evaluation.review.foreign.contract import (
    COHORT,
    DOSE,
    PERIOD,
    POST,
    RUNNING,
    TREATED,
)
from evaluation.review.foreign.dialects import Dialect
from evaluation.spec.columns import DENOMINATOR_COLUMNS, ROW_COLUMNS
from evaluation.spec.design import DidDesign, RdDesign, StaggeredDesign
from evaluation.spec.filters import Filter, FixedDate, Predicate
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of

AGE = "age_months"
LENGTHS = {"month": 1, "quarter": 3, "year": 12}


def prepared(spec: Spec, say: Dialect) -> Iterator[str]:
    """Yield the lines that draw the sample and make the design's columns."""
    yield from _sample(spec, say)
    yield from _period(spec, say)
    for line in uncollapsed(spec):
        yield say.remark(f"! {line}")
    yield from DESIGNS.get(spec.design.kind, _none)(spec, say)


def unprepared(spec: Spec) -> Iterator[str]:
    """Yield what these lines leave to the reader, so that a model of theirs is another."""
    if spec.derive:
        yield f"[derive] is not written out: make {', '.join(spec.derive)} first"
    joined = [name for join in spec.joins for name in join.columns]
    if joined:
        yield f"[[joins]] are not written out: add {', '.join(joined)} first"
    moved = [one.measured for one in spec.outcomes.values() if one.dated.moved]
    if moved:
        yield f"outcomes at other months are not written out: make {', '.join(moved)} first"
    for key in ("treated", "control", "third"):
        one = getattr(spec.design, key, None)
        moment = getattr(one, "assigned_at", "period_end")
        if one is None or moment == "period_end":
            continue
        if moment in ("entry", "decision") or one.column != AGE:
            when = moment if isinstance(moment, str) else f"{moment.date}"
            yield f"design.{key} is evaluated at {when}: make {one.column} of that moment first"


def uncollapsed(spec: Spec) -> Iterator[str]:
    """Yield what is to be done with the rows of the sample before the design's columns are made."""
    rows = spec.sample.rows
    if not isinstance(rows, str):
        yield (
            f"rows are means by {', '.join(rows.by)} and {PERIOD}, weighted by rows: collapse them "
            "here"
        )
    elif rows in ("person", "first_of_year"):
        yield f"rows are {rows}: keep the first row of each here"
    if isinstance(rows, str) and _length(spec) > 1:
        yield f"a {spec.panel.period} of a unit is the mean over its months: collapse them here"


def literal_of(spec: Spec, say: Dialect, column: str) -> Callable[[Any], str]:
    """Return what writes a filter's values: of months written YYYYMM, dates become such."""
    months = column == spec.panel.time and time_unit_of(spec) == "month"

    def write(value: Any) -> str:
        if months and isinstance(value, dt.date):
            return f"{value:%Y%m}"
        return say.literal(value)

    return write


def held(spec: Spec, say: Dialect, one: Filter, operand: str | None = None) -> str:
    """Return a filter as a condition of the language."""
    return say.condition(one, operand or say.name(one.column), literal_of(spec, say, one.column))


def _sample(spec: Spec, say: Dialect) -> Iterator[str]:
    time = None if spec.panel.time is None else say.name(spec.panel.time)
    if time is not None and spec.panel.window is not None:
        yield say.keep(_between(spec, say, time, spec.panel.window))
    rows = spec.sample.rows
    if isinstance(rows, str):
        for column in ROW_COLUMNS[rows]:
            named = say.name(column)
            yield say.keep(f"{named} == 1" if rows == "entry" else f"!{say.missing(named)}")
    for column in DENOMINATOR_COLUMNS[spec.sample.denominator]:
        yield say.keep(f"{say.name(column)} == 1")
    for one in spec.sample.keep:
        yield say.keep(held(spec, say, one))
    for one in spec.sample.drop:
        yield say.keep(say.negated(held(spec, say, one)))
    for interval in spec.sample.drop_periods:
        yield say.keep(say.negated(_between(spec, say, str(time), interval)))


def _between(spec: Spec, say: Dialect, time: str, interval: tuple[Any, Any]) -> str:
    write = literal_of(spec, say, str(spec.panel.time))
    return f"{time} >= {write(interval[0])} & {time} <= {write(interval[1])}"


def _period(spec: Spec, say: Dialect) -> Iterator[str]:
    """Yield the line that counts periods one by one: months since year 0, or time itself."""
    if spec.panel.time is None:
        return
    time = say.name(spec.panel.time)
    if time_unit_of(spec) == "month":
        yield say.make(PERIOD, _counted(spec, say, time))
    elif time_unit_of(spec) != "date":
        yield say.make(PERIOD, time)
    else:
        yield say.remark(f"{PERIOD}: make it the month of {spec.panel.time}, counted from year 0")


def _counted(spec: Spec, say: Dialect, time: str) -> str:
    """Return months written YYYYMM as periods counted from year 0."""
    year = say.floored(time, 100)
    months = f"{year} * 12 + {time} - {year} * 100 - 1"
    return months if _length(spec) == 1 else say.floored(months, _length(spec))


def _length(spec: Spec) -> int:
    """Return the months of a period, 1 where time is whole numbers."""
    return 1 if time_unit_of(spec) == "integer" else LENGTHS[spec.panel.period or "month"]


def _did(spec: Spec, say: Dialect) -> Iterator[str]:
    design = spec.design
    if not isinstance(design, DidDesign):
        return
    if design.treatment is not None or design.treated is None:
        if design.treatment is not None:
            yield say.make(DOSE, say.name(design.treatment.column))
        return
    member = _predicate(spec, say, design.treated)
    yield say.flag(TREATED, member)
    absent = say.missing(say.name(design.treated.column))
    sides = f"{TREATED} == 1" if design.treated.missing is not None else f"!{absent}"
    if design.control is not None:
        sides = f"{TREATED} == 1 | ({_predicate(spec, say, design.control)})"
    yield say.keep(sides)
    if design.third is not None:
        yield say.flag("ad_third", _predicate(spec, say, design.third))
    if design.post is not None:
        yield say.flag(POST, held(spec, say, design.post))
    elif design.reform_date is not None:
        yield say.flag(POST, f"{PERIOD} >= {_month(design.reform_date) // _length(spec)}")
    yield say.make(DOSE, f"{TREATED} * {POST}")


def _predicate(spec: Spec, say: Dialect, one: Predicate) -> str:
    named = say.name(one.column)
    if one.column == AGE and one.assigned_at == "period_start":
        return held(spec, say, one, f"({named} - {_length(spec)})")
    if one.column == AGE and isinstance(one.assigned_at, FixedDate):
        at = _month(one.assigned_at.date) // _length(spec)
        return held(
            spec,
            say,
            one,
            f"({named} - ({PERIOD} - {at}) * {_length(spec)})",
        )
    return held(spec, say, one)


def _month(date: dt.date) -> int:
    return date.year * 12 + date.month - 1


def _staggered(spec: Spec, say: Dialect) -> Iterator[str]:
    design = spec.design
    if not isinstance(design, StaggeredDesign):
        return
    cohort = design.cohort
    if cohort.column is None:
        yield say.remark("the cohort is known as an interval of dates: choose one date in each")
        return
    named = say.name(cohort.column)
    value = named
    if time_unit_of(spec) == "month":
        value = _counted(spec, say, named)
    yield say.make(COHORT, value)
    never = None if cohort.never is None else f"{named} == {say.literal(cohort.never)}"
    if cohort.never == "missing":
        never = say.missing(named)
    elif cohort.never == float("inf"):
        never = f"{named} >= 1e300"
    if never is not None:
        yield say.remark(f"{COHORT} 0: never treated")
        yield say.put(COHORT, "0", never)
    if design.always_treated == "drop":
        yield from say.least("ad_first", PERIOD, f"!{say.missing(PERIOD)}")
        yield say.keep(f"!({COHORT} > 0 & {COHORT} <= {say.number('ad_first')})")
    yield say.flag(TREATED, f"{COHORT} > 0")
    yield say.flag(DOSE, f"{COHORT} > 0 & {PERIOD} >= {COHORT}")


def _rd(spec: Spec, say: Dialect) -> Iterator[str]:
    design = spec.design
    if not isinstance(design, RdDesign):
        return
    named = say.name(design.running_variable.column)
    yield say.make(RUNNING, f"{named} - {say.literal(design.cutoff)}")
    if design.donut is not None:
        # A donut of one drops the value at the cutoff.
        yield say.keep(f"abs({RUNNING}) >= {design.donut}")
    if design.reform_date is not None and spec.panel.time is not None:
        yield say.flag(POST, f"{PERIOD} >= {_month(design.reform_date) // _length(spec)}")


def _single(spec: Spec, say: Dialect) -> Iterator[str]:
    design: Any = spec.design
    yield say.flag(TREATED, _predicate(spec, say, design.treated))
    if design.post is not None:
        yield say.flag(POST, held(spec, say, design.post))
    elif design.reform_date is not None:
        yield say.flag(POST, f"{PERIOD} >= {_month(design.reform_date) // _length(spec)}")
    yield say.make(DOSE, f"{TREATED} * {POST}")


def _none(spec: Spec, say: Dialect) -> Iterator[str]:
    del spec, say
    yield from ()


DESIGNS: Mapping[str, Callable[[Spec, Dialect], Iterator[str]]] = {
    "did": _did,
    "staggered_did": _staggered,
    "rd": _rd,
    "single_unit": _single,
}
