"""What truths read beside what the spec does: first stages, and the rows at the cutoff."""

from __future__ import annotations

from evaluation.spec.dates import Dated
from evaluation.spec.design import RdDesign
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec

RATIOS = frozenset({"late", "late_at_cutoff"})
OFFER = "itt"


def first_stage_of(spec: Spec, outcome: Outcome) -> str | None:
    """Return the column of what the policy gives: the design's treatment, else the bound's unit."""
    treatment = getattr(spec.design, "treatment", None)
    if treatment is not None:
        return str(treatment.column)
    bounds = (e for e in spec.smallest_effect_of_interest if spec.outcomes[e.outcome] == outcome)
    return next((bound.first_stage for bound in bounds if bound.first_stage), None)


def paired_of(spec: Spec, outcome: Outcome, estimand: str) -> tuple[str | None, str | None]:
    """Return the column that an effect is divided by, and the one that multiplies it.

    For ``itt`` the instrument itself, else what the policy gives.
    """
    if estimand != OFFER:
        return first_stage_of(spec, outcome), None
    instrument = getattr(spec.design, "instrument", None)
    return (None, None) if instrument is None else (instrument.column, instrument.times)


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
    for outcome in spec.outcomes.values() if isinstance(design, RdDesign) else ():
        if outcome.dated == Dated(outcome.column, change=1) and outcome.column not in known:
            known.add(outcome.column)
            outcomes[f"for_truth_{outcome.column}"] = Outcome(
                column=outcome.column, kind="continuous"
            )
    for model in spec.models:
        for name in spec.outcomes_of(model) if model.estimand in RATIOS else ():
            column = first_stage_of(spec, spec.outcomes[name])
            if column is not None and column not in known:
                known.add(column)
                outcomes[f"for_truth_{column}"] = Outcome(column=column, kind="continuous")
    if len(outcomes) == len(spec.outcomes):
        return spec
    return spec.model_copy(update={"outcomes": outcomes})
