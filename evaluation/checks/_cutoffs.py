"""Specs made from a regression discontinuity: another donut, bandwidth, order or cutoff."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Any

from pydantic import ValidationError

from evaluation.checks._pre_period import detail_of
from evaluation.checks._variants import only, with_design
from evaluation.errors import DataError
from evaluation.estimators.contract import Fit
from evaluation.spec.design import RdDesign
from evaluation.spec.filters import Filter
from evaluation.spec.model import Model
from evaluation.spec.options import OptionsModel
from evaluation.spec.spec import Spec

AGE = "age_months"
# Months of age at which a rule changes, and which.
RULES = {300: "where the qualification stipend changes", 360: "where the duty ends"}
WIDTHS = ("bandwidth", "bandwidth_below", "bandwidth_above")
# Distinct values of the running variable that each side of a fit needs.
LEAST_POINTS = 4


@dataclass(frozen=True)
class Segment:
    """Values of the running variable between two breaks, infinite where there is none.

    Attributes
    ----------
    low, high
        The breaks.
    keep
        Condition on the running variable that its rows meet; ``None`` where all do.
    """

    low: float
    high: float
    keep: Filter | None

    def within(self, ends: tuple[float, float]) -> tuple[float, float]:
        """Return the first and last value between the ends of the data that its rows may have."""
        lows = [getattr(self.keep, name, None) for name in ("at_least", "above")]
        highs = [getattr(self.keep, name, None) for name in ("at_most", "below")]
        return (
            max([ends[0], *(float(one) for one in lows if one is not None)]),
            min([ends[1], *(float(one) for one in highs if one is not None)]),
        )


def cutoff_design(spec: Spec) -> RdDesign:
    """Return the design of a spec with a cutoff.

    Raises
    ------
    DataError
        Where it has none.
    """
    if not isinstance(spec.design, RdDesign):
        raise DataError(f"design.kind {spec.design.kind!r}: the check needs the cutoff of an 'rd'")
    return spec.design


def needs_cutoff(spec: Spec, where: str) -> Iterator[str]:
    """Yield a line where a spec has no cutoff, for the rules of a check.

    Parameters
    ----------
    spec
        The whole spec.
    where
        Key path of the check.
    """
    if not isinstance(spec.design, RdDesign):
        yield f"{where}: needs the cutoff of design.kind 'rd'; design.kind is {spec.design.kind!r}"


def judged_models(spec: Spec, owner: Any) -> tuple[Model, ...]:
    """Return the models that a check is asked of.

    Parameters
    ----------
    spec
        The whole spec.
    owner
        The check.
    """
    return tuple(model for model in spec.models if owner.model in (None, model.id))


def fixed_width(model: Model) -> float | None:
    """Return how far from the cutoff a model reads, ``None`` where its text does not say."""
    bandwidth = getattr(model.options, "bandwidth", None)
    given = [getattr(bandwidth, name, None) for name in ("fixed", "bias")]
    known = [float(one) for one in given if one is not None]
    return max(known, default=None)


def width_of(fit: Fit) -> float | None:
    """Return the bandwidth of a fit, the wider of its sides; ``None`` where it has none."""
    found = (detail_of(fit, name) for name in WIDTHS)
    numbers = [float(one) for one in found if isinstance(one, int | float)]
    return max(numbers, default=None)


def with_donut(spec: Spec, donut: int) -> Spec:
    """Return the spec with another donut, also in the place of a share of exposure."""
    return with_design(spec, donut=donut, exposure=None)


def with_options(spec: Spec, **changed: object) -> Spec:
    """Return the spec with options of its models changed, as if its text said so.

    Raises
    ------
    DataError
        Where an estimator does not take them.
    """
    models = tuple(
        model.model_copy(update={"options": _changed(model, changed)}) for model in spec.models
    )
    return spec.model_copy(update={"models": models}).bound_to(spec.origin)


def takes(model: Model, **changed: object) -> bool:
    """Return whether a model's estimator takes its options changed so."""
    try:
        _changed(model, changed)
    except DataError:
        return False
    return True


def _changed(model: Model, changed: dict[str, object]) -> OptionsModel:
    own = model.options.model_dump(exclude_unset=True)
    try:
        return type(model.options).model_validate({**own, **changed})
    except ValidationError:
        said = ", ".join(f"{name} = {value}" for name, value in changed.items())
        raise DataError(f"{model.estimator!r} does not take {said}") from None


def breaks_of(design: RdDesign) -> tuple[float, ...]:
    """Return the values at which a rule changes, ascending: the cutoff, and in age others."""
    others = RULES if design.running_variable.column == AGE else {}
    return tuple(sorted({float(design.cutoff), *map(float, others)}))


def segments_of(design: RdDesign) -> tuple[Segment, ...]:
    """Return the stretches of the running variable inside which no rule changes, ascending.

    The true cutoff's donut, and a value that is partly treated, belong to none.
    """
    return tuple(
        Segment(low, high, _between(design, low, high))
        for low, high in pairwise((-inf, *breaks_of(design), inf))
    )


def _between(design: RdDesign, low: float, high: float) -> Filter | None:
    conditions: dict[str, object] = {} if low == -inf else _above(design, low)
    conditions |= {} if high == inf else _below(design, high)
    column = design.running_variable.column
    return Filter.model_validate({"column": column, **conditions}) if conditions else None


def _above(design: RdDesign, low: float) -> dict[str, object]:
    if low != design.cutoff or design.exposure is not None:
        return {"above": _plain(low)}
    return {"at_least": _plain(low + (design.donut or 0))}


def _below(design: RdDesign, high: float) -> dict[str, object]:
    if high != design.cutoff or design.donut is None:
        return {"below": _plain(high)}
    return {"at_most": _plain(high - design.donut)}


def with_cutoff(spec: Spec, cutoff: float) -> Spec:
    """Return the spec at a placebo cutoff, on rows among which no rule changes.

    The donut moves along; a share of exposure has no meaning there, and one value is dropped.

    Raises
    ------
    DataError
        Where a rule changes at that very value.
    """
    design = cutoff_design(spec)
    own = [one for one in segments_of(design) if one.low < cutoff < one.high]
    if not own:
        raise DataError(f"cutoffs: a rule changes at {cutoff:g}; choose another value")
    keep = own[0].keep
    kept = spec if keep is None else only(spec, keep)
    donut = 1 if design.exposure is not None else design.donut
    return with_design(kept, cutoff=_plain(cutoff), donut=donut, exposure=None)


def _plain(number: float) -> int | float:
    """Return a whole number as such, so that filters compare like with like."""
    return int(number) if float(number).is_integer() else float(number)
