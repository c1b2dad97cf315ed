"""Which comparisons of cohorts a static two-way estimate averages, and with what weight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from evaluation.checks._cohort_means import cohort_means
from evaluation.checks.contract import Case, ModelResult, Verdict
from evaluation.estimators.contract import Fit
from evaluation.inference.bacon import Comparison, bacon
from evaluation.spec.options import OptionsModel

TITLE = "Decomposition of the two-way estimate"
ASSUMPTION = "effects do not differ by cohort or over time, where adoption is staggered"
SOURCE = "Goodman-Bacon (2021), Journal of Econometrics 225(2), theorem 1"

# Comparisons whose controls are treated already.
FORBIDDEN = frozenset({"later v earlier treated", "later v always treated"})
ORDER = (
    "earlier v later treated",
    "later v earlier treated",
    "later v always treated",
    "treated v untreated",
)
EXACT = 1e-9


class Options(OptionsModel):
    """No keys of its own."""


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Decompose the coefficient of ``twfe`` under staggered adoption of a binary treatment.

    A row for every kind of comparison gives its weight and its mean estimate; the last row says
    what weight lies on comparisons whose controls are treated already, and by how much the
    weighted sum misses the coefficient. It meets it where every unit is seen in every period and
    no controls enter. Elsewhere cohorts are weighted by their mean size over periods, and the
    difference is said. Refused for other estimators, without cohorts that start at different
    times, and where a cohort has no rows in some period.
    """
    del options
    return tuple(
        verdict for name, fit in case.result.fits.items() for verdict in _verdicts(name, fit, case)
    )


def _verdicts(outcome: str, fit: Fit, case: Case) -> Iterator[Verdict]:
    if case.result.model.estimator != "twfe":
        reason = "only the static two-way estimate is decomposed: use estimator 'twfe'"
        yield Verdict(outcome, None, None, "refused", reason)
        return
    panel = cohort_means(case.data(outcome), case.result.setting.design)
    if isinstance(panel, str):
        yield Verdict(outcome, None, None, "refused", panel)
        return
    found = bacon(panel.cells)
    if len(found) < 2:
        reason = "all that are treated start together, so that there is one comparison only"
        yield Verdict(outcome, None, None, "refused", reason)
        return
    for kind in ORDER:
        own = [one for one in found if one.kind == kind]
        if own:
            yield _kind(outcome, kind, own)
    yield _total(outcome, fit, found, _why(case.result, panel.balanced))


def _mean(own: Sequence[Comparison]) -> tuple[float, float]:
    """Return the weight of comparisons and their mean estimate."""
    weight = sum(one.weight for one in own)
    return weight, sum(one.weight * one.estimate for one in own) / weight


def _kind(outcome: str, kind: str, own: Sequence[Comparison]) -> Verdict:
    weight, estimate = _mean(own)
    values = [one.estimate for one in own]
    return Verdict(
        outcome,
        estimate,
        None,
        f"weight {weight:.1%}",
        f"mean estimate {estimate:.4g} over {len(own)} pairs of cohorts, "
        f"{min(values):.4g} to {max(values):.4g}",
        term=kind,
        details=(
            ("weight", weight),
            ("estimate", estimate),
            ("comparisons", len(own)),
            ("lowest_estimate", min(values)),
            ("highest_estimate", max(values)),
        ),
    )


def _total(outcome: str, fit: Fit, found: Sequence[Comparison], why: str) -> Verdict:
    total = _mean(found)[1]
    coefficient = fit.terms[0].estimate
    forbidden = sum(one.weight for one in found if one.kind in FORBIDDEN)
    clean = [one for one in found if one.kind not in FORBIDDEN]
    difference = total - coefficient
    scale = max(fit.terms[0].std_error or 0.0, abs(coefficient))
    adds = "the comparisons add up to the coefficient"
    if abs(difference) > EXACT * scale:
        adds = (
            f"the comparisons add up to {total:.4g}, which differs from the coefficient by "
            f"{difference:.2g}: {why}"
        )
    without = _mean(clean)[1] if clean else None
    said = "" if without is None else f"; the others alone give {without:.4g}"
    return Verdict(
        outcome,
        forbidden,
        None,
        f"forbidden comparisons weigh {forbidden:.1%}",
        f"controls treated already{said}; {adds}",
        details=(
            ("forbidden_weight", forbidden),
            ("weighted_sum", total),
            ("coefficient", coefficient),
            ("difference", difference),
            ("estimate_without_forbidden", without),
            ("comparisons", len(found)),
        ),
    )


def _why(result: ModelResult, balanced: bool) -> str:
    """Say what makes the coefficient another than the mean of the comparisons."""
    reasons = []
    if not balanced:
        reasons.append("units or their weights differ between periods")
    if result.setting.controls:
        reasons.append("the model has controls")
    return " and ".join(reasons) or "the model has other effects than of units and periods"
