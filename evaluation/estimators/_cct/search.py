"""What a bandwidth is sought for: an outcome, or an outcome less a ratio times a treatment."""

from __future__ import annotations

from dataclasses import dataclass
from math import factorial

from evaluation.data.model_data import FloatArray
from evaluation.estimators._cct.combination import combination_of, ratio
from evaluation.estimators._cct.local import LocalFit, local_fit
from evaluation.estimators._cct.points import MassPoints
from evaluation.estimators._cct.request import Request


def search_of(points: MassPoints, request: Request, width: float) -> Search:
    """Return what the steps share, with the first guess of a fuzzy design's ratio.

    Parameters
    ----------
    points
        Moments at P points.
    request
        What is asked.
    width
        Pilot bandwidth.
    """
    return Search(points, request, width, _guess(points, request, width))


@dataclass(frozen=True)
class Search:
    """What all steps of a bandwidth search share.

    Attributes
    ----------
    points, request
        What is estimated from what.
    width
        Pilot bandwidth.
    guess
        First guess of a fuzzy design's ratio; ``None`` where none is wanted.
    """

    points: MassPoints
    request: Request
    width: float
    guess: float | None

    def combination(self, fit: LocalFit, derivative: int) -> FloatArray:
        """Return what of the variables a step's variance and bias are of, shape ``(q,)``.

        Parameters
        ----------
        fit
            The step's fit on one side at the pilot bandwidth.
        derivative
            The step's.
        """
        points = self.points
        found = combination_of(points, [fit])
        if found.treatment is None:
            return found.outcome
        if self.guess is not None:
            return found.outcome - self.guess * found.treatment
        level = factorial(derivative) * fit.coefficients[derivative]
        if derivative == 0:
            level = level + points.centre
        return ratio(points, found, float(found.outcome @ level), float(found.treatment @ level))


def _guess(points: MassPoints, request: Request, width: float) -> float | None:
    """Return the ratio of jumps, or of kinks, at the pilot width; ``None`` where none is wanted.

    An estimated ratio moves as the outcome less the ratio times the treatment does, so that is
    what bandwidths are chosen for. rdrobust takes each side's ratio of *levels*, or derivatives,
    instead: its bandwidths move when a constant is added to the outcome, and a side where few are
    treated outweighs the other.
    """
    if not points.fuzzy or request.pilot_ratio == "sides":
        return None
    above = points.x >= 0
    fits = [
        local_fit(points, side, request.order, width, request.kernel) for side in (~above, above)
    ]
    found = combination_of(points, fits)
    if found.treatment is None:
        return None
    jump = (fits[1].coefficients - fits[0].coefficients)[request.derivative]
    below = float(found.treatment @ jump)
    if below == 0:
        return 0.0
    return float(found.outcome @ jump) / below
