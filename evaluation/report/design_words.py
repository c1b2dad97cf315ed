"""Who is compared with whom, in words: one function a design kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from evaluation.report.language import Language, language_of
from evaluation.report.missing_words import missing_words
from evaluation.report.phrases import said
from evaluation.report.sample_words import sample_words
from evaluation.report.words import condition_words, date_words, value_words
from evaluation.spec.design import (
    Cohort,
    DidDesign,
    NoDesign,
    RdDesign,
    SingleUnitDesign,
    StaggeredDesign,
)
from evaluation.spec.filters import FixedDate, Predicate
from evaluation.spec.missing import LACKS
from evaluation.spec.spec import Spec

Line = tuple[str, str]


def design_lines(spec: Spec) -> tuple[Line, ...]:
    """Return ``(what, in words)``: the groups compared, then the sample they are drawn from."""
    words = language_of(spec.lang)
    compared = DESIGN_WORDS[spec.design.kind](spec.design, words)
    return (
        *((words.text(f"design.what.{what}"), line) for what, line in compared),
        *sample_words(spec),
    )


def _did(design: DidDesign, words: Language) -> Iterator[Line]:
    if design.treatment is not None:
        yield "treatment", words.text("design.varying_column", column=design.treatment.column)
    if design.treated is not None:
        yield "treated", _group(design.treated, words)
        others = words.text("design.every_other_row")
        yield "control", others if design.control is None else _group(design.control, words)
    if design.third is not None:
        yield "third", _group(design.third, words)
    yield from _moment_of_reform(design, words)
    yield from _instrument(design, words)


def _staggered(design: StaggeredDesign, words: Language) -> Iterator[Line]:
    yield "adoption", _cohort(design.cohort, words)
    yield "control", words.text(f"design.{design.control_group}")
    none = words.text("design.anticipation.none")
    early = words.plural("design.anticipation", design.anticipation)
    yield "anticipation", early if design.anticipation else none
    unbalanced = "refused" if design.unbalanced is None else design.unbalanced
    yield "incomplete_units", words.text(f"design.unbalanced.{unbalanced}")
    yield "always_treated", words.text(f"design.always.{design.always_treated}")
    if design.treatment is not None:
        yield "treatment", words.text("design.column", column=design.treatment.column)
    yield from _instrument(design, words)


def _rd(design: RdDesign, words: Language) -> Iterator[Line]:
    running = design.running_variable
    place = {"column": running.column, "cutoff": value_words(design.cutoff, words)}
    stepped = "design.running_discrete" if running.discrete else "design.running"
    yield "running_variable", words.text(stepped, **place)
    other = "above" if design.treated_side == "below" else "below"
    yield "treated", words.text(f"design.rows_{design.treated_side}", **place)
    yield "control", words.text(f"design.rows_{other}", **place)
    if design.donut is not None:
        yield "donut", words.text("design.donut", donut=value_words(design.donut, words))
    if design.exposure is not None:
        yield "exposure", words.text("design.exposure", **place, exposure=design.exposure)
    if design.treatment is not None:
        yearly = design.treatment.records != "each_period"
        key = "design.first_of_year" if yearly else "design.column"
        yield "treatment_received", words.text(key, column=design.treatment.column)
    if design.third is not None:
        yield "third", _group(design.third, words)
    yield from _moment_of_reform(design, words)
    yield from _instrument(design, words)


def _single_unit(design: SingleUnitDesign, words: Language) -> Iterator[Line]:
    yield "treated", _group(design.treated, words)
    donors = [condition_words(one, words) for one in design.donors.keep]
    others = words.text("design.donors_other")
    with_conditions = (
        words.text("design.donors_with", conditions=words.listed(donors)) if donors else others
    )
    yield "donors", with_conditions
    screen = design.donors.screen
    if screen is not None:
        yield "donors_left_out", words.text("design.screened", column=screen.column)
    if design.donors.least_rows is not None:
        rows = words.plain(design.donors.least_rows)
        yield "small_donors", words.text("design.least_rows", rows=rows)
    if design.donors.incomplete is not None:
        yield "incomplete_donors", words.text("design.left_out")
    yield from _moment_of_reform(design, words)


def _none(design: NoDesign, words: Language) -> Iterator[Line]:
    missing = words.listed(missing_words(one, words) for one in design.missing)
    yield "no_design", words.text("design.missing", missing=missing)
    for one in design.missing:
        yield "enough", said("message", LACKS[one].enough, words)
    if design.reform_date is not None:
        yield "reform", words.text("design.reform", date=date_words(design.reform_date, words))


DESIGN_WORDS: dict[str, Callable[[Any, Language], Iterator[Line]]] = {
    "did": _did,
    "staggered_did": _staggered,
    "rd": _rd,
    "single_unit": _single_unit,
    "none": _none,
}


def _group(predicate: Predicate, words: Language) -> str:
    moment, condition = predicate.assigned_at, condition_words(predicate, words)
    if isinstance(moment, FixedDate):
        date = words.date(moment.date)
        return words.text("design.moment.date", condition=condition, date=date)
    return words.text(f"design.moment.{moment}", condition=condition)


def _moment_of_reform(
    design: DidDesign | RdDesign | SingleUnitDesign, words: Language
) -> Iterator[Line]:
    if design.reform_date is not None:
        yield "reform", words.text("design.reform", date=date_words(design.reform_date, words))
    post = getattr(design, "post", None)
    if post is not None:
        yield "post", words.text("filter.rows_with", condition=condition_words(post, words))


def _cohort(cohort: Cohort, words: Language) -> str:
    if cohort.column is None:
        unknown = words.text(f"design.cohort.{cohort.unknown or 'known'}")
        dates = {"earliest": cohort.earliest, "latest": cohort.latest}
        return words.text("design.cohort.between", **dates, unknown=unknown)
    if cohort.never is None:
        return words.text("design.cohort.every", column=cohort.column)
    if cohort.never == "missing":
        return words.text("design.cohort.missing", column=cohort.column)
    never = value_words(cohort.never, words)
    return words.text("design.cohort.never", column=cohort.column, never=never)


def _instrument(design: DidDesign | StaggeredDesign | RdDesign, words: Language) -> Iterator[Line]:
    if design.instrument is not None:
        named = {"column": design.instrument.column, "times": design.instrument.times}
        key = "design.instrument_times" if design.instrument.times else "design.instrument"
        yield "instrument", words.text(key, **named)
