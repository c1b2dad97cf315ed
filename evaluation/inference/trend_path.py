"""The coefficients of an event study around its base, and a weighted mean of those after it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray


@dataclass(frozen=True)
class TrendPath:
    """What bounds on violations of parallel trends are made of.

    The base is the last period that treatment cannot reach; every coefficient is the difference
    from it. The target is ``weights @ effects`` over the periods after the base.

    Attributes
    ----------
    estimates
        Coefficients in the order of ``times``, shape ``(n + T,)``.
    covariance
        Of ``estimates``, positive definite, shape ``(n + T, n + T)``.
    times
        Periods since the base, ascending: -n, ..., -1 without a gap, then those after it.
    weights
        Of the target, shape ``(T,)``.
    base
        Event time of the base.
    """

    estimates: FloatArray
    covariance: FloatArray
    times: IntArray
    weights: FloatArray
    base: int = -1

    @property
    def before(self) -> int:
        """Number of coefficients before the base."""
        return int(np.sum(self.times < 0))

    @cached_property
    def direction(self) -> FloatArray:
        """What the target is of the coefficients, shape ``(n + T,)``."""
        return np.concatenate([np.zeros(self.before), self.weights])

    @property
    def estimate(self) -> float:
        """The target under parallel trends."""
        return float(self.direction @ self.estimates)

    @property
    def std_error(self) -> float:
        """Standard error of ``estimate``."""
        return float(np.sqrt(self.direction @ self.covariance @ self.direction))

    @cached_property
    def steps(self) -> FloatArray:
        """Changes a period from each time to the next as rows, shape ``(n + T, n + T)``.

        The first n rows end at the base; a gap of several periods after it is shared out evenly.
        """
        n, size = self.before, len(self.times)
        every = np.insert(self.times, n, 0)
        gaps = np.diff(every)
        change = (np.eye(size + 1)[1:] - np.eye(size + 1)[:-1]) / gaps[:, None]
        return np.delete(change, n, axis=1)

    @cached_property
    def step_weights(self) -> FloatArray:
        """The target as a sum over changes a period after the base, shape ``(T,)``."""
        n = self.before
        gaps = np.diff(np.concatenate([[0], self.times[n:]]))
        later = np.cumsum(self.weights[::-1])[::-1]
        return np.asarray(later * gaps, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class HonestInterval:
    """A 95 per cent interval for the target that allows for violations of a stated size.

    Attributes
    ----------
    low, high
        Ends in units of the outcome.
    identified_low, identified_high
        The bounds if the coefficients were known without error; ``None`` where those before the
        base violate the restriction themselves.
    """

    low: float
    high: float
    identified_low: float | None
    identified_high: float | None

    @property
    def excludes_zero(self) -> bool:
        """Whether zero lies outside."""
        return self.low > 0 or self.high < 0
