"""Whether treatment shows before it begins: announced months as an effect, and left out."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, ClassVar

from pydantic import Field

from evaluation.checks._contrast import contrast, differences_in_words, effective_of
from evaluation.checks._numbers import NO_NUMBER, Number, number_of
from evaluation.checks._power import against
from evaluation.checks._refit import Refitted, details_of, refit_all, why_none, with_numbers
from evaluation.checks._shifted import adopted_earlier, fitted_anew, with_rows
from evaluation.checks._variants import (
    Moment,
    before,
    begins,
    cut_of,
    later,
    moved,
    undropped,
    with_models,
    without,
)
from evaluation.checks.contract import Case, Verdict
from evaluation.data.model_data import ModelData
from evaluation.errors import DataError
from evaluation.estimators.contract import Fit
from evaluation.spec.design import StaggeredDesign
from evaluation.spec.options import Evidence, OptionsModel
from evaluation.spec.spec import Spec

TITLE = "Anticipation"
ASSUMPTION = "no anticipation before the first post period"
SOURCE = (
    "Malani and Reif (2015), Journal of Public Economics 124; Callaway and Sant'Anna (2021), "
    "Journal of Econometrics 225(2), assumption 3"
)
LEVEL = 0.05
FOUND, NOT_FOUND, UNTESTED = "violation found", "not detected", "not tested"
# Announced months where the spec drops none.
ANNOUNCED = 6
WANTS: frozenset[Evidence] = frozenset({"influence"})


class Options(OptionsModel):
    """Months (periods, where adoption is staggered) that may be announced, and further ones.

    Attributes
    ----------
    announced
        How many just before the reform are judged as if treated; if not given the months dropped
        just before it, else six (under staggered adoption ``anticipation``, else one).
    further
        How many are left out before those that are out already, one fit each; 3 and 6 months, or 1
        and 2 periods, if not given.
    """

    EVIDENCE: ClassVar[frozenset[Evidence]] = WANTS

    announced: int | None = Field(default=None, ge=1)
    further: tuple[Annotated[int, Field(ge=1)], ...] | None = Field(default=None, min_length=1)


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the announced months as if they were the effect, and the model without more of them.

    Two rows an outcome. ``announced``: the model with treatment beginning when it was announced, on
    rows before the reform; ``violation found`` where that differs from zero at five per cent.
    ``further left out``: how the estimate moves as more months before are dropped, tested jointly
    from the influence of every cluster. Else ``not detected``, with the power, or ``not tested``.

    Raises
    ------
    DataError
        For a design without a date or cohorts.
    """
    staggered = isinstance(case.spec.design, StaggeredDesign)
    announced, further = (_by_cohort if staggered else _by_date)(case, options)
    if staggered:
        left_out = int(case.result.setting.design.anticipation) > 0
    else:
        left_out = cut_of(case.spec) != begins(case.spec)
    return tuple(
        verdict
        for name, fit in case.result.fits.items()
        for verdict in (
            _announced(name, number_of(fit), announced[name], left_out),
            _further(name, fit, further[name]),
        )
    )


Found = dict[str, tuple[Refitted, ...]]


def _by_date(case: Case, options: Any) -> tuple[Found, Found]:
    spec = with_models(case.spec, case.result.model, influence=True)
    reform, cut = begins(spec), cut_of(spec)
    start = cut
    if options.announced is not None or cut == reform:
        start = later(reform, -(options.announced or ANNOUNCED))
    months = options.further or (3, 6)
    pretended = moved(before(undropped(spec, start, reform), reform), start)
    fewer = {f"{k} months": _left_out(spec, later(cut, -k), cut) for k in months}
    return refit_all(case, {f"from {start}": pretended}), refit_all(case, fewer)


def _left_out(spec: Spec, first: Moment, cut: Moment) -> Spec:
    if not isinstance(cut, dt.date):
        raise DataError("anticipation: needs design.reform_date, as months before it are left out")
    return without(spec, first, cut - dt.timedelta(days=1))


def _by_cohort(case: Case, options: Any) -> tuple[Found, Found]:
    reach = int(case.result.setting.design.anticipation)
    announced = adopted_earlier(case, (options.announced or reach or 1,), within=True)
    return announced, {
        name: tuple(_fewer(case, name, k, reach) for k in options.further or (1, 2))
        for name in case.result.fits
    }


def _fewer(case: Case, name: str, further: int, reach: int) -> Refitted:
    def change(data: ModelData) -> ModelData:
        if data.period is None or data.cohort is None:
            raise DataError(f"outcome {name}: has no cohorts, so nothing can be left out before")
        near = (data.period >= data.cohort - reach - further) & (data.period < data.cohort)
        return with_rows(data, ~near)

    return fitted_anew(
        case,
        name,
        f"{further} {'period' if further == 1 else 'periods'}",
        change,
        reach + further,
        WANTS,
    )


def _announced(
    outcome: str, base: Number | None, refitted: tuple[Refitted, ...], left_out: bool
) -> Verdict:
    term, number = "announced", refitted[0].number
    if number is None or number.p_value is None or number.std_error is None:
        reason = refitted[0].reason or "the announced months have no standard error"
        return Verdict(outcome, None, None, "refused", reason, term=term)
    found = number.p_value < LEVEL
    size = None if base is None else abs(base.estimate)
    return Verdict(
        outcome,
        number.ratio,
        number.p_value,
        FOUND if found else NOT_FOUND,
        f"treatment {refitted[0].label}, before it began: {number.estimate:.4g} (standard error "
        f"{number.std_error:.4g}); {against(number.std_error, size, 'the size of the estimate')}"
        f"{'; the model leaves announced months out' if left_out else ''}",
        term=term,
        details=details_of(refitted, "estimate"),
    )


def _further(outcome: str, fit: Fit, refitted: tuple[Refitted, ...]) -> Verdict:
    term, base = "further left out", number_of(fit)
    if base is None:
        return Verdict(outcome, None, None, "refused", NO_NUMBER, term=term)
    others = tuple(number for _, number in with_numbers(refitted))
    if not others:
        return Verdict(outcome, None, None, "refused", why_none(refitted), term=term)
    found = contrast(base, others, effective_of(fit))
    words = "; ".join(f"{label}: {one.estimate:.4g}" for label, one in with_numbers(refitted))
    tested = found.p_value is not None and found.std_errors is not None
    error = float(found.std_errors[-1]) if found.std_errors is not None else None
    power = against(error, base.std_error, "one standard error") if tested else "no joint variance"
    rejected = found.p_value is not None and found.p_value < LEVEL
    return Verdict(
        outcome,
        None if found.test is None else found.test.statistic,
        found.p_value,
        (FOUND if rejected else NOT_FOUND) if tested else UNTESTED,
        f"estimate {base.estimate:.4g}; {words}; the last differs by "
        f"{differences_in_words(found)}; {power}",
        term=term,
        details=details_of(refitted, "estimate without"),
    )
