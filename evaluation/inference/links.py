"""Links of a hazard: its value, its slope and how the score bends, as functions of the index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
# Beyond this the hazard is 0 or 1 to the last digit.
LARGEST = 30.0


class Link(Protocol):
    """One link function; every array has the shape of the index."""

    def mean(self, index: FloatArray) -> FloatArray:
        """Return the hazard h."""
        ...

    def slope(self, index: FloatArray) -> FloatArray:
        """Return dh / d index."""
        ...

    def weight(self, index: FloatArray) -> FloatArray:
        """Return c = (dh / d index) / (h (1 - h)): a row's score is c (y - h) x."""
        ...

    def bend(self, index: FloatArray) -> FloatArray:
        """Return dc / d index, which the observed information needs."""
        ...

    def index(self, mean: float) -> float:
        """Return the index at which the hazard has a value inside (0, 1)."""
        ...


@dataclass(frozen=True, slots=True)
class Logit:
    """h = 1 / (1 + exp(-index)): odds are multiplied."""

    def mean(self, index: FloatArray) -> FloatArray:
        """Return the hazard."""
        return np.asarray(1.0 / (1.0 + np.exp(-_inside(index))))

    def slope(self, index: FloatArray) -> FloatArray:
        """Return h (1 - h)."""
        h = self.mean(index)
        return h * (1.0 - h)

    def weight(self, index: FloatArray) -> FloatArray:
        """Return 1: the link is the canonical one."""
        return np.ones_like(index)

    def bend(self, index: FloatArray) -> FloatArray:
        """Return 0."""
        return np.zeros_like(index)

    def index(self, mean: float) -> float:
        """Return the log odds."""
        return float(np.log(mean / (1.0 - mean)))


@dataclass(frozen=True, slots=True)
class Cloglog:
    """h = 1 - exp(-exp(index)): a proportional hazard in continuous time, seen by the month.

    Prentice and Gloeckler (1978), Biometrics 34(1), equation 4.
    """

    def mean(self, index: FloatArray) -> FloatArray:
        """Return the hazard."""
        return np.asarray(-np.expm1(-np.exp(_inside(index))))

    def slope(self, index: FloatArray) -> FloatArray:
        """Return exp(index - exp(index))."""
        index = _inside(index)
        return np.asarray(np.exp(index - np.exp(index)))

    def weight(self, index: FloatArray) -> FloatArray:
        """Return exp(index) / h."""
        return np.exp(_inside(index)) / self.mean(index)

    def bend(self, index: FloatArray) -> FloatArray:
        """Return exp(index) / h - exp(index) (dh / d index) / h²."""
        own, h = np.exp(_inside(index)), self.mean(index)
        return np.asarray(own / h - own * self.slope(index) / h**2)

    def index(self, mean: float) -> float:
        """Return log(-log(1 - mean))."""
        return float(np.log(-np.log1p(-mean)))


def _inside(index: FloatArray) -> FloatArray:
    return np.clip(index, -LARGEST, LARGEST)


LINKS: dict[str, Link] = {"logit": Logit(), "cloglog": Cloglog()}
