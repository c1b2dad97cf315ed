"""Maximum likelihood of a hazard with a link, on rows or cells of 0 and 1, by Newton's method."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray
from evaluation.errors import EstimationError
from evaluation.inference.links import Link
from evaluation.inference.sandwich import sum_by

MOST_STEPS = 100
# Steps by the expected information, which always climbs, before those by the observed one.
CAREFUL = 5
# Squared length of the last step in standard errors; and what rounding may leave of it.
CONVERGED, NEARLY = 1e-22, 1e-16
ROUNDING = 1e-12
SMALLEST_STEP = 1e-6


@dataclass(frozen=True)
class BinaryFit:
    """A hazard model at its maximum.

    Attributes
    ----------
    theta
        Coefficients, shape ``(p,)``.
    index
        x'theta of every entry, shape ``(n,)``.
    bread
        Inverse of the observed information, shape ``(p, p)``.
    scores
        Sum of the scores of every entry's rows, shape ``(n, p)``.
    steps
        Newton steps taken.
    """

    theta: FloatArray
    index: FloatArray
    bread: FloatArray
    scores: FloatArray
    steps: int

    def clustered(self, codes: IntArray) -> FloatArray:
        """Return the cluster-robust covariance but for its small-sample factor, ``(p, p)``.

        Parameters
        ----------
        codes
            Cluster of every entry, shape ``(n,)``.
        """
        sums = sum_by(codes, self.scores)
        return np.asarray(self.bread @ (sums.T @ sums) @ self.bread)


def fit_binary(x: FloatArray, y: FloatArray, weight: FloatArray, link: Link) -> BinaryFit:
    """Return the maximum-likelihood fit of P(y = 1) = h(x'theta).

    Newton's method, by the expected information first, with halved steps; the covariance takes the
    observed one, as a sandwich wants it (White 1982, Econometrica 50(1), equation 3.2).

    Parameters
    ----------
    x
        Regressors of full rank, the constant first, shape ``(n, p)``.
    y
        Outcome, or its mean in cells whose rows share their regressors, shape ``(n,)``.
    weight
        Weights, or their sums, shape ``(n,)``.
    link
        The link.

    Raises
    ------
    EstimationError
        Where the likelihood has no maximum, or it is not found.
    """
    theta = np.zeros(x.shape[1])
    theta[0] = link.index(float(np.average(y, weights=weight)))
    best, stuck = _likelihood(x @ theta, y, weight, link), False
    for step in range(1, MOST_STEPS + 1):
        index = x @ theta
        pull = weight * link.weight(index) * (y - link.mean(index))
        gradient = x.T @ pull
        information = weight * link.weight(index) * link.slope(index)
        if step > CAREFUL:
            information -= weight * link.bend(index) * (y - link.mean(index))
        move = _solved((x * information[:, None]).T @ x, gradient)
        length = float(gradient @ move)
        size, done = 1.0, abs(length) <= CONVERGED or (abs(length) <= NEARLY and stuck)
        stuck = abs(length) <= NEARLY
        while not done:
            further = _likelihood(x @ (theta + size * move), y, weight, link)
            if further >= best - ROUNDING * abs(best) or size < SMALLEST_STEP:
                best = further
                break
            size /= 2.0
        theta = theta + size * move
        if done:
            return _at(theta, x, y, weight, link, step)
    raise EstimationError(
        f"the likelihood of the hazard has no maximum within {MOST_STEPS} steps: some regressor "
        "tells events from others without error; use link = 'identity' or fewer effects"
    )


def _at(
    theta: FloatArray, x: FloatArray, y: FloatArray, weight: FloatArray, link: Link, steps: int
) -> BinaryFit:
    index = x @ theta
    gap = y - link.mean(index)
    observed = weight * (link.weight(index) * link.slope(index) - link.bend(index) * gap)
    bread = _solved((x * observed[:, None]).T @ x, np.eye(x.shape[1]))
    scores = x * (weight * link.weight(index) * gap)[:, None]
    return BinaryFit(theta, index, (bread + bread.T) / 2.0, scores, steps)


def _likelihood(index: FloatArray, y: FloatArray, weight: FloatArray, link: Link) -> float:
    h = np.clip(link.mean(index), 1e-300, 1.0 - 1e-16)
    return float(weight @ (y * np.log(h) + (1.0 - y) * np.log1p(-h)))


def _solved(matrix: FloatArray, right: FloatArray) -> FloatArray:
    """Solve a symmetric system in units in which its diagonal is one."""
    unit = np.sqrt(np.maximum(np.diag(matrix), 0.0))
    if not np.all(unit > 0) or not np.all(np.isfinite(matrix)):
        raise EstimationError(
            "the information on the hazard is singular: some regressor tells events from others "
            "without error; use link = 'identity' or fewer effects"
        )
    scaled = matrix / np.outer(unit, unit)
    divide = unit if right.ndim == 1 else unit[:, None]
    return np.asarray(np.linalg.solve(scaled, right / divide) / divide)
