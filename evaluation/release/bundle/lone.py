"""One model and outcome asked by itself, of cells that do not carry all that a spec asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from evaluation.cells.gathered import Gathered
from evaluation.cells.plan import CellPass
from evaluation.cells.store.answer import can_answer
from evaluation.errors import DataError
from evaluation.estimators.fitting import ModelResult, fit_models
from evaluation.estimators.registry import estimator
from evaluation.estimators.supplying import given_supply, plan_of
from evaluation.report.rows import detail_rows, estimate_rows
from evaluation.results import Detail, Estimate
from evaluation.spec.model import Model
from evaluation.spec.spec import Spec

WITHOUT = "estimated without its clustered standard error, as the cells are not by {clusters}"
BASELINE = "baseline_"
# An estimate that leaves with its standard error tells twice as much as one without.
WITH_ERROR, ALONE = 2, 1


@dataclass(frozen=True)
class LoneRows:
    """What one model gives for one outcome when it is asked alone."""

    model_id: str
    outcome: str
    estimates: tuple[Estimate, ...]
    details: tuple[Detail, ...]


def lone_spec(spec: Spec, model: Model, outcome: str, *, clustered: bool) -> Spec:
    """Return a spec that asks for one model and outcome, and nothing that is judged beside.

    Parameters
    ----------
    spec, model, outcome
        The spec, and what is asked of it.
    clustered
        Whether the standard error is clustered as the model says; else the error is that of
        independent rows, which needs no key.
    """
    changed: dict[str, object] = {"outcomes": (outcome,)}
    if not clustered:
        takes = estimator(model.estimator).VARIANCES
        changed |= {"cluster": (), "variance": "iid" if "iid" in takes else None}
    alone = {
        "models": (model.model_copy(update=changed),),
        "outcomes": {outcome: spec.outcomes[outcome]},
        "checks": (), "heterogeneity": (), "vary": (), "smallest_effect_of_interest": (),
    }  # fmt: skip
    return spec.model_copy(update=alone).bound_to(spec.origin)


def lone_rows(spec: Spec, folder: Path, refused: tuple[tuple[str, str], ...]) -> Iterator[LoneRows]:
    """Yield what cells give of models and outcomes that they refused beside others.

    Where they lack the clusters alone, the estimate is given without its standard error.

    Parameters
    ----------
    spec
        What is asked.
    folder
        Cells in the format of the store.
    refused
        Model and outcome, in the order of the spec.
    """
    for model_id, outcome in refused:
        model = spec.model(model_id)
        for clustered in (True, False) if model.clusters else (True,):
            asked = lone_spec(spec, model, outcome, clustered=clustered)
            try:
                results = fit_models(asked, given_supply(asked, folder))
            except DataError:
                continue
            if results[0].fits:
                yield _rows(asked, results, model, outcome, clustered=clustered)
                break


def _rows(
    asked: Spec, results: tuple[ModelResult, ...], model: Model, outcome: str, *, clustered: bool
) -> LoneRows:
    estimates = estimate_rows(asked, results)
    if not clustered:
        words = WITHOUT.format(clusters=" and ".join(model.clusters))
        estimates = tuple(
            replace(
                one, std_error=None, conf_low=None, conf_high=None, p_value=None, n_clusters=None,
                reason="; ".join(filter(None, (one.reason, words))),
            )
            for one in estimates
        )  # fmt: skip
    details = detail_rows(asked, results, (), ())
    kept = tuple(one for one in details if clustered or one.name.startswith(BASELINE))
    return LoneRows(model.id, outcome, estimates, kept)


def told_by(spec: Spec, gathered: Gathered, made: CellPass) -> int:
    """Return how much of a spec's estimates a pass gives, each model and outcome asked alone.

    Parameters
    ----------
    spec
        What was printed.
    gathered
        The cells, whose plan says which rows they are of.
    made
        A pass as it would leave.
    """
    return sum(_told(spec, gathered, made, one, name)
               for one in spec.models for name in spec.outcomes_of(one))  # fmt: skip


def _told(spec: Spec, gathered: Gathered, made: CellPass, model: Model, outcome: str) -> int:
    columns: Mapping[str, object] = gathered.columns
    for clustered, worth in ((True, WITH_ERROR), (False, ALONE)):
        asked = lone_spec(spec, model, outcome, clustered=clustered)
        plan = plan_of(asked)(gathered.columns if columns else None)
        if any(one.engine == "cells" for one in plan.routes) and all(
            can_answer(plan, one, gathered.plan, made) for one in plan.passes
        ):
            return worth
    return 0
