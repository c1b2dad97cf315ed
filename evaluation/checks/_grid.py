"""Estimates of a model over a grid of its choices, and whether these move it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from evaluation.checks._numbers import Number
from evaluation.checks._refit import Refitted, refit_all, with_numbers
from evaluation.checks.contract import Case
from evaluation.inference.intervals import critical_value
from evaluation.spec.spec import Spec

LEVEL = 0.05
STABLE, SENSITIVE = "stable", "sensitive"
Detail = tuple[str, float | int | str | None]


@dataclass(frozen=True)
class Moves:
    """Which variants move an estimate.

    Attributes
    ----------
    labels
        Those that lie outside the model's interval, and the model outside theirs, all intervals
        widened for the number of variants.
    outside
        How many lie outside the model's own interval.
    largest
        Largest distance from the model's estimate, in its standard errors; ``None`` without one.
    """

    labels: tuple[str, ...]
    outside: int
    largest: float | None

    @property
    def verdict(self) -> str:
        """``sensitive`` where some variant moves the estimate, else ``stable``."""
        return SENSITIVE if self.labels else STABLE


def refit_outcome(case: Case, name: str, variants: Mapping[str, Spec]) -> tuple[Refitted, ...]:
    """Return what variants give for one outcome.

    Parameters
    ----------
    case
        The model.
    name
        The outcome, the only one that is estimated again.
    variants
        A spec with one model by label.
    """
    narrowed = {label: _narrowed(spec, name) for label, spec in variants.items()}
    model = case.result.model.model_copy(update={"outcomes": (name,)})
    own = replace(case, result=replace(case.result, model=model))
    return refit_all(own, narrowed)[name]


def _narrowed(spec: Spec, name: str) -> Spec:
    models = tuple(one.model_copy(update={"outcomes": (name,)}) for one in spec.models)
    return spec.model_copy(update={"models": models}).bound_to(spec.origin)


def moves_of(base: Number, refitted: tuple[Refitted, ...]) -> Moves:
    """Return which variants move an estimate.

    A variant on a part of the rows, or with more terms, differs from the model by chance, and
    seldom by more than the longer of the two intervals: only where each lies outside the other's
    does it count. Of several variants the intervals are widened as Bonferroni widens them.

    Parameters
    ----------
    base
        The model's own headline.
    refitted
        The variants.
    """
    numbers = tuple(with_numbers(refitted))
    wider = critical_value(1.0 - LEVEL / 2 / max(len(numbers), 1)) / critical_value(1.0 - LEVEL / 2)
    labels = tuple(
        label
        for label, one in numbers
        if _outside(one.estimate, base, wider) and _outside(base.estimate, one, wider)
    )
    outside = sum(1 for _, one in numbers if _outside(one.estimate, base))
    distances = [abs(one.estimate - base.estimate) for _, one in numbers]
    largest = max(distances) / base.std_error if distances and base.std_error else None
    return Moves(labels, outside, largest)


def _outside(estimate: float, one: Number, wider: float = 1.0) -> bool:
    """Whether an estimate lies outside an interval, made longer about its centre."""
    if one.low is None or one.high is None:
        return False
    return abs(estimate - (one.low + one.high) / 2) > wider * (one.high - one.low) / 2


def grid_details(refitted: tuple[Refitted, ...], noun: str) -> tuple[Detail, ...]:
    """Return the details of every variant: estimate, standard error and interval, or its reason.

    Parameters
    ----------
    refitted
        The variants.
    noun
        What stands before the label.
    """
    found: list[Detail] = []
    for one in refitted:
        name = f"{noun} {one.label}"
        if one.number is None:
            found.append((f"{name}: refused", one.reason))
            continue
        number = one.number
        found += [
            (name, number.estimate),
            (f"{name}: std_error", number.std_error),
            (f"{name}: conf_low", number.low),
            (f"{name}: conf_high", number.high),
        ]
    return tuple(found)


def interval_in_words(number: Number) -> str:
    """Return an estimate with its interval."""
    if number.low is None or number.high is None:
        return f"{number.estimate:.4g}"
    return f"{number.estimate:.4g} (interval {number.low:.4g} to {number.high:.4g})"
