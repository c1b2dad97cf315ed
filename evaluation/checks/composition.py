"""Whether who is in the sample changes as the outcome may: covariates as outcomes."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from pydantic import Field

from evaluation.checks._numbers import NO_NUMBER, Number, joint_covariance
from evaluation.checks._power import detectable
from evaluation.checks._pre_period import detail_of
from evaluation.checks._refit import taken
from evaluation.checks._variants import with_models, with_outcomes
from evaluation.checks.contract import Case, Verdict
from evaluation.errors import DataError
from evaluation.inference.wald import hotelling_p_value, wald
from evaluation.spec.options import Column, Evidence, OptionsModel

TITLE = "Composition"
ASSUMPTION = "groups are made of the same kind of persons before and after"
SOURCE = (
    "Sant'Anna and Xu (2023), Difference-in-differences with compositional changes, "
    "arXiv 2304.13925; p-values by Holm (1979), Scandinavian Journal of Statistics 6(2)"
)
LEVEL = 0.05
DESIGNS = frozenset({"did", "staggered_did"})
FOUND, NOT_FOUND = "violation found", "not detected"


class Options(OptionsModel):
    """Covariates that are taken as outcomes.

    Attributes
    ----------
    columns
        Columns that treatment cannot have changed.
    """

    EVIDENCE: ClassVar[frozenset[Evidence]] = frozenset()

    columns: tuple[Column, ...] = Field(min_length=1)


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Estimate the model with every covariate as its outcome, and test all jointly.

    Treatment cannot change a covariate, so that a number other than zero says that other persons
    came into the groups. For repeated cross-sections this is the test of stationarity. One row for
    each column, p-values adjusted by Holm, then a joint test from the influence of every cluster
    (none where fits have no joint variance). Verdicts are ``violation found`` and
    ``not detected``, with the movement that would be detected with a power of 80 %.

    Raises
    ------
    DataError
        For designs other than difference-in-differences, and a column named twice.
    """
    if case.spec.design.kind not in DESIGNS:
        raise DataError(
            f"design.kind {case.spec.design.kind!r}: composition speaks of groups before and "
            "after; at a cutoff see covariate_balance"
        )
    columns = options.columns
    if len(set(columns)) < len(columns):
        raise DataError("columns: names a column twice; name it once")
    model = case.result.model
    # A covariate on its own left and right would be explained away.
    rest = tuple(one for one in model.controls if one not in columns)
    bare = model.model_copy(update={"outcomes": (), "controls": rest})
    spec = with_outcomes(with_models(case.spec, bare, influence=True), columns)
    (result,) = case.refit(spec)
    refitted = {column: taken(column, result, column) for column in columns}
    numbers = {name: one.number for name, one in refitted.items() if one.number is not None}
    adjusted = holm({name: one.p_value for name, one in numbers.items()})
    rows = []
    for column in columns:
        if column not in numbers:
            reason = refitted[column].reason or NO_NUMBER
            rows.append(Verdict("", None, None, "refused", reason, term=column))
            continue
        rows.append(_row(column, numbers[column], adjusted[column]))
    fits = [result.fits[name] for name in numbers]
    found = [detail_of(fit, "effective_clusters") for fit in fits]
    blocks = [float(one) for one in found if isinstance(one, int | float)]
    return (*rows, _joint(numbers, min(blocks, default=None)))


def holm(p_values: dict[str, float | None]) -> dict[str, float | None]:
    """Return p-values adjusted by Holm's step-down, ``None`` where there was none."""
    known = sorted((value, name) for name, value in p_values.items() if value is not None)
    adjusted: dict[str, float | None] = dict.fromkeys(p_values)
    largest = 0.0
    for place, (value, name) in enumerate(known):
        largest = max(largest, min(1.0, (len(known) - place) * value))
        adjusted[name] = largest
    return adjusted


def _row(column: str, number: Number, adjusted: float | None) -> Verdict:
    details = (
        ("estimate", number.estimate),
        ("std_error", number.std_error),
        ("p_value_unadjusted", number.p_value),
        ("n_obs", number.n_obs),
    )
    if number.std_error is None or adjusted is None:
        return Verdict(
            "", None, None, "refused",
            f"{number.estimate:+.4g}, without a standard error", term=column, details=details,
        )  # fmt: skip
    found = adjusted < LEVEL
    return Verdict(
        "",
        number.ratio,
        adjusted,
        FOUND if found else NOT_FOUND,
        f"moves by {number.estimate:+.4g} (standard error {number.std_error:.4g}); p-value "
        f"adjusted by Holm; {detectable(number.std_error, number.df)}",
        term=column,
        details=details,
    )


def _joint(numbers: dict[str, Number], blocks: float | None) -> Verdict:
    term = "all columns"
    values = tuple(numbers.values())
    covariance = joint_covariance(values) if values else None
    if covariance is None:
        reason = "the fits have no joint variance: read the adjusted p-values"
        return Verdict("", None, None, "refused", reason, term=term)
    # Each column keeps the standard error printed with it; influences give the correlations.
    errors = np.array([one.std_error or 0.0 for one in values])
    scale = np.divide(
        errors, np.sqrt(np.diag(covariance)), out=np.zeros(len(errors)), where=errors > 0
    )
    test = wald(np.array([one.estimate for one in values]), covariance * np.outer(scale, scale))
    p_value = test.p_value if blocks is None else hotelling_p_value(test, blocks)
    if p_value is None:
        reason = f"{test.rank} columns leave too few degrees of freedom; name fewer"
        return Verdict("", test.statistic, None, "refused", reason, term=term)
    return Verdict(
        "",
        test.statistic,
        p_value,
        FOUND if p_value < LEVEL else NOT_FOUND,
        f"joint test of {test.rank} columns",
        term=term,
        details=(("restrictions", test.rank), ("effective_clusters", blocks)),
    )
