"""Whether the treatment received changes at the cutoff, and by enough to divide by."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from evaluation.checks._at_cutoff import require_cutoff
from evaluation.checks._pre_period import detail_of
from evaluation.checks._realised_dose import limits_of
from evaluation.checks._sharp import with_columns
from evaluation.checks.contract import Case, Verdict
from evaluation.estimators.contract import Fit
from evaluation.inference.intervals import critical_value
from evaluation.inference.weak_instrument import STRONG, effective_f
from evaluation.spec.options import Column, Evidence, OptionsModel
from evaluation.spec.treatment_rules import yearly_fault, yearly_field

TITLE = "First stage"
ASSUMPTION = "relevance: the treatment changes at the cutoff"
SOURCE = (
    "Montiel Olea and Pflueger (2013), Journal of Business & Economic Statistics 31(3), table 1; "
    "Andrews, Stock and Sun (2019), Annual Review of Economics 11, section 5"
)
NO_STAGE, WEAK_STAGE, STRONG_STAGE = "none found", "weak", "strong"
RULE_OF_THUMB = 10.0
# A change below this share of the level, or an error below that share of the change, is rounding.
ROUNDING, ROOT = 1e-10, 1e-7
# So little of a treatment, in its own units, is rounding of a constant.
STILL = 1e-9


class Options(OptionsModel):
    """The treatment received.

    Attributes
    ----------
    columns
        Columns of the treatment received; that of ``design.treatment`` if not given.
    """

    EVIDENCE: ClassVar[frozenset[Evidence]] = frozenset()

    columns: tuple[Column, ...] = ()

    def faults(self, spec: Any, owner: Any, where: str) -> Iterator[str]:
        """Yield a line where there is no cutoff, no treatment, or a yearly record of it."""
        del owner
        yield from require_cutoff(spec, where)
        if not self.columns and getattr(spec.design, "treatment", None) is None:
            yield f"{where}.columns: is missing; name the treatment received, or design.treatment"
        for column in self.columns:
            fault = yearly_fault(spec, column) if yearly_field(column) else None
            if fault is not None:
                yield f"{where}.columns: {fault}"


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """State the change of the treatment at the cutoff with its effective F, for every column.

    A fuzzy model's own first stage is taken as it is, one row for each outcome, whose bandwidths
    differ; otherwise the model is estimated with the column as its outcome. Verdicts are
    ``strong`` from an effective F of 23.1 on, where the bias is at most a tenth of the worst case,
    ``weak`` below, and ``none found`` where the change does not differ from zero at five per cent:
    then the Anderson-Rubin set of a ratio is unbounded.

    Raises
    ------
    DataError
        Where the model gives no bandwidth.
    """
    treatment = getattr(case.spec.design, "treatment", None)
    columns = options.columns or ((treatment.column,) if treatment is not None else ())
    found = {column: tuple(_own(case, column)) for column in columns}
    left = tuple(column for column, rows in found.items() if not rows)
    if left:
        (result,) = case.refit(with_columns(case, left))
        for column in left:
            fit = result.fits.get(column)
            moved = fit is not None and _moves(fit)
            found[column] = (_of_fit(column, fit) if fit and moved else _still(case, column),)
    return tuple(row for column in columns for row in found[column])


def _own(case: Case, column: str) -> Iterator[Verdict]:
    """Yield the first stages that the fits under judgement hold, where these are of the column."""
    treatment = getattr(case.spec.design, "treatment", None)
    if treatment is None or treatment.column != column:
        return
    for name, fit in case.result.fits.items():
        change, error = (detail_of(fit, key) for key in ("first_stage", "first_stage_std_error"))
        if isinstance(change, int | float) and isinstance(error, int | float):
            yield _verdict(column, float(change), float(error), _within(fit), name)


def _moves(fit: Fit) -> bool:
    """Whether a treatment varies inside the bandwidth, but for rounding."""
    term = fit.terms[0]
    return abs(term.estimate) + (term.std_error or 0.0) > STILL


def _of_fit(column: str, fit: Fit) -> Verdict:
    term = fit.terms[0]
    return _verdict(column, term.estimate, term.std_error or 0.0, _within(fit))


def _still(case: Case, column: str) -> Verdict:
    """Return the verdict on a column that has no error: its limits tell."""
    limits = limits_of(case, column)
    if isinstance(limits, str):
        return Verdict("", None, None, "refused", limits, term=column)
    treated, untreated = limits
    change = treated - untreated
    if abs(change) <= ROUNDING * max(abs(treated), abs(untreated)):
        message = (
            f"is {treated:.4g} on both sides: the treatment is identical, nothing to divide by"
        )
        return Verdict("", 0.0, None, NO_STAGE, message, term=column)
    return _verdict(column, change, 0.0, None)


def _within(fit: Fit) -> int | None:
    found = [detail_of(fit, f"n_obs_within_{side}") for side in ("below", "above")]
    found = [one for one in found if isinstance(one, int)]
    return int(sum(one for one in found if isinstance(one, int))) if found else None


def _verdict(
    column: str, change: float, error: float, within: int | None, outcome: str = ""
) -> Verdict:
    error = 0.0 if error <= ROOT * abs(change) else error
    strength = effective_f(change, error**2) if error > 0 else None
    details = (
        ("first_stage", change),
        ("first_stage_std_error", error),
        ("effective_f", strength),
        ("strong_from", STRONG),
        ("rule_of_thumb", RULE_OF_THUMB),
        ("n_obs_within", within),
    )
    verdict, reading = _reading(change, strength)
    shown = "everybody complies" if strength is None else f"effective F {strength:.3g}"
    message = f"changes by {change:+.4g} (standard error {error:.2g}), {shown}: {reading}"
    return Verdict(outcome, strength, None, verdict, message, term=column, details=details)


def _reading(change: float, strength: float | None) -> tuple[str, str]:
    """Return the verdict on a strength, and what it means for a ratio."""
    if strength is None:
        if change == 0:
            return NO_STAGE, "nothing to divide by"
        return STRONG_STAGE, "the ratio is the outcome's change, scaled"
    if strength < critical_value(0.975) ** 2:
        return NO_STAGE, (
            "no different from zero, so that the Anderson\N{EN DASH}Rubin set of a ratio is "
            "unbounded: read the reduced form"
        )
    if strength < STRONG:
        side = "above" if strength >= RULE_OF_THUMB else "below"
        return WEAK_STAGE, (
            f"{side} the rule of thumb of {RULE_OF_THUMB:g} and below {STRONG:g}; the interval "
            "around a ratio may not cover, the Anderson\N{EN DASH}Rubin set does"
        )
    return STRONG_STAGE, f"at least {STRONG:g}"
