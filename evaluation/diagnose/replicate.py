"""One replication: a panel of a world drawn anew, every model estimated, truths set beside."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from typing import Any

from evaluation.checks.judging import EQUIVALENCE, Judgement, judge_models
from evaluation.checks.known_truth import KnownTruth, NoTruth, known_truths
from evaluation.checks.smallest_effect import headline_of
from evaluation.data.derive.deriving import deriving
from evaluation.data.read_once import ReadOnce
from evaluation.data.sources import Source
from evaluation.data.sources.synthetic import Synthetic
from evaluation.data.superpopulation import Superpopulation, superpopulation
from evaluation.data.truth import truths
from evaluation.diagnose.worlds import seeded
from evaluation.errors import UserError
from evaluation.estimators.contract import Fit, Term
from evaluation.estimators.fitting import ModelResult, fit_models
from evaluation.estimators.refitting import Refitting
from evaluation.estimators.supplying import Request, supply_of
from evaluation.spec.dates import reach
from evaluation.spec.design_digest import design_digest
from evaluation.spec.panel import SyntheticPanel
from evaluation.spec.spec import Spec

# A fit without a headline number is followed by its others where these are no more than this.
MOST_OTHERS = 24


@dataclass(frozen=True, slots=True)
class Number:
    """One number of one replication.

    Attributes
    ----------
    model_id, outcome, estimand, term
        Where it stands; ``term`` is empty for the headline.
    estimate, std_error, low, high, p_value
        As a run prints them.
    centre, centre_error
        The pair on which interval and p-value stand: robust ones, where the estimator has them.
    truth, truth_error
        Of the superpopulation, with its Monte Carlo error.
    cautious
        Whether the interval counts a largest bias, so that it may cover more than it says.
    """

    model_id: str
    outcome: str
    estimand: str
    term: str
    estimate: float
    std_error: float | None
    low: float | None
    high: float | None
    p_value: float | None
    centre: float
    centre_error: float | None
    truth: float | None
    truth_error: float | None
    cautious: bool


@dataclass(frozen=True, slots=True)
class Replication:
    """What one replication gave.

    Attributes
    ----------
    numbers
        In spec order.
    failures
        ``(model, outcome, reason)`` of fits that gave nothing.
    verdicts
        ``(model, outcome, unit, verdict)`` of the headline on every smallest effect of interest.
    refused
        Why no model had rows to be fitted on; empty where they had.
    """

    numbers: tuple[Number, ...] = ()
    failures: tuple[tuple[str, str, str], ...] = ()
    verdicts: tuple[tuple[str, str, str, str], ...] = ()
    refused: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return plain values."""
        return asdict(self)

    @classmethod
    def of_json(cls, values: Mapping[str, Any]) -> Replication:
        """Return what ``as_json`` was made of."""
        return cls(
            tuple(Number(**one) for one in values["numbers"]),
            tuple((model, outcome, reason) for model, outcome, reason in values["failures"]),
            tuple(
                (model, outcome, unit, word) for model, outcome, unit, word in values["verdicts"]
            ),
            values["refused"],
        )


def seed_of(spec_id: str, world: str, replication: int) -> int:
    """Return the seed of a replication: a hash of spec id, world and number, never chosen."""
    text = f"{spec_id}/{world}/{replication}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "little")


def replicate(spec: Spec, replication: int) -> Replication:
    """Run one replication of a spec that ``in_world`` gave."""
    found = drawn(spec, seed_of(spec.id, world_of(spec), replication))
    return numbered(found, known_truths(spec, None, found.results, large=_large(spec)))


def numbered(found: Drawn, known: Iterable[KnownTruth | NoTruth] = ()) -> Replication:
    """Return the numbers of one draw, truths set beside.

    Parameters
    ----------
    found
        What ``drawn`` gave.
    known
        What ``known_truths`` says of it; without any, numbers stand alone.
    """
    if found.refused:
        return Replication(refused=found.refused)
    by_place = {
        (one.model_id, one.outcome, one.place): one for one in known if isinstance(one, KnownTruth)
    }
    numbers = (
        number
        for result in found.results
        for name, fit in result.fits.items()
        for number in _numbers(result, name, fit, by_place)
    )
    failures = (
        (result.model.id, name, failure.reason)
        for result in found.results
        for name, failure in result.failures.items()
    )
    verdicts = (
        (one.model_id, one.verdict.outcome, one.verdict.term, one.verdict.verdict)
        for one in found.bounds
    )
    return Replication(tuple(numbers), tuple(failures), tuple(verdicts))


@dataclass(frozen=True)
class Drawn:
    """What one draw of a world gave.

    Attributes
    ----------
    results
        Fits by model.
    judged
        Verdicts of the checks that the spec asks for, and on smallest effects of interest.
    refused
        Why no model had rows to be fitted on; empty where they had.
    """

    results: tuple[ModelResult, ...] = ()
    judged: tuple[Judgement, ...] = ()
    refused: str = ""

    @property
    def bounds(self) -> tuple[Judgement, ...]:
        """Verdicts on smallest effects of interest."""
        found = (one for one in self.judged if one.check == EQUIVALENCE and one.verdict.term)
        return tuple(found)


def drawn(spec: Spec, seed: int) -> Drawn:
    """Estimate a spec that ``in_world`` gave on one draw.

    Persons are drawn anew, and so are national shocks by age; places and their adoption dates are
    the world's own.
    """
    own = seeded(spec, seed)
    try:
        request = Request(own, source=ReadOnce(source_of(own)))
        supply = supply_of(request, lambda stage: nullcontext())
        results = fit_models(own, supply)
        refit = Refitting(request, None, supply)
        judged = judge_models(
            own, supply, results, refit, gather=refit.gather, draw=refit.draw
        )  # fmt: skip
    except UserError as error:
        return Drawn(refused="; ".join(error.faults))
    return Drawn(results, judged)


def source_of(spec: Spec) -> Source:
    """Return the rows of a spec's synthetic panel; its seed is also that of national shocks."""
    panel = _panel(spec)
    return deriving(spec, Synthetic(panel, reach=reach(spec), history=panel.seed))


def compute_truths(spec: Spec) -> None:
    """Simulate the superpopulation of every question now, once, so that its cells are remembered.

    Where no folder keeps them, each process simulates it once for itself.
    """
    large = _large(spec)
    for model in spec.models:
        for name in spec.outcomes_of(model):
            truths(large, spec, model, spec.outcomes[name])


def world_of(spec: Spec) -> str:
    """Return the world of a spec's synthetic panel."""
    return _panel(spec).world


def _panel(spec: Spec) -> SyntheticPanel:
    if not isinstance(spec.panel, SyntheticPanel):
        raise TypeError("only a synthetic panel can be replicated")
    return spec.panel


# One large draw a process: it is the same for all replications of a world.
_DRAWS: dict[str, Superpopulation] = {}


def _large(spec: Spec) -> Superpopulation:
    key = f"{world_of(spec)}/{_panel(spec).ages}/{design_digest(spec)}"
    if key not in _DRAWS:
        _DRAWS.clear()
        _DRAWS[key] = superpopulation(spec)
    return _DRAWS[key]


def _numbers(
    result: ModelResult, name: str, fit: Fit, known: Mapping[tuple[str, str, int], KnownTruth]
) -> Iterator[Number]:
    model = result.model.id
    headline = headline_of(fit)
    places = [at for at, term in enumerate(fit.terms) if _followed(term)]
    others = [at for at in places if fit.terms[at].label]
    most = MOST_OTHERS if len(others) == len(places) else 0
    for place in places:
        term = fit.terms[place]
        truth = known.get((model, name, place))
        # One number alone is followed whatever it is called, as one quantile is.
        if place in others and len(places) > 1 and (truth is None or len(others) > most):
            continue
        pair = (term.estimate, term.std_error)
        if headline is not None and place == 0:
            pair = (headline.estimate, headline.std_error)
        yield Number(
            model,
            name,
            term.estimand or result.model.estimand,
            term.label,
            term.estimate,
            term.std_error,
            term.conf_low,
            term.conf_high,
            term.p_value,
            *pair,
            None if truth is None else truth.superpopulation.value,
            None if truth is None else truth.superpopulation.error,
            _cautious(fit, term.label),
        )


def _followed(term: Term) -> bool:
    """Whether a number is estimated: references are zero by construction, terms have no truth."""
    reference = term.estimate == 0 and term.std_error is None and term.conf_low is None
    return not term.term and not reference


def _cautious(fit: Fit, label: str) -> bool:
    return any(term == label and name == "maximum_bias" for term, name, _ in fit.details)
