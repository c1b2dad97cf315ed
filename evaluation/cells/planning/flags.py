"""Predicates of the design and of models, as flags on rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from evaluation.cells.plan import PREFIX, Flag
from evaluation.data.periods import Calendar
from evaluation.spec.design import DidDesign, RdDesign
from evaluation.spec.filters import Filter, FixedDate, Predicate
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec

# Design predicates by their key.
GROUPS = ("treated", "control", "third")
POST, PRE, DONUT = f"{PREFIX}post", f"{PREFIX}pre", f"{PREFIX}donut"


def design_flags(spec: Spec, calendar: Calendar | None) -> tuple[Flag, ...]:
    """Return the predicates that the design evaluates on rows.

    Parameters
    ----------
    spec
        What is asked; its predicates have a moment that cells can evaluate.
    calendar
        How the panel counts time.
    """
    by_kind: Mapping[str, Callable[[Any, Calendar | None], Iterator[Flag]]] = {
        "did": _did,
        "rd": _rd,
    }
    one = by_kind.get(spec.design.kind)
    flags = () if one is None else tuple(one(spec.design, calendar))
    wanted = any(getattr(model.options, "periods", "all") == "pre" for model in spec.models)
    return flags if wanted else tuple(flag for flag in flags if flag.name != PRE)


def keep_flag(model: Model) -> Flag:
    """Return the joint ``keep`` of a model as a flag."""
    return Flag(f"{PREFIX}keep_{model.id}", f"models.{model.id}.keep", model.keep)


def _did(design: DidDesign, calendar: Calendar | None) -> Iterator[Flag]:
    if design.treatment is None:
        for name in GROUPS:
            predicate = getattr(design, name)
            if predicate is not None:
                yield _of_predicate(name, predicate, calendar)
        if design.post is not None:
            yield Flag(POST, "design.post", (_plain(design.post),))


def _rd(design: RdDesign, calendar: Calendar | None) -> Iterator[Flag]:
    column = design.running_variable.column
    if design.donut is not None:
        inside = Filter(
            column=column, above=design.cutoff - design.donut, below=design.cutoff + design.donut
        )
        yield Flag(DONUT, "design.donut", (inside,))
    if design.reform_date is not None and calendar is not None and calendar.unit != "integer":
        post = Flag(POST, "design.reform_date", from_period=calendar.of_date(design.reform_date))
        yield post
        yield replace(post, name=PRE, negated=True)
    if design.third is not None:
        yield _of_predicate("third", design.third, calendar)


def _of_predicate(name: str, predicate: Predicate, calendar: Calendar | None) -> Flag:
    flag = Flag(f"{PREFIX}{name}", f"design.{name}", (_plain(predicate),))
    moment = predicate.assigned_at
    if calendar is None or moment == "period_end":
        return flag
    if isinstance(moment, FixedDate):
        return replace(flag, at_month=calendar.of_date(moment.date))
    return replace(flag, shift_months=calendar.months)


def _plain(condition: Filter) -> Filter:
    """Return a predicate's conditions without its moment."""
    return Filter.model_validate({"column": condition.column, **condition.conditions})
