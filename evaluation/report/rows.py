"""Give every number its place: fits, truths and verdicts as rows in spec order."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.checks.judging import Judgement
from evaluation.checks.known_truth import KnownTruth, NoTruth
from evaluation.estimators.contract import Fit
from evaluation.estimators.fitting import Engine, Failure, ModelResult
from evaluation.results import Check, Detail, Estimate
from evaluation.spec.spec import Spec


def estimate_rows(spec: Spec, results: tuple[ModelResult, ...]) -> tuple[Estimate, ...]:
    """Return ``estimates.csv``: every model and outcome has at least one row."""
    return tuple(
        row
        for result in results
        for name in spec.outcomes_of(result.model)
        for row in _estimates(spec, result, name)
    )


def _estimates(spec: Spec, result: ModelResult, name: str) -> Iterator[Estimate]:
    model = result.model
    if name in result.failures:
        failure: Failure = result.failures[name]
        yield Estimate(
            spec.id, model.id, model.estimator, model.estimand, name,
            status=failure.status, reason=failure.reason,
        )  # fmt: skip
        return
    fit = result.fits[name]
    for term in fit.terms:
        yield Estimate(
            spec_id=spec.id,
            model_id=model.id,
            estimator=model.estimator,
            estimand=term.estimand or model.estimand,
            outcome=name,
            term=term.term,
            cohort=term.cohort,
            period=term.period,
            event_time=term.event_time,
            quantile=term.quantile,
            estimate=term.estimate,
            std_error=term.std_error,
            conf_low=term.conf_low,
            conf_high=term.conf_high,
            p_value=term.p_value,
            n_obs=fit.n_obs if term.n_obs is None else term.n_obs,
            n_units=fit.n_units if term.n_units is None else term.n_units,
            n_clusters=fit.n_clusters if term.n_clusters is None else term.n_clusters,
            status="warned" if fit.warnings else "ok",
            reason="; ".join(fit.warnings),
        )


def detail_rows(
    spec: Spec,
    results: tuple[ModelResult, ...],
    truths: tuple[KnownTruth | NoTruth, ...],
    judgements: tuple[Judgement, ...],
) -> tuple[Detail, ...]:
    """Return ``details.csv``: fits first, then truths, then what lies behind verdicts."""
    return (
        *(row for result in results for row in _fit_details(spec, result)),
        *(row for truth in truths for row in _truth_details(spec, results, truth)),
        *(
            Detail(spec.id, one.model_id, one.check, one.verdict.outcome, one.verdict.term, *pair)
            for one in judgements
            for pair in one.verdict.details
        ),
    )


def _fit_details(spec: Spec, result: ModelResult) -> Iterator[Detail]:
    model = result.model.id
    for name, fit in result.fits.items():
        engine = result.engines.get(name, Engine("microdata"))
        yield Detail(spec.id, model, "", name, "", "engine", engine.name)
        if engine.reason:
            yield Detail(spec.id, model, "", name, "", "engine_reason", engine.reason)
        for reason, count in result.dropped.get(name, {}).items():
            yield Detail(spec.id, model, "", name, "", f"rows dropped: {reason}", count)
        for term, key, value in fit.details:
            yield Detail(spec.id, model, "", name, term, key, value)
    for column, fit in result.first_stages.items():
        yield Detail(spec.id, model, "", "", column, "first_stage", fit.terms[0].estimate)
        yield Detail(
            spec.id, model, "", "", column, "first_stage_std_error", fit.terms[0].std_error
        )


def _truth_details(
    spec: Spec, results: tuple[ModelResult, ...], truth: KnownTruth | NoTruth
) -> Iterator[Detail]:
    if isinstance(truth, NoTruth):
        yield Detail(
            spec.id, truth.model_id, "truth", truth.outcome, "", "truth_absent", truth.reason
        )
        return
    fit: Fit = next(r for r in results if r.model.id == truth.model_id).fits[truth.outcome]
    label = fit.terms[truth.place].label
    pairs = [
        ("truth", truth.superpopulation.value),
        ("truth_monte_carlo_error", truth.superpopulation.error),
    ]
    if truth.sample is not None:
        pairs.append(("truth_in_sample", truth.sample.value))
    if truth.superpopulation.missing:
        pairs.append(("truth_rows_missing", truth.superpopulation.missing))
    for name, value in pairs:
        yield Detail(spec.id, truth.model_id, "truth", truth.outcome, label, name, value)


def check_rows(spec: Spec, judgements: tuple[Judgement, ...]) -> tuple[Check, ...]:
    """Return ``checks.csv``, in the order in which the spec asks."""
    return tuple(
        Check(
            spec.id,
            one.check,
            one.model_id,
            one.verdict.outcome,
            one.verdict.term,
            one.verdict.statistic,
            one.verdict.p_value,
            one.verdict.verdict,
            one.verdict.message,
        )
        for one in judgements
    )
