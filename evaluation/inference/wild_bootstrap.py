"""The wild cluster bootstrap of one coefficient, from moments by cluster.

With the hypothesis b_j = θ imposed, the restricted estimate is b - c d with c = B e_j, B the bread
and d = (b_j - θ) / B_jj, so restricted scores s_g + A_g c d, bootstrap coefficients and bootstrap
cr1 variances are all polynomials in d: one set of draws serves every θ, and the interval that
inverts the test costs no further draw. Sources: Cameron, Gelbach and Miller (2008), Review of
Economics and Statistics 90(3); MacKinnon, Nielsen and Webb (2023), Journal of Econometrics 232(2),
section 5 (their WCR-C and WCU-C); Webb (2023), Canadian Journal of Economics 56(3), for the
six-point weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from evaluation.cells.cluster_moments import ClusterMoments
from evaluation.cells.threads import one_blas_thread
from evaluation.data.model_data import FloatArray

Weights = Literal["rademacher", "webb"]

# Draws made at a time: 2,048 × 400 clusters take 6.5 MB an array.
BATCH = 2048
# Statistics this close are ties: the draw that flips no sign gives the data back.
TIE = 1e-9
WEBB = np.sqrt(np.array([1.5, 1.0, 0.5, 0.5, 1.0, 1.5])) * np.array([-1, -1, -1, 1, 1, 1])


@dataclass(frozen=True, slots=True)
class WildBootstrap:
    """What a wild cluster bootstrap says of one coefficient.

    Attributes
    ----------
    statistic
        t of the hypothesis with the ``cr1`` error.
    p_value
        Two-sided and symmetric. From R random draws (1 + #) / (1 + R), # of them at least as
        large; where every pattern of signs is listed, their share.
    conf_low, conf_high
        Ends of the values that the test does not reject; ``None`` where there is no end.
    draws
        Draws, or patterns of signs.
    enumerated
        Whether all patterns of signs were listed: a pattern and its negative count once.
    """

    statistic: float
    p_value: float
    conf_low: float | None
    conf_high: float | None
    draws: int
    enumerated: bool


@dataclass(frozen=True)
class _Parts:
    """Numerators and variances of all draws as polynomials in d, each of shape ``(R,)``."""

    top: tuple[FloatArray, FloatArray]
    square: tuple[FloatArray, FloatArray, FloatArray]

    def statistics(self, d: float) -> FloatArray:
        """Return |t*| under the hypothesis that d stands for."""
        top = self.top[0] + d * self.top[1]
        square = self.square[0] + 2.0 * d * self.square[1] + d * d * self.square[2]
        with np.errstate(divide="ignore", invalid="ignore"):
            found: FloatArray = np.abs(top) / np.sqrt(np.maximum(square, 0.0))
        # A draw without any variance is as extreme as can be.
        return np.where(np.isnan(found), np.inf, found)


def wild_bootstrap(
    moments: ClusterMoments,
    which: int,
    draws: int,
    generator: np.random.Generator,
    *,
    null: float = 0.0,
    weights: Weights = "rademacher",
    restricted: bool = True,
    level: float = 0.95,
) -> WildBootstrap:
    """Test one coefficient, and invert the test.

    Parameters
    ----------
    moments
        The fit.
    which
        Position among ``moments.interest``.
    draws
        R. Where there are no more patterns of Rademacher signs than that, they are all listed.
    generator
        Source of the draws.
    null
        Hypothesised value.
    weights
        ``webb`` has six points, for few clusters.
    restricted
        Whether draws are made from the fit under the hypothesis (WCR), or the free one (WCU).
    level
        Of the interval.
    """
    listed = weights == "rademacher" and 2 ** (moments.clusters - 1) <= draws
    signs = all_signs(moments.clusters) if listed else drawn(weights, draws, moments, generator)
    with one_blas_thread():
        at = int(moments.interest[which])
        bread, scores = moments.bread(), moments.scores()
        direction = bread[:, at]
        parts = _polynomials(moments, scores, bread, direction, signs)
        own = scores @ direction
    error = float(np.sqrt(moments.factor * np.sum(own**2)))
    estimate, scale = float(moments.beta[at]), float(direction[at])

    def p_value(value: float) -> float:
        d = (estimate - value) / scale if restricted else 0.0
        reached = parts.statistics(d) >= (1.0 - TIE) * abs(estimate - value) / error
        count = int(reached.sum())
        return count / len(signs) if listed else (1 + count) / (1 + len(signs))

    ends = [_end(p_value, estimate, side * error, 1.0 - level) for side in (-1.0, 1.0)]
    statistic = (estimate - null) / error
    return WildBootstrap(statistic, p_value(null), ends[0], ends[1], len(signs), listed)


def all_signs(clusters: int) -> FloatArray:
    """Return every pattern of signs up to its negative, shape ``(2 ** (G - 1), G)``.

    The first flips nothing.
    """
    numbers = np.arange(2 ** (clusters - 1))[:, None]
    flipped = (numbers >> np.arange(clusters)) & 1
    signs: FloatArray = 1.0 - 2.0 * flipped.astype(np.float64)
    return signs


def drawn(
    weights: Weights, draws: int, moments: ClusterMoments, generator: np.random.Generator
) -> FloatArray:
    """Return random weights of mean zero and variance one, shape ``(R, G)``."""
    points: dict[Weights, NDArray[np.float64]] = {
        "rademacher": np.array([-1.0, 1.0]),
        "webb": WEBB,
    }
    chosen = points[weights]
    found: FloatArray = chosen[generator.integers(0, len(chosen), size=(draws, moments.clusters))]
    return found


def _polynomials(
    moments: ClusterMoments,
    scores: FloatArray,
    bread: FloatArray,
    direction: FloatArray,
    signs: FloatArray,
) -> _Parts:
    """Return every draw's numerator and variance.

    With v the draw, u_g = c's_g + d h_g and h_g = c'A_g c, the numerator is Σ v_g u_g, and the
    bootstrap score of cluster g along c is v_g u_g - c'A_g B Σ_h v_h (s_h + A_h c d).
    """
    turned = np.einsum("gij,j->gi", moments.gram, direction)
    u = (scores @ direction, turned @ direction)
    back = (turned @ bread).T
    tops: list[list[FloatArray]] = [[], []]
    squares: list[list[FloatArray]] = [[], [], []]
    for start in range(0, len(signs), BATCH):
        v = signs[start : start + BATCH]
        q = [v * u[i] - (v @ side) @ back for i, side in enumerate((scores, turned))]
        for i in (0, 1):
            tops[i].append(v @ u[i])
        for i, (first, second) in enumerate(((0, 0), (0, 1), (1, 1))):
            squares[i].append(moments.factor * np.einsum("rg,rg->r", q[first], q[second]))
    return _Parts(
        (np.concatenate(tops[0]), np.concatenate(tops[1])),
        (np.concatenate(squares[0]), np.concatenate(squares[1]), np.concatenate(squares[2])),
    )


def _end(
    p_value: Callable[[float], float], estimate: float, step: float, size: float
) -> float | None:
    """Return where the p-value falls below ``size`` on one side of the estimate.

    Doubling steps find a rejected value; bisection finds the edge beside it. With few clusters
    no value may be rejected.
    """
    inside, width = estimate, step
    while p_value(estimate + width) > size:
        inside, width = estimate + width, 2.0 * width
        if abs(width) > 1e6 * abs(step):
            return None
    outside = estimate + width
    for _ in range(60):
        middle = (inside + outside) / 2.0
        if p_value(middle) > size:
            inside = middle
        else:
            outside = middle
    return inside
