"""Fit every model of a spec to every outcome it names; a model that fails keeps its reason."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from evaluation.data.model_rows import model_rows
from evaluation.data.prepare import Prepared
from evaluation.errors import DataError, EstimationError
from evaluation.estimators.contract import Fit, Setting
from evaluation.estimators.registry import estimator
from evaluation.results import Status
from evaluation.spec.model import Model
from evaluation.spec.resolve import resolve_inference
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

# Set to see the traceback of an estimator that fails; its text may hold values.
DEBUG = "ACTIVITY_DUTY_DEBUG"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a model gives nothing for one outcome."""

    status: Status
    reason: str


@dataclass(frozen=True)
class ModelResult:
    """One model with what it gave.

    Attributes
    ----------
    model, setting
        What was asked.
    fits
        Fit by outcome.
    failures
        For the outcomes without a fit.
    first_stages
        Fit on a counted column, by column, for effects of interest that need one.
    dropped
        Rows left out for missing values, by outcome and reason.
    """

    model: Model
    setting: Setting
    fits: Mapping[str, Fit] = field(default_factory=dict)
    failures: Mapping[str, Failure] = field(default_factory=dict)
    first_stages: Mapping[str, Fit] = field(default_factory=dict)
    dropped: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def estimate_models(
    spec: Spec, prepared: Prepared, announce: Callable[[str], None] = lambda stage: None
) -> tuple[ModelResult, ...]:
    """Return one result for each model, in spec order.

    Raises
    ------
    DataError
        Where the data refuse every model.
    EstimationError
        Where every model fails.
    """
    results = tuple(_estimate(spec, model, prepared, announce) for model in spec.models)
    failures = [
        f"{result.model.id}: {name}: {failure.reason}"
        for result in results
        for name, failure in result.failures.items()
    ]
    if results and not any(result.fits for result in results):
        refused = all(f.status == "refused" for r in results for f in r.failures.values())
        raise (DataError if refused else EstimationError)(*dict.fromkeys(failures))
    return results


def setting_of(spec: Spec, model: Model) -> Setting:
    """Return what an estimator must know of one model."""
    return Setting(
        estimand=model.estimand,
        inference=resolve_inference(spec, model),
        controls=model.controls,
        fixed_effects=model.fixed_effects,
        design=spec.design,
        options=model.options,
    )


def _estimate(
    spec: Spec, model: Model, prepared: Prepared, announce: Callable[[str], None]
) -> ModelResult:
    setting = setting_of(spec, model)
    fits: dict[str, Fit] = {}
    failures: dict[str, Failure] = {}
    dropped: dict[str, Mapping[str, int]] = {}
    for name in spec.outcomes_of(model):
        announce(f"{model.id}: {name}")
        found, lost = _fit(spec, model, prepared, setting, name, spec.outcomes[name])
        dropped[name] = lost
        if isinstance(found, Failure):
            failures[name] = found
        else:
            fits[name] = found
    first_stages = _first_stages(spec, model, prepared, setting, fits)
    return ModelResult(model, setting, fits, failures, first_stages, dropped)


def _first_stages(
    spec: Spec, model: Model, prepared: Prepared, setting: Setting, fits: Mapping[str, Fit]
) -> dict[str, Fit]:
    found: dict[str, Fit] = {}
    for effect in spec.smallest_effect_of_interest:
        column = effect.first_stage
        if column is None or effect.outcome not in fits or column in found:
            continue
        if fits[effect.outcome].terms[0].event_time is not None:
            continue
        counted = Outcome(column=column, kind="continuous")
        fit, _ = _fit(spec, model, prepared, setting, column, counted)
        if isinstance(fit, Fit):
            found[column] = fit
    return found


def _fit(
    spec: Spec, model: Model, prepared: Prepared, setting: Setting, name: str, outcome: Outcome
) -> tuple[Fit | Failure, Mapping[str, int]]:
    lost: Mapping[str, int] = {}
    try:
        data = model_rows(prepared.panel, prepared.roles, spec, model, name, outcome)
        lost = data.dropped
        fit = estimator(model.estimator).fit(data, setting)
        return replace(fit, warnings=(*fit.warnings, *data.warnings)), lost
    except DataError as error:
        return Failure("refused", "; ".join(error.faults)), lost
    except EstimationError as error:
        return Failure("failed", "; ".join(error.faults)), lost
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        # Only the kind of error: its text may hold a row's value.
        reason = f"{model.estimator} ended in {type(error).__name__}; set {DEBUG}=1 to see where"
        return Failure("failed", reason), lost
