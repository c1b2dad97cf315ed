"""Hypotheses tested together: every family's p-values, adjusted for the others in it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evaluation.checks._numbers import Number, number_of
from evaluation.checks.contract import Verdict
from evaluation.data.model_data import FloatArray, IntArray
from evaluation.estimators.contract import Fit, Influence
from evaluation.estimators.fitting import ModelResult
from evaluation.inference.multiplicity import benjamini_hochberg, holm, romano_wolf
from evaluation.inference.resampled import Resampled, centred, refitted
from evaluation.inference.shared_draws import shared_draws
from evaluation.spec.extras import Family
from evaluation.spec.family_rules import HOLM, ROMANO_WOLF, hypotheses_of
from evaluation.spec.spec import Spec

LEVEL = 0.05
REJECTED, NOT_REJECTED, REFUSED = "rejected", "not rejected", "refused"
STEPS: Mapping[str, Callable[[FloatArray], FloatArray]] = {"holm": holm, "bh": benjamini_hochberg}
SOURCES = {"holm": "Holm", "bh": "Benjamini and Hochberg", ROMANO_WOLF: "Romano and Wolf"}
NO_ESTIMATE = "the model gives no estimate"
NO_SINGLE = "the model gives no single number: ask it for one, such as an average"
NO_P_VALUE = "the estimate has no p-value"
NO_ERROR = "an estimate has no standard error"
UNTOLD = "an estimate does not tell how each cluster moves it"


@dataclass(frozen=True)
class Tested:
    """A hypothesis with its number.

    Attributes
    ----------
    number
        The model's main number.
    raw
        Its p-value, as printed with the estimate.
    fit
        That it is of.
    jackknife
        Whether the model's variance is CR3.
    """

    number: Number
    raw: float
    fit: Fit
    jackknife: bool


def family_verdicts(
    spec: Spec, results: tuple[ModelResult, ...]
) -> Iterator[tuple[str, str, Verdict]]:
    """Yield the verdict on every hypothesis of every family.

    A family's hypotheses are those whose model gives a p-value; of others the row says why not.
    P-values by Romano and Wolf are never below the raw ones, whose reference is another.

    Parameters
    ----------
    spec
        Names the families.
    results
        What its models gave.

    Yields
    ------
    tuple of str, str and Verdict
        Ids of family and model; ``rejected`` where the adjusted p-value is below five per cent,
        ``not rejected``, or ``refused`` with the reason. The statistic is the t-ratio.
    """
    by_id = {result.model.id: result for result in results}
    for family in spec.families:
        members = [
            (model, outcome, _member(by_id[model], outcome))
            for model, outcome in hypotheses_of(spec, family)
        ]
        tested = [one for _, _, one in members if isinstance(one, Tested)]
        found = iter(_adjusted(family, tested))
        counted = _counted(len(tested), len(members) - len(tested))
        for model, outcome, one in members:
            if isinstance(one, str):
                yield family.id, model, Verdict(outcome, None, None, REFUSED, one)
            else:
                yield family.id, model, _verdict(family, outcome, one, next(found), counted)


def _member(result: ModelResult, outcome: str) -> Tested | str:
    """Return a hypothesis with its number, or why it has none."""
    fit = result.fits.get(outcome)
    number = None if fit is None else number_of(fit)
    if fit is None or number is None:
        return NO_ESTIMATE if fit is None else NO_SINGLE
    if number.p_value is None:
        return NO_P_VALUE
    return Tested(number, number.p_value, fit, result.setting.inference.variance == "cr3")


def _counted(tested: int, lost: int) -> str:
    without = f"; {lost} without a p-value {'is' if lost == 1 else 'are'} left out" if lost else ""
    return f"{tested} hypothes{'is' if tested == 1 else 'es'}{without}"


def _adjusted(family: Family, tested: Sequence[Tested]) -> Sequence[float | str]:
    """Return adjusted p-values, or as many times why there are none."""
    raw = np.array([one.raw for one in tested])
    if not tested:
        return ()
    if family.method in STEPS:
        return STEPS[family.method](raw).tolist()  # type: ignore[no-any-return]
    shared = _shared(tested)
    if isinstance(shared, str):
        return [f"{shared}; {HOLM}"] * len(tested)
    ratios = np.array([one.number.ratio for one in tested], dtype=np.float64)
    draws = shared_draws(*shared, family.draws, family.seed, family.weights)
    return np.maximum(romano_wolf(ratios, draws), raw).tolist()  # type: ignore[no-any-return]


def _shared(
    tested: Sequence[Tested],
) -> tuple[list[tuple[Resampled, IntArray]], int] | str:
    """Return how clusters move every number, each with its clusters' places among all of them.

    Where no draws of clusters can be shared it says why.
    """
    known = [one.number.influence for one in tested if one.number.influence is not None]
    if len(known) < len(tested):
        return UNTOLD
    columns = sorted({one.column for one in known})
    if len(columns) > 1:
        return f"estimates are clustered by different columns ({', '.join(columns)})"
    if any(one.number.ratio is None for one in tested):
        return NO_ERROR
    places: dict[Hashable, int] = {}
    for own in known:
        for label in own.labels:
            places.setdefault(label, len(places))
    found = [
        (_resampled(one, own), np.array([places[label] for label in own.labels], dtype=np.int64))
        for one, own in zip(tested, known, strict=True)
    ]
    return found, len(places)


def _resampled(one: Tested, influence: Influence) -> Resampled:
    """Return how clusters move a number: fitted anew in every draw where the fit has moments."""
    moments, label = one.fit.moments, one.fit.terms[one.number.place].label
    if moments is None or label not in moments.labels:
        return centred(influence.values[:, one.number.place])
    place = int(moments.interest[moments.labels.index(label)])
    return refitted(moments, place, jackknife=one.jackknife)


def _verdict(
    family: Family, outcome: str, one: Tested, adjusted: float | str, counted: str
) -> Verdict:
    if isinstance(adjusted, str):
        return Verdict(outcome, None, None, REFUSED, adjusted)
    details: list[tuple[str, float | int | str | bool | None]] = [
        ("raw_p_value", one.raw),
        ("adjusted_p_value", adjusted),
        ("adjusted_by", family.method),
    ]
    if family.method == ROMANO_WOLF:
        details += [("draws", family.draws), ("seed", family.seed), ("weights", family.weights)]
    return Verdict(
        outcome,
        one.number.ratio,
        adjusted,
        REJECTED if adjusted < LEVEL else NOT_REJECTED,
        f"p {adjusted:.3g} by {SOURCES[family.method]}, {one.raw:.3g} unadjusted; {counted}",
        details=tuple(details),
    )
