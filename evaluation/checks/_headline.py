"""The headline of every outcome: by which model it is judged, and what one person could gain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from evaluation.cells.supply import Supply
from evaluation.checks.contract import Verdict
from evaluation.checks.smallest_effect import Headline, detectable, headline_of, judge
from evaluation.data.prepare import Prepared
from evaluation.estimators.fitting import ModelResult
from evaluation.spec.extras import SmallestEffect
from evaluation.spec.spec import Spec

NO_BOUND = "state a [[smallest_effect_of_interest]] to learn which effects the data rule out"
NO_NUMBER = "no model gives a single number per person for this outcome"
# Estimands counted per unit of treatment, not per person.
PER_UNIT = frozenset({"late", "late_at_cutoff"})
# Kinds of outcome that one unit moves by one at most.
UP_TO_ONE = frozenset({"binary", "share"})
# Kinds of outcome whose effects are read in per cent of where they start from.
RELATIVE = frozenset({"binary", "share", "count", "nok"})


def headline_verdicts(
    spec: Spec, supply: Supply, results: tuple[ModelResult, ...]
) -> Iterator[tuple[str, Verdict]]:
    """Yield the verdict on every smallest effect of interest, then on outcomes without one.

    Parameters
    ----------
    spec, supply, results
        What was asked, what it was estimated from, and what was found.

    Yields
    ------
    tuple of str and Verdict
        Id of the model judged by, empty where none gives one number for the outcome.
    """
    for effect in spec.smallest_effect_of_interest:
        yield _judged(spec, effect, supply, results)
    stated = {effect.outcome for effect in spec.smallest_effect_of_interest}
    for name in spec.outcomes:
        if name not in stated:
            found = _first(spec, name, results)
            details = () if found is None else detectable(found[1])
            verdict = Verdict(name, None, None, "no_bound_given", NO_BOUND, details=details)
            yield "" if found is None else found[0].model.id, verdict


def _first(
    spec: Spec, outcome: str, results: tuple[ModelResult, ...]
) -> tuple[ModelResult, Headline] | None:
    """Return the first model that gives one number per person for an outcome."""
    kind = spec.outcomes[outcome]
    plain = kind.kind in RELATIVE and kind.transform is None and kind.difference is None
    for result in results:
        fit = result.fits.get(outcome)
        headline = None if fit is None else headline_of(fit)
        if headline is not None and result.model.estimand not in PER_UNIT:
            return result, headline if plain else replace(headline, baseline=None)
    return None


def _judged(
    spec: Spec, effect: SmallestEffect, supply: Supply, results: tuple[ModelResult, ...]
) -> tuple[str, Verdict]:
    found = _first(spec, effect.outcome, results)
    if found is None:
        verdict = Verdict(effect.outcome, None, None, "uninformative", NO_NUMBER, term=effect.unit)
        return "", verdict
    result, headline = found
    up_to = 1.0 if spec.outcomes[effect.outcome].kind in UP_TO_ONE else None
    largest = up_to if effect.largest is None else effect.largest
    return result.model.id, judge(effect, headline, _scale(effect, supply, result), largest)


def _scale(effect: SmallestEffect, supply: Supply, result: ModelResult) -> float | None:
    """Return how many counted units the policy adds per person, ``None`` where that is not known.

    Conditions and duty months are counted by what the policy adds; recipients by their share
    among treated rows after the reform.
    """
    column = effect.first_stage
    if column is None:
        return None
    if effect.unit == "per_recipient":
        return _share(supply.holding(column), column)
    fit = result.first_stages.get(column)
    headline = None if fit is None else headline_of(fit)
    return None if headline is None else headline.estimate


def _share(prepared: Prepared, column: str) -> float | None:
    """Return the mean of a column over rows under the policy, weighted as the sample is."""
    panel, roles = prepared.panel, prepared.roles
    values = panel.frame[column].to_numpy(np.float64)
    rows = roles.rows & ~np.isnan(values)
    for role in (roles.treated, roles.post):
        rows &= True if role is None else role == 1
    if roles.running is not None:
        below = getattr(prepared.design, "treated_side", "below") == "below"
        rows &= (roles.running < 0) == below
    weight = panel.weight_of(column)
    mass = np.ones(len(values)) if weight is None else panel.frame[weight].to_numpy(np.float64)
    if not mass[rows].sum() > 0:
        return None
    return float(np.average(values[rows], weights=mass[rows]))
