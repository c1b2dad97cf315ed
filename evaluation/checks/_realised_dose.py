"""The dose that a panel's columns hold: limits and slopes on each side of the cutoff."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from evaluation.checks._pre_period import detail_of
from evaluation.checks._variants import with_models, with_outcomes
from evaluation.checks.contract import Case, ModelResult, Verdict
from evaluation.errors import DataError
from evaluation.estimators import _sides
from evaluation.estimators._cct.local import KERNELS
from evaluation.estimators.contract import Fit, Term
from evaluation.spec.model import Model
from evaluation.spec.sample import Outcome
from evaluation.spec.spec import Spec
from evaluation.spec.time_rules import time_unit_of

STATED = "stated"
OTHER = {"below": "above", "above": "below"}
DEFAULT_KERNEL = "triangular"
NO_BANDWIDTH = (
    "the model says no bandwidth to fit lines within: give it bandwidth = { fixed = ... }"
)
Details = list[tuple[str, float | int | str | bool | None]]


@dataclass(frozen=True)
class Realised:
    """What lines through the dose gave.

    Attributes
    ----------
    rows
        Rows inside the bandwidth by calendar month; empty where time is no YYYYMM.
    verdicts
        One for each column of the dose.
    """

    rows: dict[str, int]
    verdicts: tuple[Verdict, ...]


def realised_dose(case: Case, current: str | None, past: str | None, by_month: bool) -> Realised:
    """Return limits and slopes of the columns that hold the dose, from one pass over the rows.

    Parameters
    ----------
    case
        The model, with the means to estimate again.
    current, past
        Columns of the duty in force and of the months of duty so far.
    by_month
        Whether the lines of each calendar month are told too.

    Raises
    ------
    DataError
        Where the model gives no bandwidth.
    """
    first, doses = _first(case), _doses(case, current, past)
    models = [_model(case, by_month=False)] if doses else []
    if _monthly(case.spec):
        models.append(_model(case, by_month=True))
    if not models:
        return Realised({}, ())
    spec = with_models(case.spec, *models)
    spec = spec.model_copy(update={"outcomes": {**first, **doses}}).bound_to(spec.origin)
    results = {result.model.id: result for result in case.refit(spec)}
    whole, parted = results.get(case.result.model.id), results.get(_parted_id(case))
    rows: dict[str, int] = {}
    fit = None if parted is None else parted.fits.get(next(iter(first)))
    for month, name, value in () if fit is None else fit.details:
        if name == _sides.ROWS_WITHIN and isinstance(value, int):
            rows[month] = value
    told = parted if by_month else None
    verdicts = () if whole is None else tuple(_verdict(case, n, whole, told) for n in doses)
    return Realised(rows, verdicts)


def _parted_id(case: Case) -> str:
    return f"{case.result.model.id}_by_month"


def _kernel(case: Case) -> str:
    name = getattr(case.result.model.options, "kernel", DEFAULT_KERNEL)
    return name if name in KERNELS else DEFAULT_KERNEL


def _monthly(spec: Spec) -> bool:
    """Whether the panel's time is months as YYYYMM, each a period."""
    settings = spec.panel
    monthly = time_unit_of(spec) == "month" and settings.period in (None, "month")
    return settings.time is not None and monthly


def limits_of(case: Case, column: str) -> tuple[float, float] | str:
    """Return a column's limits on the treated side and on the other, or why there are none.

    Parameters
    ----------
    case
        The model, with the means to estimate again.
    column
        A column of the panel, which need not vary.

    Raises
    ------
    DataError
        Where the model gives no bandwidth.
    """
    spec = with_models(case.spec, _model(case, by_month=False))
    (result,) = case.refit(with_outcomes(spec, (column,)))
    fit = result.fits.get(column)
    if fit is None:
        return result.failures[column].reason
    limits = {term.term: term.estimate for term in fit.terms}
    treated: str = getattr(case.spec.design, "treated_side", "below")
    return limits[f"limit {treated}"], limits[f"limit {OTHER[treated]}"]


def _first(case: Case) -> dict[str, Outcome]:
    """Return the outcome whose bandwidth is used, by its name.

    Raises
    ------
    DataError
        Where the model gives nothing.
    """
    for name in case.result.fits:
        return {name: case.spec.outcomes[name]}
    raise DataError(NO_BANDWIDTH)


def _doses(case: Case, current: str | None, past: str | None) -> dict[str, Outcome]:
    found = {
        name: Outcome(column=name, kind="continuous")
        for name in (current, past)
        if name is not None
    }
    asked = [case.spec.outcomes[name] for name in case.spec.outcomes_of(case.result.model)]
    leads = sorted({one.lead for one in asked if one.lead}) if past is not None else []
    for lead in leads:
        found[f"{past}_in_the_next_{lead}_months"] = Outcome(
            column=str(past), kind="continuous", lead_months=lead, difference=lead
        )
    return found


def _model(case: Case, *, by_month: bool) -> Model:
    """Return the model that fits lines on the two sides at the bandwidth of the one judged."""
    own = case.result.model
    below, above = widths_of(case.result)
    options: dict[str, Any] = {
        "below": below,
        "above": above,
        "kernel": _kernel(case),
        "periods": getattr(own.options, "periods", "all"),
        "by_month": case.spec.panel.time if by_month else None,
    }
    variance = case.result.setting.inference.variance
    return own.model_copy(
        update={
            "id": _parted_id(case) if by_month else own.id,
            "estimator": "_sides",
            "estimand": "itt_at_cutoff",
            "outcomes": (),
            "controls": (),
            "horizons": (),
            "variance": variance if variance in _sides.VARIANCES else "hc1",
            "options": _sides.Options(**options),
        }
    )


def widths_of(result: ModelResult) -> tuple[float, float]:
    """Return the bandwidths below and above of a model's first fit.

    Raises
    ------
    DataError
        Where no fit says them.
    """
    for fit in result.fits.values():
        found = tuple(
            value
            for side in ("below", "above")
            for value in (detail_of(fit, f"bandwidth_{side}") or detail_of(fit, "bandwidth"),)
            if isinstance(value, int | float)
        )
        if len(found) == 2:
            return float(found[0]), float(found[1])
    raise DataError(NO_BANDWIDTH)


def _verdict(case: Case, name: str, whole: ModelResult, parted: ModelResult | None) -> Verdict:
    fit = whole.fits.get(name)
    if fit is None:
        return Verdict("", None, None, "refused", whole.failures[name].reason, term=name)
    treated: str = getattr(case.spec.design, "treated_side", "below")
    terms = {term.term: term for term in fit.terms}
    details: Details = [("estimates", "local linear"), ("engine", whole.engines[name].name)]
    details += _details(fit, treated)
    if parted is not None and name in parted.fits:
        months = {term.period for term in parted.fits[name].terms}
        details += [("months_fitted", len(months)), *_details(parted.fits[name], treated)]
    elif parted is not None:
        details.append(("by_month: refused", parted.failures[name].reason))
    message = (
        f"{_words(terms, treated)} on the treated side, "
        f"{_words(terms, OTHER[treated])} on the other; "
        "slope a month of age in brackets, standard errors after ±"
    )
    return Verdict("", None, None, STATED, message, term=name, details=tuple(details))


def _words(terms: dict[str, Term], side: str) -> str:
    limit, slope = terms[f"limit {side}"], terms[f"slope {side}"]
    return (
        f"{limit.estimate:.4g} ±{limit.std_error or 0:.2g} "
        f"[{slope.estimate:+.3g} ±{slope.std_error or 0:.2g}]"
    )


def _details(fit: Fit, treated: str) -> Details:
    found: Details = []
    for term in fit.terms:
        kind, side = term.term.split()
        month = f"{term.period} " if term.period else ""
        name = f"{month}{kind} {'treated' if side == treated else 'untreated'}"
        found += [
            (name, term.estimate),
            (f"{name}: std_error", term.std_error),
        ]
    return found
