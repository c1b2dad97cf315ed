"""Fit every model of a spec to every outcome it names; a model that fails keeps its reason."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import data_synth
from evaluation.cells.needs_rows import NeedsRows
from evaluation.cells.supply import Supply
from evaluation.data.adoption_dates import intervals_of
from evaluation.data.functionals.flows import FLOWS, can_jump
from evaluation.data.model_data import ModelData
from evaluation.errors import DataError, EstimationError, InsufficientDesign
from evaluation.estimators._baseline import baseline_details
from evaluation.estimators._dated import fit_over_dates
from evaluation.estimators._support.supported import supported
from evaluation.estimators.contract import Fit, Setting
from evaluation.estimators.registry import estimator
from evaluation.results import Status
from evaluation.spec.dates import AGE
from evaluation.spec.design import Cohort, NoDesign
from evaluation.spec.evidence import evidence_of, strata_of
from evaluation.spec.missing import reason_of
from evaluation.spec.model import Model
from evaluation.spec.resolve import resolve_inference
from evaluation.spec.sample import GroupedRows, Outcome
from evaluation.spec.spec import Spec

# Set to see the traceback of an estimator that fails; its text may hold values.
DEBUG = "ACTIVITY_DUTY_DEBUG"
CELLS = "cells"
# Neither events nor amounts can be told of a logarithm.
TRANSFORMED = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a model gives nothing for one outcome; ``missing`` says what the design lacks."""

    status: Status
    reason: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Engine:
    """What a number was estimated from: ``cells`` or ``microdata``, with why not from cells."""

    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Fitted:
    """How one fit ended."""

    found: Fit | Failure
    engine: Engine
    dropped: Mapping[str, int] = field(default_factory=dict)


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
    engines
        What each outcome was estimated from.
    """

    model: Model
    setting: Setting
    fits: Mapping[str, Fit] = field(default_factory=dict)
    failures: Mapping[str, Failure] = field(default_factory=dict)
    first_stages: Mapping[str, Fit] = field(default_factory=dict)
    dropped: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    engines: Mapping[str, Engine] = field(default_factory=dict)


def estimate_models(
    spec: Spec, supply: Supply, announce: Callable[[str], None] = lambda stage: None
) -> tuple[ModelResult, ...]:
    """Return one result for each model, in spec order.

    Where no model gives a number and the design of some lacks what an answer needs, the results
    say so.

    Raises
    ------
    DataError
        Where the data refuse every model.
    EstimationError
        Where every model fails.
    """
    results = fit_models(spec, supply, announce)
    failures = [
        f"{result.model.id}: {name}: {failure.reason}"
        for result in results
        for name, failure in result.failures.items()
    ]
    states = {one.status for result in results for one in result.failures.values()}
    if results and not any(result.fits for result in results) and "insufficient" not in states:
        refused = states == {"refused"}
        raise (DataError if refused else EstimationError)(*dict.fromkeys(failures))
    return results


def fit_models(
    spec: Spec, supply: Supply, announce: Callable[[str], None] = lambda stage: None
) -> tuple[ModelResult, ...]:
    """Return one result for each model, in spec order, even where none gives a number."""
    if isinstance(spec.design, NoDesign):
        lack = Failure("insufficient", reason_of(spec.design.missing), spec.design.missing)
        return tuple(
            ModelResult(
                model,
                setting_of(spec, model),
                failures=dict.fromkeys(spec.outcomes_of(model), lack),
            )
            for model in spec.models
        )
    return tuple(_estimate(spec, model, supply, announce) for model in spec.models)


def setting_of(spec: Spec, model: Model) -> Setting:
    """Return what an estimator must know of one model."""
    return Setting(
        estimand=model.estimand,
        inference=resolve_inference(spec, model),
        controls=model.controls,
        fixed_effects=model.fixed_effects,
        design=spec.design,
        options=model.options,
        evidence=evidence_of(spec, model),
        strata=strata_of(spec, model),
        unit=spec.panel.unit,
        interact=model.interact,
        group_trends=model.group_trends,
        quantiles=model.quantiles,
        flows=frozenset(name for name, one in spec.outcomes.items() if one.column in FLOWS),
        stocks=_stocks(spec, model),
    )


def _stocks(spec: Spec, model: Model) -> frozenset[str]:
    """Return outcomes that cannot jump at an age; rows chosen by a flow would make them jump."""
    running = getattr(spec.design, "running_variable", None)
    if running is None or running.column != AGE or spec.sample.rows != "person_month":
        return frozenset()
    return frozenset(
        name
        for name, one in spec.outcomes.items()
        if one.column in data_synth.COLUMNS and not can_jump(spec, model, one)
    )


def _estimate(
    spec: Spec, model: Model, supply: Supply, announce: Callable[[str], None]
) -> ModelResult:
    setting = setting_of(spec, model)
    ended: dict[str, _Fitted] = {}
    for name in spec.outcomes_of(model):
        announce(f"{model.id}: {name}")
        ended[name] = _fit(model, supply, setting, name, spec.outcomes[name])
    fits = {name: one.found for name, one in ended.items() if isinstance(one.found, Fit)}
    return ModelResult(
        model,
        setting,
        fits,
        {name: one.found for name, one in ended.items() if isinstance(one.found, Failure)},
        _first_stages(spec, model, supply, setting, fits),
        {name: one.dropped for name, one in ended.items()},
        {name: one.engine for name, one in ended.items()},
    )


def _first_stages(
    spec: Spec, model: Model, supply: Supply, setting: Setting, fits: Mapping[str, Fit]
) -> dict[str, Fit]:
    found: dict[str, Fit] = {}
    for effect in spec.smallest_effect_of_interest:
        column = effect.first_stage
        if column is None or effect.outcome not in fits or column in found:
            continue
        if fits[effect.outcome].terms[0].event_time is not None:
            continue
        counted = Outcome(column=column, kind="continuous")
        fit = _fit(model, supply, setting, column, counted).found
        if isinstance(fit, Fit):
            found[column] = fit
    return found


def data_of(spec: Spec, result: ModelResult, supply: Supply, name: str) -> ModelData:
    """Return the rows or cells that a fit was made of.

    Parameters
    ----------
    spec, result
        What was asked, and the model with its fits.
    supply
        What it was estimated from.
    name
        The outcome.

    Raises
    ------
    DataError
        Where the rows are out of reach.
    """
    model, outcome = result.model, spec.outcomes[name]
    if result.engines[name].name == CELLS:
        return supply.cells(model, supply.route(model), name, outcome)
    return supply.model_rows(model, name, outcome)


def _fit(model: Model, supply: Supply, setting: Setting, name: str, outcome: Outcome) -> _Fitted:
    """Fit a model on cells where they are enough, else on rows."""
    route = supply.route(model)
    reason = route.reason
    if route.engine == CELLS:
        try:
            return _fit_on(
                supply,
                lambda source: source.cells(model, route, name, outcome),
                model,
                setting,
                Engine(CELLS),
                outcome,
            )
        except NeedsRows as need:
            reason = need.reason
    engine = Engine("microdata", reason)
    if not supply.has_rows:
        words = f"needs the rows of the panel, and only cells were given: {reason}"
        return _Fitted(Failure("refused", words), engine)
    return _fit_on(
        supply,
        lambda source: source.model_rows(model, name, outcome),
        model,
        setting,
        engine,
        outcome,
    )


def _fit_on(
    supply: Supply,
    draw: Callable[[Supply], ModelData],
    model: Model,
    setting: Setting,
    engine: Engine,
    outcome: Outcome,
) -> _Fitted:
    kind = outcome.kind if outcome.transform is None else TRANSFORMED
    lost: Mapping[str, int] = {}

    def once(source: Supply) -> Fit:
        nonlocal lost
        data = draw(source)
        lost = data.dropped
        fit = estimator(model.estimator).fit(data, setting)
        made = replace(
            fit,
            warnings=(*fit.warnings, *data.warnings),
            details=(*fit.details, *baseline_details(data, setting, fit)),
        )
        grouped = isinstance(supply.spec.sample.rows, GroupedRows)
        return supported(made, data, setting, kind, grouped=grouped)

    try:
        cohort = _half_known(supply.spec)
        if cohort is None:
            return _Fitted(once(supply), engine, lost)
        spans = intervals_of(supply.panel_of(model), cohort)
        found = fit_over_dates(lambda dates: once(supply.dated(tuple(dates))), cohort, spans)
        return _Fitted(found, engine, lost)
    except InsufficientDesign as error:
        return _Fitted(Failure("insufficient", error.reason, error.missing), engine, lost)
    except DataError as error:
        return _Fitted(Failure("refused", "; ".join(error.faults)), engine, lost)
    except EstimationError as error:
        return _Fitted(Failure("failed", "; ".join(error.faults)), engine, lost)
    except NeedsRows:
        raise
    except Exception as error:
        if os.environ.get(DEBUG):
            raise
        # Only the kind of error: its text may hold a row's value.
        reason = f"{model.estimator} ended in {type(error).__name__}; set {DEBUG}=1 to see where"
        return _Fitted(Failure("failed", reason), engine, lost)


def _half_known(spec: Spec) -> Cohort | None:
    """Return the rule for adoption dates that are intervals, ``None`` where each is one date."""
    cohort = getattr(spec.design, "cohort", None)
    if not isinstance(cohort, Cohort) or cohort.unknown not in ("draw", "bound"):
        return None
    return cohort
