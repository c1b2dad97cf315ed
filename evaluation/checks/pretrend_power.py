"""Which linear trends the test of coefficients before the reform would miss, and their bias."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from pydantic import Field, field_validator

from evaluation.cells.threads import one_blas_thread
from evaluation.checks._pre_period import (
    after_reform,
    anticipation_of,
    detail_of,
    drift_of,
    pre_period,
)
from evaluation.checks._trend_path import Target, target_weights
from evaluation.checks.contract import Case, Verdict
from evaluation.estimators.contract import Fit
from evaluation.inference.intervals import critical_value
from evaluation.inference.pretest_power import (
    Pretest,
    PretestPower,
    joint_power,
    pretest_power,
    slope_for_power,
)
from evaluation.spec.options import OptionsModel

TITLE = "Power of the pre-trend test"
ASSUMPTION = "parallel trends"
SOURCE = "Roth (2022), American Economic Review: Insights 4(3), sections 1 and 2"
LEVEL = 0.05


class Options(OptionsModel):
    """Trends by the power against them, or by slope; the coefficient they would bias; draws.

    Attributes
    ----------
    powers
        Trends that the test of coefficients before the reform finds with these probabilities, above
        0.05 and below 1.
    slopes
        Further trends, by their change of the outcome a period.
    target
        Number that trends would bias: ``first_post`` is event time 0, ``average_post`` the mean of
        event times from 0 on.
    earliest
        First event time before the reform that is tested; all if not given.
    draws
        Draws of the coefficients by which power and bias are computed.
    seed
        Seed of these draws.
    """

    powers: tuple[float, ...] = (0.5, 0.8)
    slopes: tuple[float, ...] = ()
    target: Target = "first_post"
    earliest: int | None = Field(default=None, lt=0)
    draws: int = Field(default=20_000, ge=999)
    seed: int = Field(default=0, ge=0)

    @field_validator("powers")
    @classmethod
    def _between(cls, powers: tuple[float, ...]) -> tuple[float, ...]:
        if any(not LEVEL < power < 1 for power in powers):
            raise ValueError(f"powers must lie between {LEVEL} and 1")
        return powers


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Say which linear trends would pass unseen, and how far they would bias the estimate.

    The pre-test is that no single coefficient before the reform is significant at five per cent.
    For every trend a row gives its power, the bias in the target and the bias given that the test
    finds nothing; ``could explain the estimate`` where the latter is as large as the estimate,
    else ``too small to explain the estimate``. The Bayes factor and the likelihood ratio weigh
    that trend against parallel trends. Refused where the coefficients before the reform come from
    another regression (imputation), or are collinear.
    """
    with one_blas_thread():
        return tuple(
            verdict
            for name, fit in case.result.fits.items()
            for verdict in _verdicts(name, fit, options)
        )


def _verdicts(outcome: str, fit: Fit, options: Any) -> Iterator[Verdict]:
    made = _pretest(fit, options)
    if isinstance(made, str):
        yield Verdict(outcome, None, None, "refused", made)
        return
    test, estimate = made
    found = detail_of(fit, "effective_clusters")
    blocks = float(found) if isinstance(found, int | float) else None
    for power in options.powers:
        term = f"power {power:.0%}"
        slope = slope_for_power(test, power, options.draws, options.seed)
        if slope is None:
            reason = "parallel trends themselves fail the pre-test as often"
            yield Verdict(outcome, None, None, "refused", reason, term=term)
            continue
        against = pretest_power(test, slope, options.draws, options.seed)
        yield _verdict(outcome, term, test, against, estimate, blocks)
    for slope in options.slopes:
        against = pretest_power(test, slope, options.draws, options.seed)
        yield _verdict(outcome, f"slope {slope:g}", test, against, estimate, blocks)


def _pretest(fit: Fit, options: Any) -> tuple[Pretest, float] | str:
    """Return the test and the target's estimate, or why there is no test."""
    if detail_of(fit, "pre_coefficients") == "imputation":
        return "the coefficients before the reform come from another regression than the effects"
    before, after = pre_period(fit, options.earliest), after_reform(fit)
    if fit.covariance is None or not before:
        return "the model has no coefficients before the reform"
    if any(fit.terms[at].cohort for at in before):
        return "the model gives no averages by event time: set aggregate = ['event_time']"
    times = np.array([fit.terms[at].event_time for at in after], dtype=np.float64)
    weights = target_weights(times, options.target)
    if isinstance(weights, str):
        return weights
    covariance = fit.covariance[np.ix_(before, before)]
    errors = np.sqrt(np.diag(covariance))
    if np.linalg.eigvalsh(covariance / np.outer(errors, errors))[0] < 1e-10:
        return "the covariance of the coefficients before the reform is singular"
    df = detail_of(fit, "degrees_of_freedom")
    reference = detail_of(fit, "reference")
    base = reference if isinstance(reference, int | float) else -1 - anticipation_of(fit)
    test = Pretest(
        estimates=np.array([fit.terms[at].estimate for at in before]),
        covariance=covariance,
        shape=drift_of(fit, before),
        with_target=fit.covariance[np.ix_(before, after)] @ weights,
        target_shape=float(weights @ (times - base)),
        critical=critical_value(1 - LEVEL / 2, float(df) if isinstance(df, int | float) else None),
    )
    return test, float(weights @ [fit.terms[at].estimate for at in after])


def _verdict(
    outcome: str,
    term: str,
    test: Pretest,
    against: PretestPower,
    estimate: float,
    blocks: float | None,
) -> Verdict:
    explains = abs(against.conditional_bias) >= abs(estimate)
    joint = joint_power(against.slope * test.shape, test.covariance, blocks, LEVEL)
    return Verdict(
        outcome,
        against.power,
        None,
        "could explain the estimate" if explains else "too small to explain the estimate",
        f"a trend of {against.slope:.3g} a period is found with power {against.power:.0%}; where "
        f"it is not, it biases the estimate of {estimate:.3g} by {against.conditional_bias:.3g}",
        term=term,
        details=(
            ("slope", against.slope),
            ("power", against.power),
            ("power_joint_test", joint),
            ("bias", against.bias),
            ("conditional_bias", against.conditional_bias),
            ("bayes_factor", against.bayes_factor),
            ("likelihood_ratio", against.likelihood_ratio),
            ("estimate", estimate),
            ("critical_value", test.critical),
        ),
    )
