"""Panels of municipalities with several outcomes, and effects that are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

PERIODS, REFORM = 4, 2
# Standard deviation of an outcome in a municipality and period.
SHOCK = 1.0


@dataclass(frozen=True)
class World:
    """A world, of which half of the municipalities adopt, drawn anew in every panel.

    Attributes
    ----------
    title
        What is the case in it.
    towns
        Municipalities; ``None`` for all those of Norway, persons counting alike.
    effects
        On each outcome, in the standard errors that difference-in-differences has.
    correlation
        Of every two outcomes.
    bound
        Smallest effect of interest of the first outcome, in these standard errors; 0 for none.
    replications
        How many panels.
    """

    title: str
    towns: int | None
    effects: tuple[float, ...]
    correlation: float = 0.0
    bound: float = 0.0
    replications: int = 2000

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(f"y{at + 1}" for at in range(len(self.effects)))


WORLDS = {
    "independent": World("no effect on four independent outcomes", 60, (0.0,) * 4),
    "correlated": World("no effect on four outcomes, correlated 0.8", 60, (0.0,) * 4, 0.8),
    "few": World("12 municipalities, correlated 0.5", 12, (0.0,) * 4, 0.5),
    "norway": World(
        "sizes of Norway's 357 municipalities, every person counting alike, correlated 0.5", None,
        (0.0,) * 4, 0.5, replications=500,
    ),
    "one_effect": World(
        "an effect of 4 standard errors on one of four outcomes, correlated 0.8", 60,
        (4.0, 0.0, 0.0, 0.0), 0.8,
    ),
    "at_the_bound": World("the effect is the smallest of interest", 60, (3.0,), bound=3.0),
    "no_effect": World("no effect, the smallest of interest is 3 standard errors", 60, (0.0,),
                       bound=3.0),
    "half_the_bound": World("the effect is half the smallest of interest, 4 standard errors", 60,
                            (2.0,), bound=4.0),
}  # fmt: skip


def error_of(world: World) -> float:
    """Return the standard error of difference-in-differences over municipalities of one size.

    Differences over time of means over two periods before and two after have the variance of one
    period; those of two halves of the municipalities are set against each other.
    """
    return float(2.0 * SHOCK / np.sqrt(world.towns or 1))


def weights_of(world: World) -> np.ndarray:
    """Return the weight of every municipality."""
    if world.towns is not None:
        return np.ones(world.towns)
    from data_synth import load_world
    from data_synth.places.sizes import make_shares

    shares = make_shares(load_world("published_null").municipalities)
    return np.maximum(np.round(shares * 100_000), 1.0)


def draw(world: World, seed: int) -> pd.DataFrame:
    """Return one panel, a row a municipality and period."""
    generator = np.random.default_rng(seed)
    weight = weights_of(world)
    count, kinds = len(weight), len(world.effects)
    adopts = generator.permutation(count) < count // 2
    common = generator.normal(size=(count, PERIODS, 1))
    own = generator.normal(size=(count, PERIODS, kinds))
    share = np.sqrt(world.correlation)
    y = SHOCK * (share * common + np.sqrt(1.0 - world.correlation) * own)
    y = y + generator.normal(size=(count, 1, kinds))
    size = error_of(world) * np.array(world.effects) if any(world.effects) else np.zeros(kinds)
    treated = adopts[:, None] & (np.arange(PERIODS) >= REFORM)
    y = y + treated[:, :, None] * size
    return pd.DataFrame(
        {
            "town": np.repeat(np.arange(count), PERIODS),
            "period": np.tile(np.arange(PERIODS), count),
            "adopts": np.repeat(adopts, PERIODS).astype(int),
            "persons": np.repeat(weight, PERIODS),
            **{name: y[:, :, at].ravel() for at, name in enumerate(world.outcomes)},
        }
    )
