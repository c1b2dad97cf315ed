"""Two-way fixed effects."""

from __future__ import annotations

from evaluation.review.foreign.contract import COHORT, DOSE, PERIOD, POST, TREATED, Case, Lines
from evaluation.review.foreign.estimators._regression import in_r, in_stata


def stata(case: Case) -> Lines:
    """Return reghdfe, or regress where nothing is absorbed."""
    nuisance, effects = _further(case)
    return in_stata(case, (DOSE,), nuisance, effects)


def r(case: Case) -> Lines:
    """Return feols."""
    nuisance, effects = _further(case)
    return in_r(case, (DOSE,), nuisance, effects)


def _further(case: Case) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return main effects, and effects absorbed unless the model's own hold them."""
    design, own = case.design, case.model.fixed_effects
    if design.kind == "staggered_did":
        cohort = () if case.unit in own else (COHORT,)
        period = () if case.spec.panel.time in own else (PERIOD,)
        return (), (*cohort, *period)
    if design.treatment is not None or design.treated is None:
        return (), ()
    return (TREATED, POST), ()
