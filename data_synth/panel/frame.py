"""The direct ``person_month`` panel as a frame."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from data_synth.life.months import month_index
from data_synth.life.plan import plan_chunks
from data_synth.life.recording import record_chunk
from data_synth.life.simulate import simulate_chunk
from data_synth.panel.asked import check_asked
from data_synth.panel.columns import COLUMNS
from data_synth.panel.makers import LABELS, MAKERS
from data_synth.panel.rows import Rows, Values, take_rows
from data_synth.places.layout import make_places
from data_synth.world.schema import World


def simulate_person_month(
    world: World,
    *,
    persons: int,
    seed: int,
    window: tuple[date, date],
    policy: str = "actual",
    columns: Sequence[str] | None = None,
    ages: tuple[int, int] | None = None,
    recorded: bool = True,
) -> pd.DataFrame:
    """Simulate ``world`` and return its observed person-months, sorted by person and month.

    Parameters
    ----------
    world
        From ``load_world``.
    persons
        Persons of the whole world, at all its ages; those never of ``ages`` in ``window`` are not
        simulated.
    seed
        Seed of the persons' draws. Person i is the same whatever ``persons``, ``policy``,
        ``window`` and ``ages``.
    window
        First and last month, inclusive, as any date in them.
    policy
        A name in ``POLICIES``.
    columns
        Names in ``COLUMNS``, in the order wanted; all by default.
    ages
        First and last completed year of age of the rows, inclusive; all of the world by default.
    recorded
        Whether columns hold what registers recorded, with the faults that the world gives them;
        else what was.

    Returns
    -------
    pandas.DataFrame
        One row a person and month in which the person is in the data: small integers, ``float32``
        with ``nan`` where something may be missing, ``float64`` exposure, categorical codes.

    Raises
    ------
    SpecError
        For a number of persons, seed, window, ages or policy that the world does not offer.
    DataError
        For a column that does not exist.
    """
    wanted = tuple(COLUMNS) if columns is None else tuple(dict.fromkeys(columns))
    check_asked(world, persons, seed, window, policy, wanted, ages)
    parts: dict[str, list[Values]] = {name: [] for name in wanted}
    for rows in _chunks(world, persons, seed, window, policy, ages, recorded):
        for name in wanted:
            parts[name].append(MAKERS[name](rows))
    places = make_places(world)
    data: dict[str, Any] = {}
    for name in wanted:
        values = np.concatenate(parts.pop(name))
        data[name] = _coded(values, LABELS[name](places)) if name in LABELS else values
    return pd.DataFrame(data, copy=False)


def _chunks(
    world: World,
    persons: int,
    seed: int,
    window: tuple[date, date],
    policy: str,
    ages: tuple[int, int] | None,
    recorded: bool,
) -> Iterator[Rows]:
    first, last = month_index(window[0]), month_index(window[1])
    for chunk in plan_chunks(world, persons, ages, (first, last)):
        make = record_chunk if recorded else simulate_chunk
        lives = make(world, chunk, seed, policy, first, last)
        yield take_rows(lives, ages or (world.ages.youngest, world.ages.oldest), recorded=recorded)


def _coded(codes: Values, labels: Sequence[str]) -> pd.Categorical[str]:
    return pd.Categorical.from_codes(codes.astype(np.int16), categories=pd.Index(labels))
