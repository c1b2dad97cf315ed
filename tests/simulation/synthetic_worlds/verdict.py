"""What replications say about an estimator in a world, in one word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

RECOVERS = "recovers"
UP, DOWN = "biased up", "biased down"
TOO_SURE = "too sure of itself"
NOT_IDENTIFIED = "not identified"
VERDICTS = (RECOVERS, UP, DOWN, TOO_SURE, NOT_IDENTIFIED)

# A verdict other than "recovers" is reached by chance this rarely, for each line.
LEVEL = 0.002
# Errors below this many standard errors are no bias, however surely they are seen.
SMALL = 0.15


@dataclass(frozen=True)
class Judged:
    """One estimator and outcome in one world.

    Attributes
    ----------
    truth, truth_error
        Mean of the coupled draws and its Monte Carlo error.
    estimate
        Mean estimate.
    error, error_error
        Mean estimate less truth and its Monte Carlo error, that of the truth included.
    std_error, spread
        The estimate's mean standard error (``nan`` without one), and its standard deviation.
    covered, replications
        Intervals that hold the truth, and how many there are.
    verdict
        One of ``VERDICTS``.
    """

    truth: float
    truth_error: float
    estimate: float
    error: float
    error_error: float
    std_error: float
    spread: float
    covered: int
    replications: int
    verdict: str

    @property
    def in_errors(self) -> float:
        """Mean error in units of the estimate's mean standard error."""
        return self.error / self.std_error


def judge(found: Sequence[Sequence[float | None]], truths: Sequence[float]) -> Judged:
    """Judge one line of replications.

    Parameters
    ----------
    found
        Estimate, standard error and both ends of the interval, for each replication.
    truths
        Coupled differences, one a draw; a single draw where policies differ in nothing.
    """
    values = np.array([[np.nan if x is None else x for x in row] for row in found], dtype=float)
    count = len(values)
    truth = float(np.mean(truths))
    truth_error = float(np.std(truths, ddof=1) / len(truths) ** 0.5) if len(truths) > 1 else 0.0
    spread = float(np.std(values[:, 0], ddof=1)) if count > 1 else float("nan")
    estimate = float(values[:, 0].mean())
    held = (values[:, 2] <= truth) & (truth <= values[:, 3])
    known = not np.isnan(values[:, 1]).any()
    judged = Judged(
        truth=truth,
        truth_error=truth_error,
        estimate=estimate,
        error=estimate - truth,
        error_error=float(np.hypot(spread / count**0.5, truth_error)),
        std_error=float(values[:, 1].mean()) if known else float("nan"),
        spread=spread,
        covered=int(held.sum()),
        replications=count,
        verdict=NOT_IDENTIFIED,
    )
    return Judged(**{**judged.__dict__, "verdict": _verdict(judged)}) if known else judged


def _verdict(judged: Judged) -> str:
    from scipy import stats

    critical = float(stats.t.ppf(1.0 - LEVEL / 2.0, max(judged.replications - 1, 1)))
    seen = abs(judged.error) > critical * judged.error_error
    if seen and abs(judged.in_errors) > SMALL:
        return UP if judged.error > 0 else DOWN
    if stats.binom.cdf(judged.covered, judged.replications, 0.95) < LEVEL:
        return TOO_SURE
    return RECOVERS


@dataclass(frozen=True)
class Expected:
    """What was expected of a world before it was run, and what was made of the rest afterwards.

    Attributes
    ----------
    reason, verdicts
        Why, and what by question; written before.
    readings
        By question, why a verdict that was not expected was found; written after.
    """

    reason: str
    verdicts: Mapping[str, str]
    readings: Mapping[str, str]

    def of(self, question: str) -> str:
        """Return the verdict expected: to recover the truth, where nothing is said."""
        return self.verdicts.get(question, RECOVERS)
