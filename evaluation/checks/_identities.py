"""Accounting identities, tested in the results: the estimates of the parts sum to the total's."""

from __future__ import annotations

from collections.abc import Iterator

from evaluation.checks.contract import Verdict
from evaluation.estimators.contract import Fit
from evaluation.estimators.fitting import ModelResult
from evaluation.spec.sample import Identity
from evaluation.spec.spec import Spec

IDENTITY = "identity"
# Difference in standard errors of the total beyond which the parts do not add up.
TOLERANCE = 1e-9


def identity_verdicts(
    spec: Spec, results: tuple[ModelResult, ...]
) -> Iterator[tuple[str, Verdict]]:
    """Yield the verdict on every identity for every model that is asked for all of its outcomes.

    Parameters
    ----------
    spec
        Names the identities.
    results
        What its models gave.

    Yields
    ------
    tuple of str and Verdict
        Id of the model; ``holds``, ``violated`` with the largest difference over the model's
        numbers, or ``refused`` where an outcome has no fit. The statistic is that difference in
        standard errors of the total.
    """
    for result in results:
        asked = set(spec.outcomes_of(result.model))
        for identity in spec.identities:
            if {identity.total, *identity.parts} <= asked:
                yield result.model.id, _verdict(identity, result)


def _verdict(identity: Identity, result: ModelResult) -> Verdict:
    words = " + ".join(identity.parts)
    lost = [one for one in (identity.total, *identity.parts) if one not in result.fits]
    if lost:
        reason = f"{words}: no estimate of {', '.join(lost)}, so the sum cannot be tested"
        return Verdict(identity.total, None, None, "refused", reason)
    total, parts = result.fits[identity.total], [result.fits[one] for one in identity.parts]
    found = [_difference(total, parts, place) for place in range(len(total.terms))]
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        reason = f"{words}: the models of the parts give other numbers than that of the total"
        return Verdict(identity.total, None, None, "violated", reason)
    gap, errors = max(known, key=lambda pair: pair[1], default=(0.0, 0.0))
    return Verdict(
        identity.total,
        errors,
        None,
        "holds" if errors <= TOLERANCE else "violated",
        f"{words}: the largest difference is {gap:.2g}, {errors:.2g} standard errors",
        details=(("largest_difference", gap), ("parts", words)),
    )


def _difference(total: Fit, parts: list[Fit], place: int) -> tuple[float, float] | None:
    """Return the parts' sum less the total, also in standard errors; ``None`` if one has none."""
    term = total.terms[place]
    own = [next((t for t in fit.terms if t.label == term.label), None) for fit in parts]
    sums = [one.estimate for one in own if one is not None]
    if len(sums) < len(parts):
        return None
    gap = abs(sum(sums) - term.estimate)
    # Without an error, as at a reference, in units of the sums themselves.
    scale = term.std_error or max(abs(term.estimate), *(abs(one) for one in sums), 1e-300)
    return gap, gap / scale
