"""What truths read beside what the spec does: first stages, and the rows at the cutoff."""

from __future__ import annotations

from evaluation.spec.design import RdDesign
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

RATIOS = frozenset({"late", "late_at_cutoff"})


def first_stage_of(spec: Spec, outcome: Outcome) -> str | None:
    """Return the column of what the policy gives: the design's treatment, else the bound's unit."""
    treatment = getattr(spec.design, "treatment", None)
    if treatment is not None:
        return str(treatment.column)
    bounds = (e for e in spec.smallest_effect_of_interest if spec.outcomes[e.outcome] == outcome)
    return next((bound.first_stage for bound in bounds if bound.first_stage), None)


def with_truth_columns(spec: Spec) -> Spec:
    """Return the spec with first stages among its outcomes, and with every row at the cutoff.

    What stands among the outcomes is averaged over longer periods and groups as they are. A donut
    takes away rows whose own month is mixed; in each run the whole month is under one rule.
    """
    design = spec.design
    if isinstance(design, RdDesign) and (design.donut, design.exposure) != (None, None):
        whole = design.model_copy(update={"donut": None, "exposure": None})
        spec = spec.model_copy(update={"design": whole})
    outcomes = dict(spec.outcomes)
    known = {outcome.measured for outcome in outcomes.values()}
    for model in spec.models:
        for name in spec.outcomes_of(model) if model.estimand in RATIOS else ():
            column = first_stage_of(spec, spec.outcomes[name])
            if column is not None and column not in known:
                known.add(column)
                outcomes[f"for_truth_{column}"] = Outcome(column=column, kind="continuous")
    if len(outcomes) == len(spec.outcomes):
        return spec
    return spec.model_copy(update={"outcomes": outcomes})
