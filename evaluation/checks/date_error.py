"""Adoption dates that are half known, or may be wrong: left out, drawn, or gone through."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from evaluation.checks._numbers import NO_NUMBER, number_of
from evaluation.checks._variants import with_design, with_models
from evaluation.checks.contract import Case, Verdict
from evaluation.errors import DataError
from evaluation.estimators.contract import Fit
from evaluation.spec.design import Cohort, StaggeredDesign
from evaluation.spec.options import Column, OptionsModel

TITLE = "Errors in adoption dates"
ASSUMPTION = "dates of adoption are those at which practice changed"
SOURCE = (
    "Rubin (1987), Multiple Imputation for Nonresponse in Surveys, section 3.1, for draws; Manski "
    "(2003), Partial Identification of Probability Distributions, chapter 1, for ranges"
)
Rule = Literal["exclude", "draw", "bound"]


class Options(OptionsModel):
    """Rules to try, and the error of exact dates.

    Attributes
    ----------
    rules
        Rules for dates that are not known, a row each: ``exclude`` their units, ``draw`` dates,
        ``bound`` over all admissible dates.
    error
        Periods by which exact dates may be wrong, both ways; goes with
        ``cohort = { column = ... }``, as intervals state their own.
    draws
        Draws of dates by the rule ``draw``.
    seed
        Seed of these draws; the rule ``draw`` needs one.
    by
        Column that names the unit that adopts; that of ``design.cohort``, else the panel's, if not
        given.
    """

    rules: Annotated[tuple[Rule, ...], Field(min_length=1)] = ("exclude", "draw", "bound")
    error: int | None = Field(default=None, ge=1)
    draws: int = Field(default=20, ge=5, le=1000)
    seed: int | None = Field(default=None, ge=0)
    by: Column | None = None

    @model_validator(mode="after")
    def _seeded(self) -> Options:
        if "draw" in self.rules and self.seed is None:
            raise ValueError("seed is missing; the rule 'draw' needs one")
        return self


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate under every rule for dates that are not known, one row an outcome and rule.

    ``exclude`` leaves out units whose date is not known, ``draw`` draws dates inside the intervals
    and adds the variance between draws, ``bound`` gives the union of intervals over admissible
    dates. Verdicts say whether the interval under the rule holds zero: ``excludes zero`` or
    ``includes zero``. A draw is right only if the true date is as likely to be any in its interval.

    Raises
    ------
    DataError
        For a design without cohorts, or exact dates without an ``error``.
    """
    design = case.spec.design
    if not isinstance(design, StaggeredDesign):
        raise DataError("date_error: needs cohorts; this design has one date for everybody")
    if (design.cohort.column is None) == (options.error is not None):
        raise DataError(
            "date_error: error goes with design.cohort.column, and exact dates need it; intervals "
            "state their own"
        )
    return tuple(verdict for rule in options.rules for verdict in _ruled(case, options, rule))


def _ruled(case: Case, options: Any, rule: Rule) -> tuple[Verdict, ...]:
    cohort: Cohort = case.spec.design.cohort  # type: ignore[union-attr]
    changed = {
        "unknown": rule,
        "draws": options.draws,
        "seed": options.seed if rule == "draw" else None,
        "by": options.by or cohort.by,
    }
    dates = cohort.model_copy(update=changed)
    if options.error is not None:
        dates = dates.mistaken(options.error)
    variant = with_design(with_models(case.spec, case.result.model), cohort=dates)
    names = case.spec.outcomes_of(case.result.model)
    try:
        (result,) = case.refit(variant)
    except DataError as error:
        return tuple(_refused(name, rule, "; ".join(error.faults)) for name in names)
    return tuple(
        _judged(name, rule, result.fits[name])
        if name in result.fits
        else _refused(name, rule, result.failures[name].reason)
        for name in names
    )


def _refused(outcome: str, rule: Rule, reason: str) -> Verdict:
    return Verdict(outcome, None, None, "refused", reason, term=rule)


def _judged(outcome: str, rule: Rule, fit: Fit) -> Verdict:
    number, first = number_of(fit), fit.terms[0]
    if number is None or first.conf_low is None or first.conf_high is None:
        return _refused(outcome, rule, NO_NUMBER)
    outside = first.conf_low > 0 or first.conf_high < 0
    told = {name: value for term, name, value in fit.details if term == ""}
    half = told.get("dates_half_known")
    words = {
        "exclude": f"units whose date is not known left out, {fit.n_obs:,} rows stay",
        "draw": f"{told.get('date_draws')} draws, {half} dates half known",
        "bound": f"{told.get('date_assignments')} admissible assignments, {half} dates half known",
    }
    return Verdict(
        outcome,
        number.estimate,
        number.p_value,
        "excludes zero" if outside else "includes zero",
        f"{number.estimate:.4f}, interval {first.conf_low:.4f} to {first.conf_high:.4f}: "
        f"{words[rule]}",
        term=rule,
        details=(
            ("estimate", number.estimate),
            ("std_error", number.std_error),
            ("conf_low", first.conf_low),
            ("conf_high", first.conf_high),
            *(
                (name, value)
                for name, value in told.items()
                if name.startswith("date") and not isinstance(value, bool)
            ),
        ),
    )
