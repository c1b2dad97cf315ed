"""Moments by cluster after absorption: what every resampling of clusters needs, and no rows.

For cluster g, with Z the columns that were kept and every effect nested in the clusters swept out
(other effects are among the columns, as indicators):

    A_g = Z_g'WZ_g,  r_g = Z_g'Wy_g,  b = (Σ A_g)^-1 Σ r_g,  s_g = r_g - A_g b.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evaluation.data.model_data import FloatArray, IntArray


@dataclass(frozen=True)
class ClusterMoments:
    """A clustered least-squares fit as its clusters' moments.

    Attributes
    ----------
    gram
        A_g, shape ``(G, p, p)``.
    moment
        r_g, shape ``(G, p)``.
    beta
        b, shape ``(p,)``.
    interest
        Positions of the coefficients of interest, shape ``(m,)``.
    labels
        One for each of them, as ``Term.label`` gives it.
    factor
        Small-sample factor of ``cr1``.
    """

    gram: FloatArray
    moment: FloatArray
    beta: FloatArray
    interest: IntArray
    labels: tuple[str, ...]
    factor: float

    @property
    def clusters(self) -> int:
        """G, the number of clusters."""
        return len(self.gram)

    def bread(self) -> FloatArray:
        """Return (Σ A_g)^-1, shape ``(p, p)``."""
        gram = self.gram.sum(axis=0)
        unit = 1.0 / np.sqrt(np.diag(gram))
        found: FloatArray = np.linalg.inv(gram * np.outer(unit, unit)) * np.outer(unit, unit)
        return found

    def scores(self) -> FloatArray:
        """Return s_g, shape ``(G, p)``."""
        total, width = self.moment.shape
        # One product of one tall matrix takes a fifth of the time of G small ones.
        fitted = self.gram.reshape(total * width, width) @ self.beta
        found: FloatArray = self.moment - fitted.reshape(total, width)
        return found
