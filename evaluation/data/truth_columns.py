"""The columns that truths need beside those of the spec: first stages, and outcomes at a lead."""

from __future__ import annotations

from evaluation.data.leads import led
from evaluation.spec.model import Model
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

RATIOS = frozenset({"late", "late_at_cutoff"})


def horizons_of(model: Model, outcome: Outcome) -> tuple[tuple[int | None, int], ...]:
    """Return the horizons asked for with their lead in months, ``None`` for the only one."""
    asked = model.horizons or outcome.horizons or ()
    return tuple((one, one) for one in asked) or ((None, outcome.lead_months or 0),)


def first_stage_of(spec: Spec, outcome: Outcome) -> str | None:
    """Return the column of what the policy gives: the design's treatment, else the bound's unit."""
    treatment = getattr(spec.design, "treatment", None)
    if treatment is not None:
        return str(treatment.column)
    bounds = (e for e in spec.smallest_effect_of_interest if spec.outcomes[e.outcome] == outcome)
    return next((bound.first_stage for bound in bounds if bound.first_stage), None)


def with_truth_columns(spec: Spec) -> tuple[Spec, dict[str, tuple[str, int]]]:
    """Return the spec with first stages and led columns among its outcomes, and the leads.

    What stands among the outcomes is averaged over longer periods and groups as they are.
    """
    outcomes = dict(spec.outcomes)
    leads: dict[str, tuple[str, int]] = {}
    known = {outcome.column for outcome in outcomes.values()}
    for model in spec.models:
        for name in spec.outcomes_of(model):
            outcome = spec.outcomes[name]
            stage = first_stage_of(spec, outcome) if model.estimand in RATIOS else None
            for _, lead in horizons_of(model, outcome):
                if lead:
                    leads[led(outcome.column, lead)] = (outcome.column, lead)
            for column in (stage, *leads):
                if column is not None and column not in known:
                    known.add(column)
                    outcomes[f"for_truth_{column}"] = Outcome(column=column, kind="continuous")
    if len(outcomes) == len(spec.outcomes):
        return spec, leads
    return spec.model_copy(update={"outcomes": outcomes}), leads
