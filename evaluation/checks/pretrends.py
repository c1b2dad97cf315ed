"""Joint test that the coefficients before the reform are zero."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydantic import Field

from evaluation.checks._pre_period import detail_of, drift_of, pre_period
from evaluation.checks.contract import Case, Verdict
from evaluation.estimators.contract import Fit, FloatArray
from evaluation.inference.pretest_power import joint_power
from evaluation.inference.wald import hotelling_p_value, wald
from evaluation.spec.options import OptionsModel

TITLE = "Pre-trend test"
ASSUMPTION = "parallel trends"
SOURCE = (
    "Wald test with the full covariance; power as in Roth (2022), AER: Insights 4(3), section 2"
)
LEVEL = 0.05


class Options(OptionsModel):
    """Which event times are tested.

    Attributes
    ----------
    earliest
        First event time before the reform that is tested; all if not given.
    """

    earliest: int | None = Field(default=None, lt=0)


def run(case: Case, options: Any) -> tuple[Verdict, ...]:
    """Test the pre-period coefficients of a model jointly, outcome by outcome.

    Binned ends and periods that treatment may already reach (``anticipation``) take no part. With
    clusters the reference is Hotelling's, by their effective number: the chi-squared one rejects
    too often where a few clusters are large. The verdict is ``violation found`` or
    ``not detected``, never a pass: the message states the power against a linear drift away from
    the reference, whose slope moves the farthest coefficient by one standard error. A test with a
    fifth as many restrictions as clusters is refused, and one that leaves fewer degrees of freedom
    than it has restrictions.
    """
    return tuple(_verdict(name, fit, options.earliest) for name, fit in case.result.fits.items())


def _verdict(outcome: str, fit: Fit, earliest: int | None) -> Verdict:
    places = pre_period(fit, earliest)
    if fit.covariance is None or not places:
        return Verdict(outcome, None, None, "refused", "the model has no pre-period coefficients")
    if fit.n_clusters is not None and len(places) * 5 >= fit.n_clusters:
        return Verdict(
            outcome, None, None, "refused",
            f"{len(places)} restrictions are too many for {fit.n_clusters} clusters "
            "(fewer than a fifth are allowed); use a coarser event_bin or a narrower event_window",
        )  # fmt: skip
    estimates = np.array([fit.terms[at].estimate for at in places])
    covariance = fit.covariance[np.ix_(places, places)]
    test = wald(estimates, covariance)
    found = detail_of(fit, "effective_clusters")
    blocks = float(found) if isinstance(found, int | float) else None
    p_value = test.p_value if blocks is None else hotelling_p_value(test, blocks)
    # With nu = blocks - 1, Hotelling's second degree of freedom is nu - q + 1.
    if p_value is None or (blocks is not None and blocks - test.rank < test.rank):
        return Verdict(
            outcome, test.statistic, None, "refused",
            f"{test.rank} restrictions leave too few degrees of freedom with {blocks or 0:.3g} "
            "effective clusters, which must be at least twice as many; test fewer event times "
            "(earliest = ...)",
        )  # fmt: skip
    slope, power = _power(drift_of(fit, places), covariance, blocks)
    rejected = p_value < LEVEL
    message = (
        f"joint test of {test.rank} pre-period coefficients"
        if rejected
        else f"power {power:.0%} against a drift of {slope:.2g} a period"
    )
    return Verdict(
        outcome,
        test.statistic,
        p_value,
        "violation found" if rejected else "not detected",
        message,
        details=(
            ("restrictions", test.rank),
            ("effective_clusters", blocks),
            ("p_value_chi_squared", test.p_value),
            ("drift", slope),
            ("power", power),
        ),
    )


def _power(shape: FloatArray, covariance: FloatArray, blocks: float | None) -> tuple[float, float]:
    """Return a slope of one standard error over the pre-period, and the test's power against it."""
    errors = np.sqrt(np.diag(covariance))
    span = np.abs(shape).max()
    # A lone coefficient at its own reference does not move: any slope will do.
    slope = float(errors[np.abs(shape) == span].max() / (span if span > 0 else 1.0))
    return slope, joint_power(slope * shape, covariance, blocks, LEVEL)
