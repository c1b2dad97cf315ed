"""The direct ``person_month`` panel: simulated lives as sorted rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from data_synth.columns import COLUMNS
from data_synth.draws import Draws
from data_synth.months import month_index, ym_of
from data_synth.municipalities import make_municipalities
from data_synth.policies import POLICIES, POLICY_TABLE, STATUSES
from data_synth.rows import MAKERS, Values, take_rows
from data_synth.simulate import simulate_chunk
from data_synth.suggest import nearest
from data_synth.world import World
from evaluation.errors import DataError, SpecError

CHUNK = 16_384  # arrays of this length stay in the processor's cache


def simulate_person_month(
    world: World,
    *,
    persons: int,
    seed: int,
    window: tuple[date, date],
    policy: str = "actual",
    columns: Sequence[str] | None = None,
) -> pd.DataFrame:
    """Simulate ``world`` and return its observed person-months, sorted by person and month.

    Parameters
    ----------
    world
        From ``load_world``.
    persons
        Simulated persons; some are never of an observed age inside the window.
    seed
        Seed of the persons' draws. Person i is the same whatever ``persons`` and ``policy``.
    window
        First and last month, inclusive, as any date in them.
    policy
        A name in ``POLICIES``.
    columns
        Names in ``COLUMNS``, in the order wanted; all by default.

    Returns
    -------
    pandas.DataFrame
        One row a person and month: small integers, ``float32`` flows with ``nan`` outside the
        rows at risk, ``float64`` exposure, categorical codes.

    Raises
    ------
    SpecError
        For a number of persons, seed, window or policy that the world does not offer.
    DataError
        For a column that does not exist.
    """
    wanted = tuple(COLUMNS) if columns is None else tuple(dict.fromkeys(columns))
    first, last = month_index(window[0]), month_index(window[1])
    _refuse(world, persons, seed, window, policy, wanted)
    municipalities = make_municipalities(world)
    parts: dict[str, list[Values]] = {name: [] for name in wanted}
    for start in range(0, persons, CHUNK):
        count = min(CHUNK, persons - start)
        draws = Draws(seed, start, count)
        lives = simulate_chunk(
            world, municipalities, POLICY_TABLE[policy], draws, count, first, last
        )
        rows = take_rows(world, municipalities, lives, start, first, last)
        for name in wanted:
            parts[name].append(MAKERS[name](rows))
    categories: Mapping[str, Sequence[str]] = {
        "muni_h": municipalities.codes,
        "adoption_status": STATUSES,
        "obs_status": ("in",),
    }
    data: dict[str, Any] = {}
    for name in wanted:
        values = np.concatenate(parts.pop(name))
        data[name] = _coded(values, categories[name]) if name in categories else values
    return pd.DataFrame(data, copy=False)


def _coded(codes: Values, categories: Sequence[str]) -> pd.Categorical[str]:
    return pd.Categorical.from_codes(codes.astype(np.int16), categories=pd.Index(categories))


def _refuse(
    world: World,
    persons: int,
    seed: int,
    window: tuple[date, date],
    policy: str,
    columns: Sequence[str],
) -> None:
    faults: list[str] = []
    if persons < 1:
        faults.append(f"persons: found {persons}; allowed: at least 1")
    if seed < 0:
        faults.append(f"seed: found {seed}; allowed: at least 0")
    if window[0] > window[1]:
        faults.append(f"window: found {window[0]} to {window[1]}; allowed: first not after last")
    first, last = month_index(world.time.first), month_index(world.time.last)
    if any(not first <= month_index(end) <= last for end in window):
        faults.append(
            f'window: found {window[0]} to {window[1]}; world "{world.name}" offers months '
            f"{ym_of(first)} to {ym_of(last)}"
        )
    if policy not in POLICIES:
        faults.append(
            f'policy: found "{policy}"; allowed: {", ".join(POLICIES)}{nearest(policy, POLICIES)}'
        )
    if faults:
        raise SpecError(*faults)
    unknown = [
        f'column "{name}": not in the synthetic panel; allowed: {", ".join(COLUMNS)}'
        f"{nearest(name, COLUMNS)}"
        for name in columns
        if name not in COLUMNS
    ]
    if unknown:
        raise DataError(*unknown)
