"""Set the truth of a synthetic world beside every number that has one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from evaluation.checks._subgroups import Subgroups
from evaluation.data.coupled import Coupled, Population, coupled_sample
from evaluation.data.functionals.contract import Key, Truth
from evaluation.data.prepare import Prepared
from evaluation.data.superpopulation import superpopulation
from evaluation.data.truth import truths
from evaluation.estimators.contract import Fit, Term
from evaluation.estimators.fitting import ModelResult
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class KnownTruth:
    """The truth of one number: what coverage is judged by, and that of the sample at hand.

    ``label`` names the number: its place in the fit, after the level of ``heterogeneity``.
    """

    model_id: str
    outcome: str
    place: int
    superpopulation: Truth
    sample: Truth | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class NoTruth:
    """Why a model's numbers for one outcome have no truth."""

    model_id: str
    outcome: str
    reason: str


def known_truths(
    spec: Spec,
    prepared: Callable[[], Prepared] | None,
    results: tuple[ModelResult, ...],
    subgroups: tuple[Subgroups, ...] = (),
    large: Population | None = None,
) -> tuple[KnownTruth | NoTruth, ...]:
    """Return the truth of every number of every model, or why there is none.

    Nothing where the panel is not synthetic.

    Parameters
    ----------
    spec, results
        What was asked, and what was found.
    prepared
        Gives the rows, for the truth of the sample at hand; ``None`` for the large draw's alone.
    subgroups
        Levels of ``heterogeneity``, whose numbers have truths of their own.
    large
        The large draw; by default the one that the spec's world names.
    """
    if not isinstance(spec.panel, SyntheticPanel):
        return ()
    population = large or superpopulation(spec)

    @cache  # simulated for the first number that has a truth, if there is one
    def own() -> Coupled | None:
        return None if prepared is None else coupled_sample(spec, prepared())

    whole = (
        known
        for result in results
        for name, fit in result.fits.items()
        for known in _of_fit(spec, result, name, fit, population, own)
    )
    levels = (known for one in subgroups for known in _of_levels(spec, one, population, own))
    return (*whole, *levels)


def _of_levels(
    spec: Spec, one: Subgroups, large: Population, own: Callable[[], Population | None]
) -> Iterator[KnownTruth | NoTruth]:
    for level in one.fits:
        if isinstance(level.found, Fit):
            value = level.label.removeprefix(f"{one.by} = ")
            # Whole numbers with gaps are floats.
            for subgroup in (f"{one.by}={value}", f"{one.by}={value}.0"):
                result, fit = one.result, level.found
                for known in _of_fit(spec, result, one.outcome, fit, large, own, subgroup):
                    if isinstance(known, KnownTruth):
                        label = f"{level.label}: {known.label}" if known.label else level.label
                        yield replace(known, label=label)


def _of_fit(
    spec: Spec,
    result: ModelResult,
    name: str,
    fit: Fit,
    large: Population,
    own: Callable[[], Population | None],
    subgroup: str = "",
) -> Iterator[KnownTruth | NoTruth]:
    outcome = spec.outcomes[name]
    pairs = frozenset((term.cohort, term.period) for term in fit.terms if term.period)
    cells = fit.averaged or pairs
    true = truths(large, spec, result.model, outcome, cells)
    if true.absent:
        yield NoTruth(result.model.id, name, true.absent)
    if not true.found:
        return
    sample = own()
    here = {} if sample is None else truths(sample, spec, result.model, outcome, cells).found
    binned = {term for term, kind, value in fit.details if kind == "binned" and value}
    for place, term in enumerate(fit.terms):
        key = replace(_key(term, result.model.estimand, outcome), subgroup=subgroup)
        if key in true.found and term.label not in binned and not term.term:
            yield KnownTruth(
                result.model.id, name, place, true.found[key], here.get(key), term.label
            )


def _key(term: Term, estimand: str, outcome: Outcome) -> Key:
    return Key(
        term.estimand or estimand, term.cohort, term.period, term.event_time,
        horizon=outcome.horizon, quantile=term.quantile,
    )  # fmt: skip
