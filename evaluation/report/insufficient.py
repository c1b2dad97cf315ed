"""What a run gives where the design lacks what an answer needs: rows with the reason, no number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evaluation.checks.judging import EQUIVALENCE
from evaluation.results import Check, Detail, Estimate, Status
from evaluation.spec.design import NoDesign
from evaluation.spec.missing import MISSING, Missing, reason_of
from evaluation.spec.spec import Spec

INSUFFICIENT: Status = "insufficient"
# Stands for a model where the spec has none; no estimator and no estimand go with it.
NO_MODEL = "none"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Why nothing is estimated: what the row says, and words of ``spec/missing.py``."""

    reason: str
    missing: tuple[str, ...]


def shortfall_of(spec: Spec) -> Shortfall | None:
    """Return what the spec itself says is missing, ``None`` where it has a design."""
    design = spec.design
    if not isinstance(design, NoDesign):
        return None
    return Shortfall(reason_of(design.missing), design.missing)


def described(spec: Spec, lack: Shortfall) -> Spec:
    """Return the spec that describes the same sample and estimates nothing.

    Its design keeps the date of the reform, so that outcomes are told before and after it.
    """
    words: tuple[Missing, ...] = tuple(one for one in MISSING if one in lack.missing)
    date = getattr(spec.design, "reform_date", None)
    bare = {
        "design": NoDesign(kind="none", missing=words, reform_date=date),
        "models": (),
        "heterogeneity": (),
        "checks": (),
        "families": (),
        "vary": (),
        "tables": (),
        "smallest_effect_of_interest": (),
        "worth": (),
    }
    return spec.model_copy(update=bare).bound_to(spec.origin)


def insufficient_rows(spec: Spec, lack: Shortfall) -> tuple[Estimate, ...]:
    """Return one row for every model and outcome, for every outcome where there are no models."""
    return tuple(
        Estimate(
            spec.id, model_id, estimator, estimand, outcome,
            status=INSUFFICIENT, reason=lack.reason,
        )
        for model_id, estimator, estimand, outcome in _asked(spec)
    )  # fmt: skip


def insufficient_details(spec: Spec, lack: Shortfall) -> tuple[Detail, ...]:
    """Return what is missing, beside every row."""
    words = ", ".join(lack.missing)
    return tuple(
        Detail(spec.id, model_id, "", outcome, "", "missing", words)
        for model_id, _, _, outcome in _asked(spec)
    )


def insufficient_checks(spec: Spec, lack: Shortfall) -> tuple[Check, ...]:
    """Return a row for every model that a check is asked of, then for each smallest effect."""
    named = tuple(model.id for model in spec.models) or (NO_MODEL,)
    checks = (
        Check(spec.id, one.name, model, "", "", None, None, INSUFFICIENT, lack.reason)
        for one in spec.checks
        for model in named
        if one.model in (None, model)
    )
    bounds = (
        Check(
            spec.id, EQUIVALENCE, named[0], one.outcome, one.unit, None, None, INSUFFICIENT,
            lack.reason,
        )
        for one in spec.smallest_effect_of_interest
    )  # fmt: skip
    return (*checks, *bounds)


def _asked(spec: Spec) -> Iterator[tuple[str, str, str, str]]:
    """Yield model, estimator, estimand and outcome of every row."""
    for model in spec.models:
        for outcome in spec.outcomes_of(model):
            yield model.id, model.estimator, model.estimand, outcome
    if not spec.models:
        for outcome in spec.outcomes:
            yield NO_MODEL, "", "", outcome
