"""Give every number its place: fits, truths and verdicts as rows in spec order."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.checks._level_fits import pair_label
from evaluation.checks._subgroups import Subgroups
from evaluation.checks.judging import Judgement
from evaluation.checks.known_truth import KnownTruth, NoTruth
from evaluation.estimators.contract import Fit
from evaluation.estimators.fitting import Engine, Failure, ModelResult
from evaluation.results import Check, Detail, Estimate
from evaluation.spec.spec import Spec

DIFFERENCE = "difference"


def estimate_rows(spec: Spec, results: tuple[ModelResult, ...]) -> tuple[Estimate, ...]:
    """Return ``estimates.csv``: every model and outcome has at least one row."""
    return tuple(
        row
        for result in results
        for name in spec.outcomes_of(result.model)
        for row in _estimates(spec, result, name)
    )


def subgroup_rows(spec: Spec, subgroups: tuple[Subgroups, ...]) -> tuple[Estimate, ...]:
    """Return the rows of levels: every number of each, then differences between their headlines."""
    return tuple(row for one in subgroups for row in _of_levels(spec, one))


def _of_levels(spec: Spec, one: Subgroups) -> Iterator[Estimate]:
    model = one.result.model
    own = (spec.id, model.id, model.estimator, model.estimand, one.outcome)
    if not one.fits:
        yield Estimate(*own, one.by, status="refused", reason=one.verdict.message)
    for level in one.fits:
        if isinstance(level.found, Failure):
            failure = level.found
            yield Estimate(*own, level.label, status=failure.status, reason=failure.reason)
        else:
            yield from _of_fit(spec, one.result, one.outcome, level.found, level.label)
    if one.test is None:
        return
    named = [one.fits[at] for at in one.tested]
    for pair in one.test.differences:
        first, second = named[pair.first], named[pair.second]
        yield Estimate(
            *own,
            pair_label(one.by, first, second),
            term=DIFFERENCE,
            estimate=pair.estimate,
            std_error=pair.std_error,
            conf_low=pair.low,
            conf_high=pair.high,
            p_value=pair.p_value,
            n_obs=sum(x.found.n_obs for x in (first, second) if isinstance(x.found, Fit)),
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
    yield from _of_fit(spec, result, name, result.fits[name])


def _of_fit(
    spec: Spec, result: ModelResult, name: str, fit: Fit, subgroup: str = ""
) -> Iterator[Estimate]:
    model = result.model
    for term in fit.terms:
        yield Estimate(
            spec_id=spec.id,
            model_id=model.id,
            estimator=model.estimator,
            estimand=term.estimand or model.estimand,
            outcome=name,
            subgroup=subgroup,
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
        *(row for truth in truths for row in _truth_details(spec, truth)),
        *(
            Detail(spec.id, one.model_id, one.check, one.verdict.outcome, one.verdict.term, *pair)
            for one in judgements
            for pair in one.verdict.details
        ),
    )


def _fit_details(spec: Spec, result: ModelResult) -> Iterator[Detail]:
    model = result.model.id
    for name, failure in result.failures.items():
        if failure.missing:
            yield Detail(spec.id, model, "", name, "", "missing", ", ".join(failure.missing))
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


def _truth_details(spec: Spec, truth: KnownTruth | NoTruth) -> Iterator[Detail]:
    if isinstance(truth, NoTruth):
        yield Detail(
            spec.id, truth.model_id, "truth", truth.outcome, "", "truth_absent", truth.reason
        )
        return
    pairs = [
        ("truth", truth.superpopulation.value),
        ("truth_monte_carlo_error", truth.superpopulation.error),
    ]
    if truth.sample is not None:
        pairs.append(("truth_in_sample", truth.sample.value))
    if truth.superpopulation.missing:
        pairs.append(("truth_rows_missing", truth.superpopulation.missing))
    for name, value in pairs:
        yield Detail(spec.id, truth.model_id, "truth", truth.outcome, truth.label, name, value)


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
