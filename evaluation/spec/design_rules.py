"""Rules on the design: what each kind must say, and what excludes what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from evaluation.spec.design import (
    Cohort,
    DidDesign,
    NoDesign,
    RdDesign,
    SingleUnitDesign,
    StaggeredDesign,
)
from evaluation.spec.filters import Filter
from evaluation.spec.sample import GroupedRows
from evaluation.spec.spec import Spec
from evaluation.spec.walk import marked_tables

AGE = "age_months"


def design_rules(spec: Spec) -> Iterator[str]:
    """Yield a line for every rule that the design breaks."""
    rules: dict[type, Callable[[Spec], Iterator[str]]] = {
        DidDesign: _did,
        StaggeredDesign: _staggered,
        RdDesign: _rd,
        SingleUnitDesign: _single_unit,
        NoDesign: _none,
    }
    yield from rules[type(spec.design)](spec)
    for where, table in marked_tables(spec, Filter):
        if not table.conditions:
            yield f"{where}: names a column without a condition; add equals, at_least, below, ..."


def _did(spec: Spec) -> Iterator[str]:
    design = spec.design
    if not isinstance(design, DidDesign):
        return
    dated = (design.post is not None) + (design.reform_date is not None)
    if design.treatment is not None:
        if design.treated is not None or dated:
            yield "design: give either treatment, or treated with post or reform_date"
        if design.third is not None:
            yield "design.third: goes with treated, not with treatment; remove one of the two"
    elif design.treated is None:
        yield "design.treated: is missing; give treated, or treatment = { column = ... }"
    elif dated != 1:
        yield "design: give one of post and reform_date"
    if design.treated is not None and not dated and design.treatment is None:
        return
    if spec.panel.time is None and design.reform_date is not None:
        yield "panel.time: is missing; reform_date needs it"


def _staggered(spec: Spec) -> Iterator[str]:
    design = spec.design
    if not isinstance(design, StaggeredDesign):
        return
    if spec.panel.time is None:
        yield "panel.time: is missing; staggered_did needs it"
    cohort = design.cohort
    interval = (cohort.earliest is not None, cohort.latest is not None)
    if (cohort.column is None) == (not any(interval)) or (any(interval) and not all(interval)):
        yield "design.cohort: give either column, or earliest and latest"
    yield from _intervals(cohort)
    if isinstance(cohort.never, str) and cohort.never != "missing":
        yield "design.cohort.never: allowed: a number, inf, or 'missing'"


def _intervals(cohort: Cohort) -> Iterator[str]:
    """Yield a line for every key that goes with intervals of dates alone, or against them."""
    if cohort.column is not None:
        for key in ("before_window", "unknown", "by", "seed"):
            if getattr(cohort, key) is not None:
                yield f"design.cohort.{key}: goes with earliest and latest; remove it"
        return
    if cohort.never == "missing":
        yield (
            "design.cohort.never: a missing end of an interval is unknown, not never; mark never "
            "by a number, or leave it out"
        )
    if cohort.unknown == "draw" and cohort.seed is None:
        yield "design.cohort.seed: is missing; unknown = 'draw' needs one"


def _rd(spec: Spec) -> Iterator[str]:
    design = spec.design
    if not isinstance(design, RdDesign):
        return
    on_age = design.running_variable.column == AGE
    if on_age and (design.exposure is None) == (design.donut is None):
        yield (
            "design: on age_months the month of the cutoff is partly treated; "
            "give one of donut = 1 and exposure = 'exposure_share'"
        )
    period = {"quarter": 3, "year": 12}.get(spec.panel.period or "", 1)
    if not on_age and design.exposure is not None and design.donut is not None:
        yield (
            "design: exposure counts the rows at the cutoff, and donut drops them; "
            "remove one of the two"
        )
    if design.exposure is not None and not design.running_variable.discrete:
        yield (
            "design.exposure: counts all rows at the cutoff's own value together, which needs "
            "running_variable.discrete = true; set it, or remove exposure"
        )
    if on_age and design.exposure is not None and period > 1:
        yield (
            f"design.exposure: a {spec.panel.period} is partly treated at {period} months of age, "
            f"of which exposure counts one; set panel.period = 'month', or donut = {period} in "
            "place of exposure"
        )
    if on_age and design.donut is not None and design.donut < period:
        yield (
            f"design.donut: a {spec.panel.period} of the cutoff is partly treated over {period} "
            f"months of age; set donut = {period}, or panel.period = 'month'"
        )
    if design.reform_date is not None and spec.panel.time is None:
        yield "panel.time: is missing; reform_date needs it"


def _single_unit(spec: Spec) -> Iterator[str]:
    design = spec.design
    if not isinstance(design, SingleUnitDesign):
        return
    grouped = isinstance(spec.sample.rows, GroupedRows)
    if spec.panel.time is None or (spec.panel.unit is None and not grouped):
        yield "panel: single_unit needs unit and time"
    if (design.post is None) == (design.reform_date is None):
        yield "design: give one of post and reform_date"
    screen = design.donors.screen
    if screen is not None and isinstance(screen.never, str) and screen.never != "missing":
        yield "design.donors.screen.never: allowed: a number, inf, or 'missing'"
    if design.donors.least_rows is not None and not grouped:
        yield (
            "design.donors.least_rows: counts the rows behind a mean; "
            "it goes with sample.rows = { by = [...] }"
        )
    if spec.panel.weight is not None and not grouped:
        yield (
            "panel.weight: donors are weighted by the fit, and no row counts for more; remove it, "
            "or group rows with sample.rows = { by = [...] }"
        )
    for model in spec.models:
        if model.clusters:
            yield (
                f"models.{model.id}.cluster: with one treated unit there is no clustered standard "
                "error; remove it (inference is by placebo in the donors)"
            )
        elif model.variance is not None:
            yield (
                f"models.{model.id}.variance: with one treated unit inference is by placebo in the "
                "donors; remove it"
            )


def _none(spec: Spec) -> Iterator[str]:
    design = spec.design
    if not isinstance(design, NoDesign):
        return
    for word, count in Counter(design.missing).items():
        if count > 1:
            yield f"design.missing: names {word!r} {count} times; name it once"
    if design.reform_date is not None and spec.panel.time is None:
        yield "panel.time: is missing; reform_date needs it"
