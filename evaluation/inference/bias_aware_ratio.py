"""Values of a ratio of two jumps that a bias-aware test does not reject.

Under a ratio c the jump of y - c·t is zero. Its estimate g - c p has the error
√(V_gg - 2 c V_gp + c² V_pp) and a bias of at most B_g + |c| B_p; the values whose bias-aware test
does not reject are a confidence set whatever the strength of the first stage (Noack and Rothe
2024, Econometrica 92(3), section 3).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import atan2, cos, pi, sin, sqrt

import numpy as np
from scipy import optimize

from evaluation.data.model_data import FloatArray
from evaluation.inference.bias_aware import bias_aware_critical_value
from evaluation.inference.weak_instrument import AndersonRubin

# Directions between minus and plus infinity that are looked at for ends of the set.
DIRECTIONS = 720


@dataclass(frozen=True)
class Jumps:
    """Jumps of outcome and treatment.

    Attributes
    ----------
    outcome, treatment
        Estimates.
    variances
        Of the two.
    covariance
        Between them.
    biases
        Largest absolute biases of the two.
    """

    outcome: float
    treatment: float
    variances: tuple[float, float]
    covariance: float
    biases: tuple[float, float]


def bias_aware_ratio(jumps: Jumps, df: float | None, level: float) -> AndersonRubin:
    """Return the values of the ratio that are not rejected.

    A value c stands for the direction (cos a, sin a) of (1, -c), so that infinity is a direction
    like others and the set is an arc around that of the estimate, which is never rejected.

    Parameters
    ----------
    jumps
        Estimates, with the treatment's not zero.
    df
        Degrees of freedom; ``None`` means normal.
    level
        Coverage.
    """
    # In units in which both errors are one, so that directions are evenly looked at; where
    # everybody complies the treatment has none.
    sizes = sqrt(jumps.variances[0]) or 1.0, sqrt(jumps.variances[1]) or 1.0
    units = float(jumps.variances[0] > 0), float(jumps.variances[1] > 0)
    own, other = jumps.outcome / sizes[0], jumps.treatment / sizes[1]
    between = jumps.covariance / (sizes[0] * sizes[1])
    biases = jumps.biases[0] / sizes[0], jumps.biases[1] / sizes[1]

    def excess(angle: float) -> float:
        one, minus = cos(angle), sin(angle)
        value = abs(one * own - minus * other)
        error = sqrt(max(one**2 * units[0] - 2 * one * minus * between + minus**2 * units[1], 0.0))
        bias = abs(one) * biases[0] + abs(minus) * biases[1]
        if error == 0.0:
            return value - bias
        return value - error * bias_aware_critical_value(bias / error, df, level)

    # tan(angle) is the ratio; the estimate's own direction is inside.
    centre = atan2(own, other) if other > 0 else atan2(-own, -other)
    grid = np.linspace(0.0, pi, DIRECTIONS + 1)
    upper = _first_end(excess, centre, grid)
    if upper is None:
        return AndersonRubin("whole line", None, None)
    lower = _first_end(excess, centre, -grid)
    if lower is None or upper - lower >= pi:
        return AndersonRubin("whole line", None, None)
    scale = sizes[0] / sizes[1]
    ends = [scale * sin(angle) / cos(angle) for angle in (lower, upper)]
    if upper < pi / 2 and lower > -pi / 2:
        return AndersonRubin("interval", ends[0], ends[1])
    return AndersonRubin("two half-lines", min(ends), max(ends))


def _first_end(excess: Callable[[float], float], centre: float, steps: FloatArray) -> float | None:
    """Return the first angle from the centre on at which values begin to be rejected."""
    inside = centre
    for step in steps[1:]:
        angle = centre + float(step)
        if excess(angle) > 0:
            return float(optimize.brentq(excess, inside, angle, xtol=1e-14, rtol=1e-14))
        inside = angle
    return None
