"""Run the checks that a spec asks for, and the headline verdict on every bound it states."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from evaluation.cells.needs_rows import NeedsRows
from evaluation.cells.supply import Supply
from evaluation.checks._families import family_verdicts
from evaluation.checks._headline import headline_verdicts
from evaluation.checks._identities import IDENTITY, identity_verdicts
from evaluation.checks._specified import Specified
from evaluation.checks._stated_dose import DOSE, dose_verdicts
from evaluation.checks._subgroups import HETEROGENEITY, Subgroups
from evaluation.checks._watched import Watched
from evaluation.checks.contract import Case, ModelResult, Verdict, no_draw
from evaluation.checks.registry import check
from evaluation.data.model_data import ModelData
from evaluation.errors import DataError, EstimationError
from evaluation.estimators.fitting import data_of
from evaluation.results import Counts
from evaluation.spec.model import CheckRequest
from evaluation.spec.spec import Spec

EQUIVALENCE = "equivalence"
Refit = Callable[[Spec], tuple[ModelResult, ...]]
Gather = Callable[[tuple[Spec, ...]], None]
Draw = Callable[[Spec], ModelData]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with the check and the model it belongs to, and what stands behind it."""

    check: str
    model_id: str
    verdict: Verdict
    counts: Counts = field(default_factory=dict)


def judge_models(
    spec: Spec,
    supply: Supply,
    results: tuple[ModelResult, ...],
    refit: Refit,
    announce: Callable[[str], None] = lambda stage: None,
    gather: Gather = lambda variants: None,
    draw: Draw = no_draw,
    universe: tuple[Specified, ...] = (),
) -> tuple[Judgement, ...]:
    """Return the verdict of every check, identity, dose and family, then on smallest effects.

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
    universe
        What every specification of a declared universe gave.
    """
    asked: list[Judgement] = []
    for request in spec.checks:
        announce(f"check {request.name}")
        asked += _checked(request, spec, supply, results, refit, gather, draw, universe)
    bounds = [Judgement(EQUIVALENCE, *one) for one in headline_verdicts(spec, supply, results)]
    sums = [Judgement(IDENTITY, model, one) for model, one in identity_verdicts(spec, results)]
    doses = [Judgement(DOSE, model, one) for model, one in dose_verdicts(spec, results)]
    families = [Judgement(*one) for one in family_verdicts(spec, results)]
    return (*asked, *sums, *doses, *families, *bounds)


def judged_levels(subgroups: tuple[Subgroups, ...]) -> tuple[Judgement, ...]:
    """Return the verdicts on whether levels differ, in the order in which the spec asks."""
    return tuple(Judgement(HETEROGENEITY, one.result.model.id, one.verdict) for one in subgroups)


def _checked(
    request: CheckRequest,
    spec: Spec,
    supply: Supply,
    results: tuple[ModelResult, ...],
    refit: Refit,
    gather: Gather,
    draw: Draw,
    universe: tuple[Specified, ...],
) -> Iterator[Judgement]:
    """Judge the models that a check is asked of; one that cannot be judged keeps its reason."""
    module = check(request.kind)
    by_id = {result.model.id: result for result in results}
    for result in results:
        if request.model not in (None, result.model.id):
            continue
        watched = Watched(refit, spec.panel.unit)
        case = Case(
            result,
            spec,
            by_id,
            watched,
            partial(data_of, spec, result, supply),
            lambda: supply.rows,
            supply.has_rows,
            gather,
            draw,
            universe,
        )
        try:
            verdicts = module.run(case, request.options)
        except (DataError, EstimationError, NeedsRows) as error:
            verdicts = (Verdict("", None, None, "refused", _reason(error)),)
        for verdict in verdicts:
            yield Judgement(request.name, result.model.id, verdict, watched.behind(result, verdict))


def _reason(error: DataError | EstimationError | NeedsRows) -> str:
    return error.reason if isinstance(error, NeedsRows) else "; ".join(error.faults)
