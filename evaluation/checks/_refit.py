"""Estimate variants of a model, and keep the reason of every one that gives nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from evaluation.checks._numbers import NO_NUMBER, Number, number_of
from evaluation.checks._variants import uncounted
from evaluation.checks.contract import Case, ModelResult
from evaluation.errors import DataError, EstimationError
from evaluation.estimators.contract import Fit
from evaluation.spec.spec import Spec


@dataclass(frozen=True)
class Refitted:
    """What one variant gave for one outcome.

    Attributes
    ----------
    label
        Which variant, in words.
    number
        Its headline; ``None`` with a ``reason``.
    reason
        Why there is none.
    """

    label: str
    number: Number | None
    reason: str = ""


def refit_all(case: Case, variants: Mapping[str, Spec]) -> dict[str, tuple[Refitted, ...]]:
    """Return what the first model of every variant gives, by outcome of the model under judgement.

    Parameters
    ----------
    case
        The model, with the means to estimate again.
    variants
        A spec with one model by label.
    """
    names = case.spec.outcomes_of(case.result.model)
    if all(engine.name == "cells" for engine in case.result.engines.values()):
        # Rows are sorted by unit, so that without one they take longer.
        variants = {label: uncounted(one) for label, one in variants.items()}
    case.gather(tuple(variants.values()))
    found: dict[str, list[Refitted]] = {name: [] for name in names}
    for label, variant in variants.items():
        try:
            (result,) = case.refit(variant)
        except (DataError, EstimationError) as error:
            for name in names:
                found[name].append(Refitted(label, None, reason_of(case, error)))
            continue
        for name in names:
            found[name].append(taken(label, result, name))
    return {name: tuple(refitted) for name, refitted in found.items()}


def reason_of(case: Case, error: DataError | EstimationError) -> str:
    """Return why a variant gives nothing, in words for one that the spec does not name."""
    reason = "; ".join(error.faults)
    if not case.has_rows and reason.startswith("--cells"):
        return "the cells given do not tell these rows apart; run without --cells"
    return reason


def taken(label: str, result: ModelResult, outcome: str) -> Refitted:
    """Return the headline that a model gave for an outcome, or why there is none."""
    fit = result.fits.get(outcome)
    if fit is None:
        failure = result.failures.get(outcome)
        return Refitted(label, None, failure.reason if failure else "was not asked for")
    return refitted_of(label, fit)


def refitted_of(label: str, fit: Fit) -> Refitted:
    """Return the headline of a fit, or that it has none."""
    number = number_of(fit)
    return Refitted(label, number, "" if number else NO_NUMBER)


def with_numbers(
    refitted: tuple[Refitted, ...],
) -> Iterator[tuple[str, Number]]:
    """Yield label and headline of the variants that gave one."""
    for one in refitted:
        if one.number is not None:
            yield one.label, one.number


def why_none(refitted: tuple[Refitted, ...]) -> str:
    """Return the reasons of variants that gave nothing, each once."""
    return "; ".join(dict.fromkeys(one.reason for one in refitted if one.number is None))


def details_of(
    refitted: tuple[Refitted, ...], noun: str = "placebo"
) -> tuple[tuple[str, float | int | str | None], ...]:
    """Return details of every variant: its headline with error and interval, or its reason."""
    found: list[tuple[str, float | int | str | None]] = []
    for one in refitted:
        name = f"{noun} {one.label}"
        if one.number is None:
            found.append((f"{name}: refused", one.reason))
            continue
        found += [
            (name, one.number.estimate),
            (f"{name}: std_error", one.number.std_error),
            (f"{name}: conf_low", one.number.low),
            (f"{name}: conf_high", one.number.high),
            (f"{name}: p_value", one.number.p_value),
        ]
    return tuple(found)
