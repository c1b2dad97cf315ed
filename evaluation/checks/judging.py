"""Run the checks that a spec asks for, and the headline verdict on every bound it states."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from evaluation.cells.needs_rows import NeedsRows
from evaluation.cells.supply import Supply
from evaluation.checks._identities import IDENTITY, identity_verdicts
from evaluation.checks._stated_dose import DOSE, dose_verdicts
from evaluation.checks._subgroups import HETEROGENEITY, Subgroups
from evaluation.checks.contract import Case, ModelResult, Verdict, no_draw
from evaluation.checks.registry import check
from evaluation.checks.smallest_effect import Headline, headline_of, judge
from evaluation.data.model_data import ModelData
from evaluation.data.prepare import Prepared
from evaluation.errors import DataError, EstimationError
from evaluation.estimators.fitting import data_of
from evaluation.spec.extras import SmallestEffect
from evaluation.spec.model import CheckRequest
from evaluation.spec.spec import Spec

EQUIVALENCE = "equivalence"
Refit = Callable[[Spec], tuple[ModelResult, ...]]
Gather = Callable[[tuple[Spec, ...]], None]
Draw = Callable[[Spec], ModelData]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with the check and the model it belongs to."""

    check: str
    model_id: str
    verdict: Verdict


def judge_models(
    spec: Spec,
    supply: Supply,
    results: tuple[ModelResult, ...],
    refit: Refit,
    announce: Callable[[str], None] = lambda stage: None,
    gather: Gather = lambda variants: None,
    draw: Draw = no_draw,
) -> tuple[Judgement, ...]:
    """Return the verdict of every check, identity and dose, then on smallest effects of interest.

    Parameters
    ----------
    spec, supply, results
        What was asked, what it was estimated from, and what was found.
    refit
        Estimates the models of another spec on the same input.
    announce
        Told the name of every check as it begins.
    gather
        Takes one pass over the rows for several such specs.
    draw
        Gives the rows or cells that such a model would see.
    """
    asked: list[Judgement] = []
    for request in spec.checks:
        announce(f"check {request.name}")
        asked += _checked(request, spec, supply, results, refit, gather, draw)
    stated = {effect.outcome for effect in spec.smallest_effect_of_interest}
    bounds = [_headline(effect, supply, results) for effect in spec.smallest_effect_of_interest]
    unstated = [
        Judgement(EQUIVALENCE, "", Verdict(name, None, None, "no_bound_given", NO_BOUND))
        for name in spec.outcomes
        if name not in stated
    ]
    sums = [Judgement(IDENTITY, model, one) for model, one in identity_verdicts(spec, results)]
    doses = [Judgement(DOSE, model, one) for model, one in dose_verdicts(spec, results)]
    return (*asked, *sums, *doses, *bounds, *unstated)


def judged_levels(subgroups: tuple[Subgroups, ...]) -> tuple[Judgement, ...]:
    """Return the verdicts on whether levels differ, in the order in which the spec asks."""
    return tuple(Judgement(HETEROGENEITY, one.result.model.id, one.verdict) for one in subgroups)


NO_BOUND = "state a [[smallest_effect_of_interest]] to learn which effects the data rule out"


def _checked(
    request: CheckRequest,
    spec: Spec,
    supply: Supply,
    results: tuple[ModelResult, ...],
    refit: Refit,
    gather: Gather,
    draw: Draw,
) -> Iterator[Judgement]:
    """Judge the models that a check is asked of; one that cannot be judged keeps its reason."""
    module = check(request.kind)
    by_id = {result.model.id: result for result in results}
    for result in results:
        if request.model not in (None, result.model.id):
            continue
        case = Case(
            result,
            spec,
            by_id,
            refit,
            partial(data_of, spec, result, supply),
            lambda: supply.rows,
            supply.has_rows,
            gather,
            draw,
        )
        try:
            verdicts = module.run(case, request.options)
        except (DataError, EstimationError, NeedsRows) as error:
            verdicts = (Verdict("", None, None, "refused", _reason(error)),)
        for verdict in verdicts:
            yield Judgement(request.name, result.model.id, verdict)


def _reason(error: DataError | EstimationError | NeedsRows) -> str:
    return error.reason if isinstance(error, NeedsRows) else "; ".join(error.faults)


def _headline(
    effect: SmallestEffect, supply: Supply, results: tuple[ModelResult, ...]
) -> Judgement:
    """Judge a bound by the first model that gives one number for its outcome."""
    for result in results:
        fit = result.fits.get(effect.outcome)
        headline = headline_of(fit) if fit is not None else None
        if headline is not None:
            attainable = _attainable(effect, supply, result)
            verdict = judge(effect, headline, attainable, effect.first_stage or "")
            return Judgement(EQUIVALENCE, result.model.id, verdict)
    reason = "no model gives a single number for this outcome"
    verdict = Verdict(effect.outcome, None, None, "uninformative", reason, term=effect.unit)
    return Judgement(EQUIVALENCE, "", verdict)


def _share(prepared: Prepared, column: str) -> float:
    """Return the mean of a column over rows under the policy, weighted as the sample is."""
    panel, roles = prepared.panel, prepared.roles
    values = panel.frame[column].to_numpy(np.float64)
    rows = roles.rows & ~np.isnan(values)
    for role in (roles.treated, roles.post):
        rows &= True if role is None else role == 1
    if roles.running is not None:
        below = getattr(prepared.design, "treated_side", "below") == "below"
        rows &= (roles.running < 0) == below
    weight = panel.weight_of(column)
    mass = None if weight is None else panel.frame[weight].to_numpy(np.float64)[rows]
    return float(np.average(values[rows], weights=mass))


def _attainable(effect: SmallestEffect, supply: Supply, result: ModelResult) -> float | None:
    """Return the effect on one person if each counted unit moved the outcome by one.

    Conditions and duty months are counted by what the policy adds; recipients by their share
    among treated rows after the reform.
    """
    column = effect.first_stage
    if column is None:
        return None
    if effect.unit == "per_recipient":
        return _share(supply.holding(column), column)
    fit = result.first_stages.get(column)
    headline: Headline | None = headline_of(fit) if fit is not None else None
    return None if headline is None else headline.estimate
