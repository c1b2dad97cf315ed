"""Estimate every specification of a declared universe, from cells that they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from evaluation.checks._numbers import NO_NUMBER, number_of
from evaluation.checks._specified import Pool, Specified
from evaluation.checks._universe_groups import groups_of
from evaluation.checks.contract import ModelResult, Verdict
from evaluation.errors import DataError, EstimationError
from evaluation.estimators._support.least import least, sure_units
from evaluation.results import Specification, Status
from evaluation.spec.digest import canonical_json
from evaluation.spec.members import Member
from evaluation.spec.spec import Spec
from evaluation.spec.universe import CURVE

CELLS = "cells"
Headlines = Callable[[Spec, ModelResult], Iterable[tuple[str, Verdict]]]


def estimate_universe(
    spec: Spec,
    members: Sequence[Member],
    results: tuple[ModelResult, ...],
    refit: Callable[[Spec], tuple[ModelResult, ...]],
    gather: Callable[[tuple[Spec, ...]], None],
    headlines: Headlines,
    announce: Callable[[str], None] = lambda stage: None,
) -> tuple[Specified, ...]:
    """Return what every specification gives, by model and number; one that fails keeps its reason.

    Specifications of one sample, outcomes and design are estimated side by side, and one pass over
    the rows serves all samples where cells answer them.

    Parameters
    ----------
    spec
        The declared spec.
    members
        Its specifications.
    results
        What its models gave.
    refit
        Estimates the models of another spec on the same input.
    gather
        Takes one pass over the rows for several such specs.
    headlines
        Judges a result by the smallest effects of interest: model and verdict, by outcome.
    announce
        Told how far it is.
    """
    from_rows = {
        one.model.id for one in results if any(e.name != CELLS for e in one.engines.values())
    }
    found: dict[int, tuple[Specified, ...]] = {
        at: _without(spec, member) for at, member in enumerate(members) if member.spec is None
    }
    pool = Pool()
    for model_id in dict.fromkeys(one.choice.model_id for one in members):
        own = [at for at, one in enumerate(members) if one.choice.model_id == model_id]
        checks = tuple(
            one for one in spec.checks if one.kind == CURVE and one.model in (None, model_id)
        )
        groups = groups_of([members[at] for at in own], checks, counted=model_id in from_rows)
        gather(tuple(group.spec for group in groups))
        for count, group in enumerate(groups, start=1):
            announce(f"specifications of {model_id}: sample {count} of {len(groups)}")
            chosen = [own[place] for place in group.places]
            try:
                fitted: Sequence[ModelResult | str] = refit(group.spec)
            except (DataError, EstimationError) as error:
                fitted = ["; ".join(error.faults)] * len(chosen)
            for at, result in zip(chosen, fitted, strict=True):
                made = _specified(spec, members[at], result, headlines)
                found[at] = tuple(
                    replace(one, assignment=pool.sharing(one.assignment)) for one in made
                )
    return tuple(one for at in range(len(members)) for one in found[at])


def _without(spec: Spec, member: Member) -> tuple[Specified, ...]:
    """Return the rows of a choice that breaks a rule."""
    names = spec.outcomes_of(spec.model(member.choice.model_id))
    return tuple(Specified(_row(spec, member, name, "refused", member.fault)) for name in names)


def _specified(
    spec: Spec, member: Member, result: ModelResult | str, headlines: Headlines
) -> tuple[Specified, ...]:
    own = member.spec or spec
    verdicts: dict[str, str] = {}
    if isinstance(result, ModelResult):
        verdicts = {one.outcome: one.verdict for _, one in headlines(own, result)}
    return tuple(
        _one(spec, member, name, result, verdicts) for name in own.outcomes_of(own.models[0])
    )


def _one(
    spec: Spec,
    member: Member,
    name: str,
    result: ModelResult | str,
    verdicts: Mapping[str, str],
) -> Specified:
    if isinstance(result, str):
        return Specified(_row(spec, member, name, "refused", result))
    fit = result.fits.get(name)
    if fit is None:
        failure = result.failures[name]
        return Specified(_row(spec, member, name, failure.status, failure.reason))
    number = number_of(fit)
    if number is None:
        return Specified(_row(spec, member, name, "refused", NO_NUMBER))
    status: Status = "warned" if fit.warnings else "ok"
    row = replace(
        _row(spec, member, name, status, "; ".join(fit.warnings)),
        estimate=number.estimate,
        std_error=number.std_error,
        conf_low=number.low,
        conf_high=number.high,
        p_value=number.p_value,
        n_obs=number.n_obs,
        n_clusters=number.n_clusters,
        equivalence=verdicts.get(name, ""),
    )
    counts = least(sure_units(one, spec.panel.unit) for one in fit.support)
    return Specified(row, fit.assignment, counts)


def _row(spec: Spec, member: Member, name: str, status: Status, reason: str) -> Specification:
    own = member.spec or spec
    model = own.model(member.choice.model_id)
    return Specification(
        spec_id=spec.id,
        model_id=model.id,
        outcome=name,
        number=member.choice.number,
        declared=member.declared,
        choices=canonical_json(member.choice.values),
        digest=member.digest,
        estimator=model.estimator,
        estimand=model.estimand,
        status=status,
        reason=reason,
    )
