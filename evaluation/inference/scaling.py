"""How a standard error moves with the size of a sample: stated laws, to be checked by simulation.

Variance = between × clusters₀ / clusters + within × (persons₀ / persons)^rate. The first part is
that of shocks which persons of a cluster share. The rate is 1, less what a bandwidth chosen by a
rule gives up: it narrows as the sample grows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from evaluation.inference.intervals import critical_value

PARAMETRIC = 1.0


@dataclass(frozen=True, slots=True)
class Scaling:
    """A law with its parts.

    Attributes
    ----------
    between, within
        Parts of the variance at the size where they were found.
    persons, clusters
        That size.
    rate
        Of the second part.
    """

    between: float
    within: float
    persons: float
    clusters: float
    rate: float = PARAMETRIC

    def std_error(self, persons: float, clusters: float | None = None) -> float:
        """Return the standard error at another size; clusters stay as they are by default."""
        shared = 1.0 if clusters is None else self.clusters / clusters
        variance = self.between * shared + self.within * (self.persons / persons) ** self.rate
        return math.sqrt(variance)


def rate_of(order: int, *, narrower: bool = False) -> float:
    """Return the rate at which the variance of a local polynomial falls under a bandwidth rule.

    The bandwidth that minimises mean squared error goes with persons^(-1 / (2 order + 3)). The one
    of coverage error (Calonico, Cattaneo and Farrell 2020, Econometrics Journal 23(2)) narrows by
    a further persons^(-order / ((3 + order) (3 + 2 order))).

    Parameters
    ----------
    order
        Of the polynomial.
    narrower
        Whether the rule is that of coverage error.
    """
    rate = 1.0 - 1.0 / (2 * order + 3)
    return rate - order / ((3 + order) * (3 + 2 * order)) if narrower else rate


def within_alone(
    std_error: float, persons: float, clusters: float, rate: float = PARAMETRIC
) -> Scaling:
    """Return the law of an error that clusters have no part in."""
    return Scaling(0.0, std_error**2, persons, clusters, rate)


def parted(
    std_error: float,
    persons: float,
    smaller_error: float,
    smaller: float,
    clusters: float,
    noise: float,
) -> Scaling:
    """Return the law that two sizes of sample over the same clusters give.

    What clusters share is counted where the two errors show it beyond Monte Carlo error (one-sided,
    at five per cent): the difference of two noisy errors would else be taken for a floor.

    Parameters
    ----------
    std_error, persons
        At the size from which the law goes.
    smaller_error, smaller
        At a smaller one.
    clusters
        Of both.
    noise
        Relative Monte Carlo error of either variance; nan where it is not known.
    """
    times = persons / smaller
    ratio = (smaller_error / std_error) ** 2
    shared = (times - ratio) / (times - 1.0)
    error = noise * math.sqrt(2.0) * ratio / (times - 1.0)
    if not shared > critical_value(0.95) * error:
        return within_alone(std_error, persons, clusters)
    shared = min(shared, 1.0)
    return Scaling(shared * std_error**2, (1.0 - shared) * std_error**2, persons, clusters)


def relative_noise(variances: Sequence[Sequence[float]]) -> float:
    """Return the relative Monte Carlo error of a mean variance, pooled over sizes of sample.

    Parameters
    ----------
    variances
        By size, one a draw; nan where no size has two draws.
    """
    squares, freedom, draws = 0.0, 0, 1
    for own in variances:
        mean = sum(own) / len(own)
        squares += sum((one / mean - 1.0) ** 2 for one in own)
        freedom += len(own) - 1
        draws = max(draws, len(own))
    return math.sqrt(squares / freedom / draws) if freedom else math.nan
