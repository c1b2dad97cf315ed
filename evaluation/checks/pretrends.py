"""Joint test that the coefficients before the reform are zero."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from evaluation.checks.contract import ModelResult, Verdict
from evaluation.estimators.contract import Fit
from evaluation.inference.wald import Wald, hotelling_p_value, wald
from evaluation.spec.options import OptionsModel

TITLE = "Pre-trend test"
ASSUMPTION = "parallel trends"
SOURCE = (
    "Wald test with the full covariance; power as in Roth (2022), AER: Insights 4(3), section 2"
)
NEEDS_MODEL = True
LEVEL = 0.05


class Options(OptionsModel):
    """The pre-trend test has no options of its own."""


def run(result: ModelResult, options: Any) -> tuple[Verdict, ...]:
    """Test the pre-period coefficients of a model jointly, outcome by outcome.

    Binned ends take no part. With clusters the reference is Hotelling's, by their effective number:
    the chi-squared one rejects too often where a few clusters are large. The verdict is
    ``violation found`` or ``not detected``, never a pass: the message states the power against a
    linear drift whose slope moves the last coefficient by one standard error. A test with a fifth
    as many restrictions as clusters is refused.
    """
    return tuple(_verdict(name, fit) for name, fit in result.fits.items())


def _verdict(outcome: str, fit: Fit) -> Verdict:
    binned = {term for term, name, value in fit.details if name == "binned" and value}
    before = [
        at
        for at, term in enumerate(fit.terms)
        if term.event_time is not None
        and term.event_time < 0
        and term.label not in binned
        and term.std_error is not None
        and term.std_error > 0
    ]
    # Averages by event time where the model gives them, else every cohort's own.
    places = [at for at in before if not fit.terms[at].cohort] or before
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
    blocks = _effective_clusters(fit)
    p_value = test.p_value if blocks is None else hotelling_p_value(test, blocks)
    if p_value is None:
        return Verdict(
            outcome, test.statistic, None, "refused",
            f"{test.rank} restrictions leave no degree of freedom with {blocks or 0:.0f} effective "
            "clusters; test fewer event times",
        )  # fmt: skip
    times = np.array([fit.terms[at].event_time for at in places], dtype=np.float64)
    found = p_value < LEVEL
    slope, power = _power(times, covariance, test, blocks)
    message = (
        f"joint test of {test.rank} pre-period coefficients"
        if found
        else f"power {power:.0%} against a drift of {slope:.2g} a period"
    )
    return Verdict(
        outcome,
        test.statistic,
        p_value,
        "violation found" if found else "not detected",
        message,
        details=(
            ("restrictions", test.rank),
            ("effective_clusters", blocks),
            ("p_value_chi_squared", test.p_value),
            ("drift", slope),
            ("power", power),
        ),
    )


def _effective_clusters(fit: Fit) -> float | None:
    """Return the number of equal clusters that would tell as much, ``None`` without clusters."""
    found = next((v for t, k, v in fit.details if (t, k) == ("", "effective_clusters")), None)
    return float(found) if isinstance(found, int | float) else None


def _power(
    times: np.ndarray, covariance: np.ndarray, test: Wald, blocks: float | None
) -> tuple[float, float]:
    """Return a slope of one standard error over the pre-period, and the test's power against it."""
    from scipy import stats

    span = float(np.abs(times).max())
    slope = math.sqrt(float(np.diag(covariance).max())) / span
    drift = wald(slope * times, covariance)
    if test.rank == 0:
        return slope, 0.0
    q = test.rank
    if blocks is None:
        cut = float(stats.chi2.ppf(1.0 - LEVEL, q))
        return slope, float(stats.ncx2.sf(cut, q, drift.statistic))
    left = blocks - q
    cut = float(stats.f.ppf(1.0 - LEVEL, q, left))
    return slope, float(stats.ncf.sf(cut, q, left, drift.statistic))
