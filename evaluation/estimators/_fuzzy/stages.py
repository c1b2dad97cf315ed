"""Both stages of a fuzzy design, and what their ratio gives to first order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.errors import DataError
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._problem import DetailValue
from evaluation.inference.intervals import LEVEL, critical_value, interval
from evaluation.inference.weak_instrument import (
    STRONG,
    AndersonRubin,
    anderson_rubin,
    effective_f,
)

# A first stage's error below this share of it is rounding: everybody complies.
ROUNDING = 1e-10
# A treatment whose squares about its mean are below this share of its squares does not vary.
CONSTANT = 1e-20


@dataclass(frozen=True)
class Stages:
    """Jumps of outcome and treatment, above less below.

    Attributes
    ----------
    reduced, first
        Estimates.
    variances
        Of the two.
    covariance
        Between them.
    """

    reduced: float
    first: float
    variances: tuple[float, float]
    covariance: float

    @property
    def ratio(self) -> float:
        """Jump of the outcome over that of the treatment."""
        return self.reduced / self.first

    @property
    def ratio_variance(self) -> float:
        """Variance of the ratio to first order."""
        own, other, ratio = *self.variances, self.ratio
        return float((own - 2 * ratio * self.covariance + ratio**2 * other) / self.first**2)

    @property
    def strength(self) -> float | None:
        """Effective F of the first stage; ``None`` where everybody complies."""
        other = self.variances[1]
        return effective_f(self.first, other) if other > 0 else None

    def accepted(self, df: float | None) -> AndersonRubin:
        """Return the Anderson–Rubin set.

        Parameters
        ----------
        df
            Degrees of freedom; ``None`` means normal.
        """
        cut = critical_value(0.5 + LEVEL / 2, df)
        return anderson_rubin(self.reduced, self.first, self.variances, self.covariance, cut)


def stages_of(jumps: tuple[float, float], errors: tuple[float, float], covariance: float) -> Stages:
    """Return both stages, the treatment without error where everybody complies.

    Parameters
    ----------
    jumps, errors
        Of outcome and treatment.
    covariance
        Between them.
    """
    reduced, first = jumps
    if errors[1] <= ROUNDING * abs(first):
        return Stages(reduced, first, (errors[0] ** 2, 0.0), 0.0)
    return Stages(reduced, first, (errors[0] ** 2, errors[1] ** 2), covariance)


def require_first_stage(outcome: str, stages: Stages) -> None:
    """Refuse a treatment that does not change at the cutoff.

    Parameters
    ----------
    outcome
        For the message.
    stages
        Both stages.

    Raises
    ------
    DataError
        Where the first stage is zero.
    """
    if stages.first == 0:
        raise DataError(
            f"outcome {outcome}: design.treatment does not change at the cutoff, so there is no "
            "first stage to divide by: check the column, or estimate itt_at_cutoff by rd_robust"
        )


def require_varying(points: MassPoints, widths: tuple[float, float]) -> None:
    """Refuse a treatment that is the same for all rows within the bandwidth.

    Parameters
    ----------
    points
        Of a fuzzy design.
    widths
        Bandwidths below and above the cutoff.

    Raises
    ------
    DataError
        Where the treatment is identical on both sides.
    """
    near = np.abs(points.x) <= np.where(points.x < 0, *widths)
    if not near.any():
        return
    weight, mean = points.moments.weight[near], points.moments.mean[near, 1]
    inner = points.moments.scatter[near, 1, 1]
    overall = float(np.average(mean, weights=weight))
    spread = float(inner.sum() + weight @ (mean - overall) ** 2)
    size = (abs(overall) + abs(float(points.centre[1]))) ** 2 * float(weight.sum())
    if spread <= CONSTANT * max(size, float(weight.sum())):
        raise DataError(
            f"outcome {points.outcome}: design.treatment has one value in all "
            f"{int(points.rows[near].sum())} rows within the bandwidth, so it is identical on both "
            "sides and there is no first stage: check the column, or widen the bandwidth"
        )


def stage_details(
    stages: Stages, sign: int, df: float | None
) -> tuple[tuple[str, str, DetailValue], ...]:
    """Return both stages, treated side less untreated side.

    Parameters
    ----------
    stages
        Above less below.
    sign
        1 where the treated side lies above.
    df
        Degrees of freedom; ``None`` means normal.
    """
    errors = [variance**0.5 for variance in stages.variances]
    return (
        ("", "first_stage", sign * stages.first),
        ("", "first_stage_std_error", errors[1]),
        ("", "effective_f", stages.strength),
        ("", "reduced_form", sign * stages.reduced),
        ("", "reduced_form_std_error", errors[0]),
        ("", "reduced_form_p_value", interval(stages.reduced, errors[0], df).p_value),
    )


def set_details(accepted: AndersonRubin) -> tuple[tuple[str, str, DetailValue], ...]:
    """Return the shape and the ends of an Anderson–Rubin set.

    Parameters
    ----------
    accepted
        The set.
    """
    return (
        ("", "anderson_rubin_shape", accepted.shape),
        ("", "anderson_rubin_low", accepted.low),
        ("", "anderson_rubin_high", accepted.high),
    )


def weakness(stages: Stages, accepted: AndersonRubin) -> tuple[str, ...]:
    """Return a warning where the first stage is too weak for an interval around the ratio.

    Parameters
    ----------
    stages
        Both stages.
    accepted
        The set that holds whatever their strength.
    """
    if stages.strength is None or stages.strength >= STRONG:
        return ()
    return (
        f"weak first stage: effective F {stages.strength:.3g}, below {STRONG:g}; the interval may "
        f"not cover, see the Anderson–Rubin set: {accepted.words}",
    )
