"""The discontinuity of a model inside groups that the rule should not move."""

from __future__ import annotations

from collections.abc import Mapping

from evaluation.checks._numbers import NO_NUMBER, Number
from evaluation.checks._placebos import LEVEL, VIOLATED
from evaluation.checks._power import against
from evaluation.checks._reduced_form import placebo_spec
from evaluation.checks._refit import Refitted, details_of, why_none, with_numbers
from evaluation.checks._together import kept, refit_models
from evaluation.checks.contract import Case, Verdict
from evaluation.spec.filters import Filter

NOT_DETECTED = "not detected"


def inside_groups(case: Case, groups: Mapping[str, tuple[Filter, ...]]) -> tuple[Verdict, ...]:
    """Return the verdict on a regression discontinuity estimated inside each of some groups.

    ``violation found`` where the estimate of some group differs from zero at five per cent by its
    own p-value, adjusted by Bonferroni; else ``not detected``, with the power against the
    model's own estimate.

    Parameters
    ----------
    case
        The model.
    groups
        Conditions on the rows of a group, by its name.
    """
    spec, numbers, before = placebo_spec(case)
    (model,) = spec.models
    models = {name: kept(model, name, *filters) for name, filters in groups.items()}
    found = refit_models(case, spec, models)
    return tuple(_verdict(name, one, found[name], before) for name, one in numbers.items())


def _verdict(
    outcome: str, base: Number | None, refitted: tuple[Refitted, ...], before: str
) -> Verdict:
    if base is None:
        return Verdict(outcome, None, None, "refused", NO_NUMBER)
    numbers = tuple(with_numbers(refitted))
    if not numbers:
        return Verdict(
            outcome, None, None, "refused", f"no group can be estimated: {why_none(refitted)}"
        )
    p_values = [one.p_value for _, one in numbers if one.p_value is not None]
    smallest = min(1.0, min(p_values) * len(p_values)) if p_values else None
    violated = smallest is not None and smallest < LEVEL
    words = "; ".join(f"{label}: {_shown(one)}" for label, one in numbers)
    _, least_sure = max(numbers, key=lambda one: one[1].std_error or 0.0)
    reading = (
        "something else changes at the cutoff, or the rule moves these groups too"
        if violated
        else against(least_sure.std_error, base.estimate, "the model's estimate")
    )
    return Verdict(
        outcome,
        base.estimate,
        smallest,
        VIOLATED if violated else NOT_DETECTED,
        f"{before}estimate {base.estimate:.4g}; inside {words}; {reading}",
        details=(
            ("placebos", len(numbers)),
            ("placebos_refused", len(refitted) - len(numbers)),
            ("smallest_placebo_p_value_bonferroni", smallest),
            *details_of(refitted),
        ),
    )


def _shown(one: Number) -> str:
    p_value = "" if one.p_value is None else f", p {one.p_value:.2g}"
    return f"{one.estimate:.4g} (std. error {one.std_error or float('nan'):.3g}{p_value})"
