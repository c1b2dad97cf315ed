"""Who is compared with whom, in words: one function a design kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from evaluation.report.sample_words import sample_words
from evaluation.report.words import condition_words, listed, value_words
from evaluation.spec.design import (
    Cohort,
    DidDesign,
    NoDesign,
    RdDesign,
    SingleUnitDesign,
    StaggeredDesign,
)
from evaluation.spec.filters import FixedDate, Predicate
from evaluation.spec.spec import Spec

Line = tuple[str, str]

MOMENTS = {
    "period_end": "at the end of the period",
    "period_start": "at the start of the period",
    "entry": "at entry",
    "decision": "at the decision",
}
CONTROL_GROUPS = {
    "never_treated": "units that are never treated",
    "not_yet_treated": "units that are not treated yet, the never treated among them",
}
UNBALANCED = {
    None: "refused: every unit must be seen in every period",
    "keep": "kept",
    "drop_incomplete": "left out",
}
ALWAYS = {"drop": "left out", "keep_as_always": "kept, as always treated"}


def design_lines(spec: Spec) -> tuple[Line, ...]:
    """Return ``(what, in words)``: the groups compared, then the sample they are drawn from."""
    return (*DESIGN_WORDS[spec.design.kind](spec.design), *sample_words(spec))


def _did(design: DidDesign) -> Iterator[Line]:
    if design.treatment is not None:
        yield "treatment", f"column {design.treatment.column}, as it varies over rows"
    if design.treated is not None:
        yield "treated", _group(design.treated)
        control = "every other row" if design.control is None else _group(design.control)
        yield "control", control
    if design.third is not None:
        yield "third difference", _group(design.third)
    yield from _moment_of_reform(design)
    yield from _instrument(design)


def _staggered(design: StaggeredDesign) -> Iterator[Line]:
    yield "adoption", _cohort(design.cohort)
    yield "control", CONTROL_GROUPS[design.control_group]
    periods = "period" if design.anticipation == 1 else "periods"
    yield (
        "anticipation",
        (
            f"up to {design.anticipation} {periods} before adoption"
            if design.anticipation
            else "none"
        ),
    )
    yield "incomplete units", UNBALANCED[design.unbalanced]
    yield "treated from the first period on", ALWAYS[design.always_treated]
    if design.treatment is not None:
        yield "treatment", f"column {design.treatment.column}"
    yield from _instrument(design)


def _rd(design: RdDesign) -> Iterator[Line]:
    running = design.running_variable
    steps = " (discrete)" if running.discrete else ""
    cutoff = value_words(design.cutoff)
    yield "running variable", f"{running.column}{steps}, cutoff {cutoff}"
    edges = {"below": f"below {cutoff}", "above": f"{cutoff} and above"}
    other = "above" if design.treated_side == "below" else "below"
    yield "treated", f"rows with {running.column} {edges[design.treated_side]}"
    yield "control", f"rows with {running.column} {edges[other]}"
    if design.donut is not None:
        yield "donut", f"rows less than {design.donut} from the cutoff are left out"
    if design.exposure is not None:
        yield (
            "exposure",
            f"rows with {running.column} {cutoff} lie on both sides: column {design.exposure} is "
            "the share of the row's period under treatment, and its mean there counts",
        )
    if design.treatment is not None:
        first = (
            ", the first of a calendar year" if design.treatment.records != "each_period" else ""
        )
        yield "treatment received", f"column {design.treatment.column}{first}"
    if design.third is not None:
        yield "third difference", _group(design.third)
    yield from _moment_of_reform(design)
    yield from _instrument(design)


def _single_unit(design: SingleUnitDesign) -> Iterator[Line]:
    yield "treated", _group(design.treated)
    donors = [condition_words(one) for one in design.donors.keep]
    yield "donors", f"units with {listed(donors)}" if donors else "every other unit"
    screen = design.donors.screen
    if screen is not None:
        yield "donors left out", f"adopted by the last period, or nobody knows ({screen.column})"
    if design.donors.least_rows is not None:
        yield "small donors left out", f"fewer than {design.donors.least_rows} rows in a period"
    if design.donors.incomplete is not None:
        yield "incomplete donors", "left out"
    yield from _moment_of_reform(design)


def _none(design: NoDesign) -> Iterator[Line]:
    yield "no design", f"the data cannot answer; missing: {', '.join(design.missing)}"


DESIGN_WORDS: dict[str, Callable[[Any], Iterator[Line]]] = {
    "did": _did,
    "staggered_did": _staggered,
    "rd": _rd,
    "single_unit": _single_unit,
    "none": _none,
}


UNKNOWN = {
    None: "every date is known",
    "exclude": "units whose date is not known are left out",
    "draw": "unknown dates are drawn inside their interval",
    "bound": "unknown dates give a range, over the admissible ones",
}


def _group(predicate: Predicate) -> str:
    moment = predicate.assigned_at
    if isinstance(moment, FixedDate):
        return f"rows with {condition_words(predicate)} on {moment.date}, decided once"
    return f"rows with {condition_words(predicate)} {MOMENTS[moment]}"


def _moment_of_reform(design: DidDesign | RdDesign | SingleUnitDesign) -> Iterator[Line]:
    if design.reform_date is not None:
        yield "reform", f"{design.reform_date}; its period and later ones are after it"
    post = getattr(design, "post", None)
    if post is not None:
        yield "after the reform", f"rows with {condition_words(post)}"


def _cohort(cohort: Cohort) -> str:
    if cohort.column is None:
        known = f"first treated period between {cohort.earliest} and {cohort.latest}"
        return f"{known}; {UNKNOWN[cohort.unknown]}"
    first = f"column {cohort.column} holds the first treated period"
    if cohort.never is None:
        return f"{first}; every unit adopts"
    if cohort.never == "missing":
        return f"{first}; missing means never"
    return f"{first}; {value_words(cohort.never)} means never"


def _instrument(design: DidDesign | StaggeredDesign | RdDesign) -> Iterator[Line]:
    if design.instrument is not None:
        times = f" times {design.instrument.times}" if design.instrument.times else ""
        yield "instrument", f"column {design.instrument.column}{times}"
