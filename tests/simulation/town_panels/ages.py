"""Panels of ages by municipality and quarter: national shocks to ages, and a third difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from town_panels.towns import PERIODS, persistent

TOWNS = 20
REFORM = 10
# Bands of completed years, each with a shock of its own: two ages under the duty, controls, and
# further pairs that no rule tells apart.
BANDS = (
    (18, 20), (22, 24), (25, 29), (31, 33), (35, 37), (38, 40), (42, 44), (45, 47), (49, 51),
    (52, 54), (56, 58),
)  # fmt: skip
YOUNG = 30


@dataclass(frozen=True)
class Ages:
    """A world.

    Attributes
    ----------
    effect
        Below 30 from the reform on.
    shock
        Standard deviation of an innovation to a band of ages, the same everywhere.
    """

    effect: float = 0.0
    shock: float = 0.0


def draw_ages(world: Ages, seed: int) -> pd.DataFrame:
    """Return one panel, a row a municipality, age and quarter."""
    generator = np.random.default_rng(seed)
    age = np.concatenate([np.arange(low, high + 1) for low, high in BANDS])
    band = np.repeat(np.arange(len(BANDS)), [high - low + 1 for low, high in BANDS])
    national = persistent(generator, len(BANDS), world.shock)[band]
    local = persistent(generator, TOWNS * len(BANDS), 0.01).reshape(TOWNS, len(BANDS), PERIODS)
    town = generator.normal(0.5, 0.05, TOWNS)[:, None, None]
    treated = (age < YOUNG)[:, None] & (np.arange(PERIODS) >= REFORM)
    y = town + 0.002 * age[:, None] + national + world.effect * treated
    # The first months of quarters, so that the reform comes in January 2017.
    months = [100 * (2014 + q // 4) + 3 * (q % 4) + 1 for q in range(2, 2 + PERIODS)]
    y = y + local[:, band] + generator.normal(0.0, 0.02, (TOWNS, len(age), PERIODS))
    return pd.DataFrame(
        {
            "town": np.repeat(np.arange(TOWNS), len(age) * PERIODS),
            "age_months": np.tile(np.repeat(age * 12 + 6, PERIODS), TOWNS),
            "ym": np.tile(months, TOWNS * len(age)),
            "y": y.ravel(),
        }
    )


@dataclass(frozen=True)
class Thirds:
    """A world of young and old, each with much and little prior use of conditions.

    Attributes
    ----------
    effect
        On the young with little prior use, from the reform on.
    common
        What happens to all the young at the same time.
    """

    effect: float = 0.0
    common: float = 0.0


def draw_thirds(world: Thirds, seed: int) -> pd.DataFrame:
    """Return one panel, a row a municipality, group and quarter."""
    generator = np.random.default_rng(seed)
    towns = 60
    young, low = (grid.ravel() for grid in np.meshgrid([0, 1], [0, 1], indexing="ij"))
    shape = (towns, len(young), PERIODS)
    post = np.arange(PERIODS) >= REFORM
    y = 0.5 + persistent(generator, towns * len(young), 0.02).reshape(shape)
    y = y + generator.normal(0.0, 0.05, (towns, 1, 1)) + 0.05 * (low + young)[:, None]
    y = y + world.common * young[:, None] * post + 0.01 * low[:, None] * post
    y = y + world.effect * (young * low)[:, None] * post
    rows = towns * len(young)
    return pd.DataFrame(
        {
            "town": np.repeat(np.arange(towns), len(young) * PERIODS),
            "young": np.tile(np.repeat(young, PERIODS), towns),
            "low_use": np.tile(np.repeat(low, PERIODS), towns),
            "quarter": np.tile(np.arange(PERIODS), rows),
            "y": y.ravel(),
        }
    )
