"""Whether a count at one value of a discrete variable fits in between those of its neighbours."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import special


@dataclass(frozen=True, slots=True)
class MassPoint:
    """The test of one value.

    Attributes
    ----------
    count, total
        Events at the value, and at the value and both neighbours.
    excess
        The count over the mean of its neighbours, less one; ``None`` where these have none.
    p_value
        Two-sided, the largest under any distribution that the bound allows; ``None`` without
        events.
    """

    count: int
    total: int
    excess: float | None
    p_value: float | None


def mass_point_test(before: int, at: int, after: int, curvature: float) -> MassPoint:
    """Test that the count at a value is what a smooth distribution makes of its neighbours.

    Given the three counts' total n, that of the middle is binomial (n, f0 / (f- + f0 + f+)). Smooth
    means that f0 lies within ``curvature`` of the mean of its neighbours, relative to that mean:
    |f- - 2 f0 + f+| ≤ k (f- + f+). Then the share lies from (1 - k)/(3 - k) to (1 + k)/(3 + k), and
    the p-value is twice the smaller of the largest tails over these shares, so that the test's size
    is at most nominal. With k = 0 the distribution is a straight line over the three values.

    Source: Frandsen (2017), Advances in Econometrics 38.

    Parameters
    ----------
    before, at, after
        Independent events at three neighbouring values, equally far apart.
    curvature
        k, at least 0 and below 1.
    """
    total = before + at + after
    if total == 0:
        return MassPoint(at, 0, None, None)
    low, high = (1 - curvature) / (3 - curvature), (1 + curvature) / (3 + curvature)
    # Both tails are monotone in the share, so that the ends of its range give the largest.
    few = float(special.bdtr(at, total, low))
    many = 1.0 if at == 0 else float(special.bdtrc(at - 1, total, high))
    around = before + after
    excess = 2 * at / around - 1 if around else None
    return MassPoint(at, total, excess, min(1.0, 2 * min(few, many)))


def detectable_excess(total: int, curvature: float, level: float = 0.05) -> float:
    """Return the relative excess that the test finds with a power of 80 %.

    By the normal approximation of the binomial share; infinite where no excess is found so often.

    Parameters
    ----------
    total
        Events at the three values.
    curvature
        k.
    level
        Of the two-sided test.
    """
    found, power = float(special.ndtri(1 - level / 2)), float(special.ndtri(0.8))
    edge = (1 + curvature) / (3 + curvature)
    cut = edge + found * math.sqrt(edge * (1 - edge) / total)
    if cut >= 1:
        return math.inf
    # share - power × sqrt(share (1 - share) / n) = cut is a quadratic in the share.
    a, b = 1 + power**2 / total, -(2 * cut + power**2 / total)
    share = (-b + math.sqrt(b**2 - 4 * a * cut**2)) / (2 * a)
    return 2 * share / (1 - share) - 1 if share < 1 else math.inf
