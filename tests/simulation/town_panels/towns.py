"""Panels of municipality-quarters with known effects: what differs between worlds is written here.

An outcome is alpha_m + lambda_t + effect + v_mt, with v a municipality's own autoregressive shock
and the sampling error of a mean over its persons. Who adopts when is drawn once for a world, or
anew in every panel; shocks always are. Effects do not depend on who adopts, so that the truth of a
world is a number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_synth import load_world

PERIODS = 16
# Standard deviation of a municipality's shock in a quarter, its persistence, and that of a person.
SHOCK, PERSISTENCE, PERSON = 0.02, 0.5, 0.45
PERSONS = 60_000
NEVER = 0
# The seed of who adopts when, in worlds in which that is drawn once.
ADOPTION = 20170101


@dataclass(frozen=True)
class Towns:
    """A world.

    Attributes
    ----------
    towns
        Municipalities; ``None`` for all those of Norway, with their sizes.
    starts
        First treated quarters, each of as many municipalities; ``NEVER`` for none.
    adopters
        How many adopt, all in the last of ``starts``; 0 for shares as in ``starts``.
    unequal
        Whether the second municipality is half the first, the third a third of it, and so on.
    anew
        Whether who adopts when is drawn in every panel.
    effect
        In the first treated quarter.
    growth
        Added in every further one.
    drift
        Trend of adopters a quarter, whatever they do.
    leaves
        Quarters after which treatment is switched off again; 0 for never.
    shock
        Of all adopters together, its standard deviation in a quarter.
    doubtful, wrong
        How many adopters have a date that is not known, and how many quarters it may lie from the
        middle of its interval.
    """

    towns: int | None = 100
    starts: tuple[int, ...] = (NEVER, NEVER, 6, 8, 10, 12)
    adopters: int = 0
    unequal: bool = False
    anew: bool = False
    effect: float = 0.0
    growth: float = 0.0
    drift: float = 0.0
    leaves: int = 0
    shock: float = 0.0
    doubtful: int = 0
    wrong: int = 0


def sizes_of(world: Towns) -> np.ndarray:
    """Return persons of every municipality, whole numbers."""
    if world.towns is None:
        from data_synth.places.sizes import make_shares

        shares = make_shares(load_world("published_null").municipalities)
        return np.maximum(np.round(shares * PERSONS), 5).astype(np.int64)
    if world.unequal:
        shares = 1.0 / np.arange(1, world.towns + 1)
        return np.round(PERSONS * shares / shares.sum()).astype(np.int64)
    return np.full(world.towns, PERSONS // world.towns, dtype=np.int64)


def cohorts_of(world: Towns, generator: np.random.Generator | None = None) -> np.ndarray:
    """Return the first treated quarter of every municipality, ``NEVER`` for those without one.

    Parameters
    ----------
    world
        The world.
    generator
        Of the panel, where who adopts when is drawn anew.
    """
    drawing = generator if world.anew and generator is not None else None
    count = len(sizes_of(world))
    order = (drawing or np.random.default_rng(ADOPTION)).permutation(count)
    if world.adopters:
        return np.where(order < world.adopters, world.starts[-1], NEVER)
    return np.array(world.starts)[order % len(world.starts)]


def treated_in(world: Towns, cohort: np.ndarray) -> np.ndarray:
    """Return whether each municipality-quarter is treated, shape ``(towns, PERIODS)``."""
    since = np.arange(PERIODS)[None, :] - cohort[:, None]
    on = (cohort[:, None] != NEVER) & (since >= 0)
    return on & (since < world.leaves) if world.leaves else on


def effects_of(world: Towns, cohort: np.ndarray) -> np.ndarray:
    """Return the effect on every municipality-quarter, shape ``(towns, PERIODS)``."""
    since = np.arange(PERIODS)[None, :] - cohort[:, None]
    on = treated_in(world, cohort)
    return np.where(on, world.effect + world.growth * np.maximum(since, 0), 0.0)


def average_effect(world: Towns) -> float:
    """Return the mean effect over treated persons and quarters."""
    cohort = cohorts_of(world)
    on = treated_in(world, cohort) * sizes_of(world)[:, None]
    return float(np.sum(on * effects_of(world, cohort)) / np.sum(on)) if on.sum() else 0.0


def persistent(generator: np.random.Generator, count: int, scale: float) -> np.ndarray:
    """Return stationary autoregressive shocks, shape ``(count, PERIODS)``.

    Parameters
    ----------
    generator
        Of the panel.
    count
        Series.
    scale
        Standard deviation of an innovation.
    """
    own = np.zeros((count, PERIODS))
    own[:, 0] = generator.normal(0.0, scale / np.sqrt(1 - PERSISTENCE**2), count)
    for t in range(1, PERIODS):
        own[:, t] = PERSISTENCE * own[:, t - 1] + generator.normal(0.0, scale, count)
    return own


def draw(world: Towns, seed: int) -> pd.DataFrame:
    """Return one panel, a row a municipality and quarter.

    ``start`` is the recorded date. Where it may be wrong it is the middle of an interval from
    ``earliest`` to ``latest``, in which the true date, by which effects begin, is as likely to be
    any: the stated error is right.
    """
    generator = np.random.default_rng(seed)
    size, recorded = sizes_of(world), cohorts_of(world, generator)
    count = len(size)
    width = np.zeros(count, dtype=np.int64)
    width[np.flatnonzero(recorded != NEVER)[: world.doubtful]] = world.wrong
    cohort = recorded + generator.integers(-width, width + 1) if world.doubtful else recorded
    own = persistent(generator, count, SHOCK)
    own += generator.normal(0.0, PERSON, (count, PERIODS)) / np.sqrt(size)[:, None]
    time = np.arange(PERIODS)
    adopts = (cohort != NEVER)[:, None]
    common = generator.normal(0.0, world.shock, PERIODS) if world.shock else np.zeros(PERIODS)
    level = generator.normal(0.5, 0.05, count)[:, None]
    y = level + 0.002 * time + own + effects_of(world, cohort)
    y = y + adopts * (world.drift * time + common)
    columns = {
        "start": recorded, "earliest": recorded - width, "latest": recorded + width,
        "true_start": cohort,
    }  # fmt: skip
    return pd.DataFrame(
        {
            "town": np.repeat(np.arange(count), PERIODS),
            "quarter": np.tile(time, count),
            **{name: np.repeat(values, PERIODS) for name, values in columns.items()},
            "on": treated_in(world, cohort).ravel().astype(int),
            "persons": np.repeat(size, PERIODS),
            "y": y.ravel(),
        }
    )
