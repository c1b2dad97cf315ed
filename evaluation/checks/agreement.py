"""Whether several estimators say the same, and what makes them differ."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np

from evaluation.checks._causes import causes, forbidden_comparisons
from evaluation.checks._contrast import effective_of
from evaluation.checks._variants import with_models
from evaluation.checks.contract import Case, ModelResult, Verdict
from evaluation.estimators.contract import Fit, FloatArray, Influence
from evaluation.inference.wald import Wald, hotelling_p_value, wald
from evaluation.spec.faults import nearest
from evaluation.spec.options import Evidence, OptionsModel

TITLE = "Agreement between estimators"
ASSUMPTION = "the answer does not hang on the estimator"
SOURCE = (
    "Hausman (1978), Econometrica 46(6), with the variance of the difference from joint influence "
    "functions; pseudo-inverse with its rank"
)
LEVEL = 0.05
# Differences of less than this share of a standard error are rounding.
SAME = 1e-9
EXACT, DIFFER, NONE = "agree exactly", "differ", "no difference detected"
NUMERIC = "compared numerically"


class Options(OptionsModel):
    """The models to set beside this one.

    Attributes
    ----------
    models
        Ids of these models; all others of the spec if not given.
    """

    EVIDENCE: ClassVar[frozenset[Evidence]] = frozenset({"influence"})

    models: tuple[str, ...] = ()

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line for every model that is not there, and where there is none to compare."""
        known = [model.id for model in spec.models]
        for name in self.models:
            if name not in known:
                yield (
                    f"{where}.models: no model {name!r}{nearest(name, known)} "
                    f"(there are: {', '.join(known) or 'none'})"
                )
        if len(known) < 2 or not set(self.models or known) - {owner.model}:
            yield f"{where}.models: there is no other model to compare with; add one"


@dataclass(frozen=True)
class Pair:
    """Numbers that two fits have in common.

    Attributes
    ----------
    labels
        What they are; m in all.
    differences
        Other less base, shape ``(m,)``.
    largest
        Largest difference in standard errors of the base; ``None`` without any.
    scores
        How every cluster moves each difference, shape ``(G, m)``; ``None`` where fits have no joint
        influence.
    """

    labels: tuple[str, ...]
    differences: FloatArray
    largest: float | None
    scores: FloatArray | None

    @property
    def blocks(self) -> float | None:
        """Clusters that carry a single difference, (Σ d²)² / Σ d⁴; ``None`` of several."""
        if self.scores is None or len(self.labels) > 1:
            return None
        squares = self.scores[:, 0] ** 2
        return float(squares.sum() ** 2 / (squares @ squares)) if squares.any() else None


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Compare every number that two models have in common, and name the causes of a difference.

    The differences are tested jointly: their variance is that of the difference of influences,
    summed within clusters and enlarged as printed errors are, its pseudo-inverse and rank those of
    the test. A single difference has as many blocks as clusters carry it: where few do, its test
    by the clusters of the fits rejects too often. Fits without influence
    are compared numerically. Verdicts are ``agree exactly`` (to 1e-9 standard errors), ``differ``,
    ``no difference detected`` and ``compared numerically``.
    """
    others = _others(case, options.models)
    base, refitted = _with_influence(case, others)
    return tuple(
        _verdict(case, name, base, other)
        for other in refitted
        for name in base.fits
        if name in case.spec.outcomes_of(other.model)
    )


def _others(case: Case, named: tuple[str, ...]) -> tuple[ModelResult, ...]:
    own = case.result.model.id
    return tuple(case.results[one] for one in (named or tuple(case.results)) if one != own)


def _with_influence(
    case: Case, others: tuple[ModelResult, ...]
) -> tuple[ModelResult, tuple[ModelResult, ...]]:
    """Return the results with influences, fitted again where no check asked for them before."""
    every = (case.result, *others)
    lacking = any(
        "influence" not in one.setting.evidence and one.setting.inference.cluster for one in every
    )
    if lacking:
        models = [one.model for one in every]
        every = case.refit(with_models(case.spec, *models, influence=True))
    return every[0], every[1:]


def _verdict(case: Case, name: str, base: ModelResult, other: ModelResult) -> Verdict:
    term = f"{base.model.id} and {other.model.id}"
    if name not in other.fits:
        failure = other.failures.get(name)
        reason = f"{other.model.id}: {failure.reason if failure else 'gives nothing'}"
        return Verdict(name, None, None, "refused", reason, term=term)
    first, second = base.fits[name], other.fits[name]
    pair = _pair(first, second)
    if pair is None:
        reason = "the models have no number in common: ask both for the same estimand or aggregate"
        return Verdict(name, None, None, "refused", reason, term=term)
    mixing = forbidden_comparisons(base, other, partial(case.data, name))
    why = causes(base, other, name, mixing)
    named = f"; they differ in {'; '.join(why)}" if why else "; nothing in the models differs"
    details = (
        ("numbers_in_common", len(pair.labels)),
        ("largest_difference", float(pair.differences[np.argmax(np.abs(pair.differences))])),
        ("largest_difference_over_std_error", pair.largest),
        *((f"cause {place + 1}", cause) for place, cause in enumerate(why)),
    )
    if pair.largest is not None and pair.largest < SAME:
        errors = f"standard errors {_error(first)} and {_error(second)}"
        message = f"{_common(pair)}, the same to {SAME:g} of a standard error; {errors}{named}"
        return Verdict(name, 0.0, None, EXACT, message, term=term, details=details)
    shown = _size(pair)
    test = _test(pair)
    if test is None:
        message = f"{_common(pair)}: {shown}; no joint variance{named}"
        return Verdict(name, pair.largest, None, NUMERIC, message, term=term, details=details)
    counts = (effective_of(first), effective_of(second), pair.blocks)
    blocks = [one for one in counts if one is not None]
    p_value = hotelling_p_value(test, min(blocks)) if blocks else test.p_value
    if p_value is None:
        message = (
            f"{_common(pair)}: {shown}; {test.rank} differences leave too few degrees of freedom"
            f"{named}"
        )
        return Verdict(name, test.statistic, None, NUMERIC, message, term=term, details=details)
    return Verdict(
        name,
        test.statistic,
        p_value,
        DIFFER if p_value < LEVEL else NONE,
        f"{_common(pair)}: {shown}; joint test of rank {test.rank}{named}",
        term=term,
        details=(*details, ("rank", test.rank)),
    )


def _error(fit: Fit) -> str:
    found = fit.terms[0].std_error
    return "unknown" if found is None else f"{found:.4g}"


def _common(pair: Pair) -> str:
    count = len(pair.labels)
    return f"{count} number{'' if count == 1 else 's'} in common"


def _size(pair: Pair) -> str:
    largest = float(pair.differences[np.argmax(np.abs(pair.differences))])
    relative = "" if pair.largest is None else f", {pair.largest:.3g} standard errors"
    return f"largest difference {largest:+.4g}{relative}"


def _pair(first: Fit, second: Fit) -> Pair | None:
    """Return the numbers that two fits have in common, ``None`` where they have none."""
    places = {one.label: at for at, one in enumerate(second.terms)}
    common = [(at, places[one.label], one) for at, one in enumerate(first.terms)
              if one.label in places]  # fmt: skip
    if not common:
        return None
    differences = np.array([second.terms[b].estimate - one.estimate for _, b, one in common])
    errors = [one.std_error for _, _, one in common]
    sizes = [abs(float(d)) / error for d, error in zip(differences, errors, strict=True) if error]
    scores = _scores(first, second, [a for a, _, _ in common], [b for _, b, _ in common])
    labels = tuple(one.label for _, _, one in common)
    return Pair(labels, differences, max(sizes, default=None), scores)


def _scores(first: Fit, second: Fit, own: list[int], others: list[int]) -> FloatArray | None:
    """Return how every cluster moves the differences, from influences.

    All influences are scaled alike, by what most enlarges a plain error to the printed one: where
    that is a jackknife's, the difference shares its correction.
    """
    one, two = first.influence, second.influence
    if one is None or two is None or one.column != two.column:
        return None
    labels = {label: at for at, label in enumerate(dict.fromkeys((*one.labels, *two.labels)))}
    sides = [_by_cluster(two, others, labels), _by_cluster(one, own, labels)]
    scale = max(_enlarged(second, others, sides[0]), _enlarged(first, own, sides[1]))
    scores = scale * (sides[0] - sides[1])
    # What rounding leaves of equal numbers is no variance.
    size = np.sum(one.values[:, own] ** 2, axis=0)
    dead = np.sum(scores**2, axis=0) <= 1e-16 * np.maximum(size, np.finfo(float).tiny)
    return np.asarray(np.where(dead, 0.0, scores))


def _by_cluster(
    influence: Influence, places: list[int], labels: Mapping[Hashable, int]
) -> FloatArray:
    """Return how every cluster of two fits moves some numbers of one, shape ``(G, m)``."""
    values = np.zeros((len(labels), len(places)))
    rows = [labels[label] for label in influence.labels]
    values[rows] = np.sqrt(influence.factor) * influence.values[:, places]
    return values


def _enlarged(fit: Fit, places: list[int], values: FloatArray) -> float:
    """Return the largest printed error over the plain one, at least 1."""
    plain = np.sqrt(np.sum(values**2, axis=0))
    printed = [fit.terms[at].std_error for at in places]
    ratios = [
        float(error / size) for error, size in zip(printed, plain, strict=True) if error and size
    ]
    return max((1.0, *ratios))


def _test(pair: Pair) -> Wald | None:
    """Return the joint test, ``None`` where no difference has a variance."""
    if pair.scores is None:
        return None
    test = wald(pair.differences, pair.scores.T @ pair.scores)
    return test if test.rank else None
