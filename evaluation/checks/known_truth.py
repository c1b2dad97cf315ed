"""Set the truth of a synthetic world beside every number that has one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from evaluation.data.coupled import Coupled, coupled_sample, superpopulation
from evaluation.data.prepare import Prepared
from evaluation.data.truth import Key, Truth, truths
from evaluation.estimators.contract import Fit, Term
from evaluation.estimators.fitting import ModelResult
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class KnownTruth:
    """The truth of one number: what coverage is judged by, and that of the sample at hand."""

    model_id: str
    outcome: str
    place: int
    superpopulation: Truth
    sample: Truth | None


def known_truths(
    spec: Spec, prepared: Prepared, results: tuple[ModelResult, ...]
) -> tuple[KnownTruth, ...]:
    """Return the truth of every number of every model; none where the panel is not synthetic."""
    if not isinstance(spec.panel, SyntheticPanel):
        return ()
    large, own = superpopulation(spec), coupled_sample(spec, prepared)
    return tuple(
        known
        for result in results
        for name, fit in result.fits.items()
        for known in _of_fit(spec, result, name, fit, large, own)
    )


def _of_fit(
    spec: Spec, result: ModelResult, name: str, fit: Fit, large: Coupled, own: Coupled
) -> list[KnownTruth]:
    outcome = spec.outcomes[name]
    cells = frozenset((term.cohort, term.period) for term in fit.terms if term.period)
    true: Mapping[Key, Truth] = truths(large, spec, result.model, outcome, cells)
    here: Mapping[Key, Truth] = truths(own, spec, result.model, outcome, cells)
    binned = {term for term, kind, value in fit.details if kind == "binned" and value}
    return [
        KnownTruth(result.model.id, name, place, true[key], here.get(key))
        for place, term in enumerate(fit.terms)
        for key in (_key(term, result.model.estimand),)
        if key in true and term.label not in binned and term.term != "average"
    ]


def _key(term: Term, estimand: str) -> Key:
    return Key(term.estimand or estimand, term.cohort, term.period, term.event_time)
