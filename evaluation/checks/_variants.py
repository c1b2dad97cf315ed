"""Specs made from a spec: other models, dates, groups and rows, on the same input."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar

from evaluation.errors import DataError
from evaluation.estimators.registry import estimator
from evaluation.spec.columns import columns_of_spec
from evaluation.spec.design import DidDesign
from evaluation.spec.filters import Filter, FixedDate, Predicate
from evaluation.spec.model import CheckRequest, Model
from evaluation.spec.options import Evidence, OptionsModel
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

LAST_DAY = dt.date(9999, 12, 31)
MONTHS_IN_YEAR = 12
ROLES = ("treated", "control", "third")
AGE = "age_months"
Moment = dt.date | int


class _Wants(OptionsModel):
    """Asks for the influence of every cluster, of fits that no check of the spec judges."""

    EVIDENCE: ClassVar[frozenset[Evidence]] = frozenset({"influence"})


def with_models(spec: Spec, *models: Model, influence: bool = False) -> Spec:
    """Return the spec with these models and nothing that judges or arranges them.

    Parameters
    ----------
    spec
        What was asked.
    models
        Models of the variant.
    influence
        Whether fits are to tell how every cluster moves them.
    """
    wants = (CheckRequest(kind="agreement", options=_Wants()),) if influence else ()
    bare = {
        "models": models,
        "checks": wants,
        "heterogeneity": (),
        "families": (),
        "vary": (),
        "tables": (),
        "identities": (),
        "smallest_effect_of_interest": (),
        "worth": (),
    }
    return spec.model_copy(update=bare).bound_to(spec.origin)


def uncounted(spec: Spec) -> Spec:
    """Return the spec without its unit, where only counts of units hang on it.

    A pass that follows every unit costs more than the cells themselves, and placebos need none.
    """
    if spec.panel.unit is None or spec.derive or spec.sample.rows != "person_month":
        return spec
    needing = any("unit" in estimator(model.estimator).NEEDS for model in spec.models)
    dated = any(outcome.dated.moved for outcome in spec.outcomes.values())
    groups = [getattr(spec.design, key, None) for key in ROLES]
    looked_up = any(one is not None and not _own_value(one) for one in groups)
    panel = spec.panel.model_copy(update={"unit": None})
    bare = spec.model_copy(update={"panel": panel}).bound_to(spec.origin)
    if needing or dated or looked_up or spec.panel.unit in columns_of_spec(bare):
        return spec
    return bare


def _own_value(predicate: Predicate) -> bool:
    """Whether a row tells by itself if it is in a group, at whatever moment."""
    return predicate.assigned_at == "period_end" or (
        predicate.column == AGE
        and (
            predicate.assigned_at == "period_start" or isinstance(predicate.assigned_at, FixedDate)
        )
    )


def with_design(spec: Spec, **changed: object) -> Spec:
    """Return the spec with some keys of its design changed."""
    design = spec.design.model_copy(update=changed)
    return spec.model_copy(update={"design": design}).bound_to(spec.origin)


def with_outcomes(spec: Spec, columns: Iterable[str]) -> Spec:
    """Return the spec with columns of the panel as its outcomes, under their own names."""
    outcomes = {name: Outcome(column=name, kind="continuous") for name in columns}
    return spec.model_copy(update={"outcomes": outcomes}).bound_to(spec.origin)


def without(spec: Spec, first: Moment, last: Moment | None = None) -> Spec:
    """Return the spec without the periods from ``first`` to ``last``, or to the end.

    Raises
    ------
    DataError
        For whole-number time, whose periods a filter on its column cuts instead.
    """
    if not isinstance(first, dt.date) or isinstance(last, int):
        raise DataError("design.reform_date: counts months, but the panel's time is whole numbers")
    dropped = (*spec.sample.drop_periods, (first, last or LAST_DAY))
    return _with_sample(spec, drop_periods=dropped)


def undropped(spec: Spec, first: Moment, last: Moment) -> Spec:
    """Return the spec with periods from ``first`` to before ``last`` dropped no longer."""
    if not isinstance(first, dt.date) or not isinstance(last, dt.date):
        return spec
    kept: list[tuple[dt.date, dt.date] | tuple[int, int]] = []
    for low, high in spec.sample.drop_periods:
        if not isinstance(low, dt.date) or not isinstance(high, dt.date):
            kept.append((low, high))  # type: ignore[arg-type]
            continue
        day = dt.timedelta(days=1)
        before, after = (low, min(high, first - day)), (max(low, last), high)
        kept += [one for one in (before, after) if one[0] <= one[1]]
    return _with_sample(spec, drop_periods=tuple(kept))


def only(spec: Spec, *filters: Filter) -> Spec:
    """Return the spec with further conditions on its sample."""
    return _with_sample(spec, keep=(*spec.sample.keep, *filters))


def _with_sample(spec: Spec, **changed: object) -> Spec:
    sample = spec.sample.model_copy(update=changed)
    return spec.model_copy(update={"sample": sample}).bound_to(spec.origin)


def regrouped(spec: Spec, treated: Predicate, control: Predicate) -> Spec:
    """Return the spec with other groups, its filters on the columns that make them taken away.

    Parameters
    ----------
    spec
        A spec of design ``did``, with its models.
    treated, control
        The groups.
    """
    columns = {treated.column, control.column}

    def rest(filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
        return tuple(one for one in filters if one.column not in columns)

    sample = {"keep": rest(spec.sample.keep), "drop": rest(spec.sample.drop)}
    models = tuple(m.model_copy(update={"keep": rest(m.keep)}) for m in spec.models)
    changed = _with_sample(spec, **sample).model_copy(update={"models": models})
    return with_design(changed.bound_to(spec.origin), treated=treated, control=control)


def moved(spec: Spec, date: Moment) -> Spec:
    """Return the spec with the reform at another date; groups fixed at a date move along.

    Raises
    ------
    DataError
        Where the design says in no way that can move when treatment begins.
    """
    design = _did(spec)
    if design.reform_date is not None and isinstance(date, dt.date):
        shift = _months(date) - _months(design.reform_date)
        groups = {key: _shifted(getattr(design, key), shift) for key in ROLES}
        return with_design(spec, reform_date=date, **groups)
    if design.post is not None:
        name = "at_least" if design.post.at_least is not None else "above"
        return with_design(spec, post=design.post.model_copy(update={name: date}))
    raise DataError("dates: give dates where the reform is one, whole numbers where they are")


def begins(spec: Spec) -> Moment:
    """Return when treatment begins: the date of the reform, or the bound of ``post``.

    Raises
    ------
    DataError
        Where the design has neither.
    """
    design = _did(spec)
    if design.reform_date is not None:
        return design.reform_date
    post = design.post
    bound = None if post is None else post.at_least if post.at_least is not None else post.above
    if post is None or len(post.conditions) != 1 or not isinstance(bound, int | dt.date):
        raise DataError(
            "design.post: names no first period, so it cannot be moved: give reform_date, or post "
            "with at_least"
        )
    return bound


def cut_of(spec: Spec) -> Moment:
    """Return from when rows may know of the reform: its date, or earlier months dropped with it.

    Periods that are dropped up to the reform count as announced.
    """
    first = begins(spec)
    if not isinstance(first, dt.date):
        return first
    for low, high in sorted(spec.sample.drop_periods, key=lambda one: str(one[0]), reverse=True):
        if isinstance(low, dt.date) and isinstance(high, dt.date):
            touches = _months(low) < _months(first) <= _months(high) + 1
            first = low if touches else first
    return first


def before(spec: Spec, cut: Moment) -> Spec:
    """Return the spec with the rows before a moment alone."""
    design = _did(spec)
    if isinstance(cut, dt.date) and design.reform_date is not None:
        return without(spec, cut)
    post = design.post
    if post is None:
        raise DataError("design: gives neither reform_date nor post")
    below = "below" if post.at_least is not None else "at_most"
    return only(spec, Filter.model_validate({"column": post.column, below: cut}))


def later(date: Moment, months: int) -> Moment:
    """Return a moment so many months, or whole numbers, later."""
    if not isinstance(date, dt.date):
        return date + months
    year, month = divmod(_months(date) + months, MONTHS_IN_YEAR)
    return dt.date(year, month + 1, 1)


def _months(date: dt.date) -> int:
    return date.year * MONTHS_IN_YEAR + date.month - 1


def _shifted(predicate: Predicate | None, months: int) -> Predicate | None:
    if predicate is None or not isinstance(predicate.assigned_at, FixedDate):
        return predicate
    date = later(predicate.assigned_at.date, months)
    return predicate.model_copy(update={"assigned_at": FixedDate.model_validate({"date": date})})


def _did(spec: Spec) -> DidDesign:
    design = spec.design
    if not isinstance(design, DidDesign) or design.treated is None:
        raise DataError(
            f"design.kind {design.kind!r}: the check moves a date and groups, which design 'did' "
            "with treated and reform_date or post has"
        )
    return design
