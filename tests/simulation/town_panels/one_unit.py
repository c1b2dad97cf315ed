"""Panels of which one unit is treated, drawn anew in every panel."""

from __future__ import annotations

import numpy as np
import pandas as pd

from town_panels.towns import PERIODS, SHOCK, persistent

UNITS = 20
REFORM = 10


def draw_one(effect: float, seed: int) -> pd.DataFrame:
    """Return one panel, a row a unit and quarter.

    Units follow two common factors with loadings of their own, and shocks of their own.

    Parameters
    ----------
    effect
        On the treated unit from the reform on.
    seed
        Of the panel.
    """
    generator = np.random.default_rng(seed)
    treated = np.arange(UNITS) == generator.integers(UNITS)
    factors = generator.normal(0.0, 0.02, (2, PERIODS)).cumsum(axis=1)
    y = 0.5 + generator.uniform(0.0, 1.0, (UNITS, 2)) @ factors
    y = y + generator.normal(0.0, 0.03, (UNITS, 1)) + persistent(generator, UNITS, SHOCK / 2)
    y = y + effect * treated[:, None] * (np.arange(PERIODS) >= REFORM)
    return pd.DataFrame(
        {
            "town": np.repeat(np.arange(UNITS), PERIODS),
            "quarter": np.tile(np.arange(PERIODS), UNITS),
            "chosen": np.repeat(treated.astype(int), PERIODS),
            "y": y.ravel(),
        }
    )
